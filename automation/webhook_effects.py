"""The effect "call": tell an endpoint about the ticket."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.effects import Ask, Context, Effect, Refused, Values
from automation.models import Endpoint
from automation.naming import name_of
from automation.webhook_handlers import call_endpoint, is_in_scope
from tickets.models import Event, Ticket


def _call(ticket: Ticket, values: Values, context: Context) -> Event | None:
    endpoint = Endpoint.objects.filter(pk=values["endpoint"], is_active=True).first()
    if endpoint is None:
        raise Refused("choice")
    if not is_in_scope(endpoint, ticket):
        raise Refused("endpoint_scope")
    reason = f"{context.cause.kind} {context.cause.reference}".strip()
    call_endpoint(endpoint, ticket, event=context.event, reason=reason)
    return None


WEBHOOK_EFFECTS = {
    "call": Effect(
        label=gettext_lazy("Call a webhook"),
        asks=(Ask("endpoint", "endpoint", gettext_lazy("Endpoint")),),
        run=_call,
        sentence=lambda values: _("calls the webhook %(name)s") % {"name": name_of("endpoint", values.get("endpoint"))},
    )
}
