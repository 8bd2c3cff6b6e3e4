"""The effect that gives a ticket to somebody by a policy (settings.EFFECTS)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from automation import candidates, giving
from automation.candidates import Way
from automation.effects import Ask, Context, Effect, Values
from automation.models import Method
from automation.naming import name_of
from tickets.models import Event, Ticket
from tickets.steps import Refused


def _give(ticket: Ticket, values: Values, context: Context) -> Event | None:
    way = _way(ticket, values)
    given = giving.give_by(ticket, way, by=context.by, cause=context.cause)
    if given.event is None and given.decision is not None:
        raise Refused("nobody")
    return given.event


def _way(ticket: Ticket, values: Values) -> Way | None:
    """To the least loaded of a role, with the limits of the queue; None for the way of the queue."""
    role = values.get("role")
    if role is None:
        return None
    if not Role.objects.filter(pk=role).exists():
        raise Refused("choice")
    of_queue = candidates.way_of(ticket.queue)
    return Way(ticket.queue_id, Method.LEAST_LOAD, role, limit=of_queue.limit if of_queue else None)


def _sentence(values: Values) -> str:
    if values.get("role") is None:
        return gettext("Give it to somebody as its queue says")
    return gettext("Give it to whoever of %(role)s has the least to do") % {"role": name_of("role", values["role"])}


ASSIGNMENT_EFFECTS = {
    "give": Effect(
        label=_("Give it to somebody who can take it"),
        asks=[
            Ask(
                "role",
                "role",
                _("Whoever has the least to do of"),
                required=False,
                hint=_("Without a role, as the queue of the ticket says. Whoever has it now does not get it again."),
            )
        ],
        run=_give,
        sentence=_sentence,
        right="owner",
    ),
}
