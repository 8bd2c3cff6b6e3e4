"""The effect that asks a customer (settings.EFFECTS)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation import surveying
from automation.answers import span, span_words
from automation.effects import Ask, Context, Effect, Values
from tickets.changes import locked
from tickets.events import record
from tickets.models import Event, Ticket
from tickets.steps import Refused


def _delay(values: Values) -> timedelta:
    try:
        return span(values["after"]) if values.get("after") else timedelta(0)
    except ValidationError as error:
        raise Refused("value") from error


def _ask(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """None while a question waits already."""
    delay = _delay(values)
    with locked(ticket) as ticket:
        if surveying.is_planned(ticket):
            return None
        event = record(ticket, surveying.PLANNED, by=context.by, cause=context.cause)
        surveying.plan(ticket, event=event, delay=delay, is_ordered=True)
        return event


def _sentence(values: Values) -> str:
    if not values.get("after"):
        return gettext("Ask the customer how satisfied he is")
    return gettext("Ask the customer how satisfied he is, after %(time)s") % {"time": span_words(values["after"])}


SURVEY_EFFECTS = {
    "survey": Effect(
        label=_("Ask how satisfied the customer is"),
        asks=[Ask("after", "span", _("After"), required=False, hint=_("From now on. Without it, at once."))],
        run=_ask,
        sentence=_sentence,
        mails=1,
    ),
}
