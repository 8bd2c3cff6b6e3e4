"""What events mean for surveys, after the commit (settings.AFTER)."""

from datetime import timedelta

from automation import surveying
from automation.survey_rules import rule_of
from core.memo import remembered
from tickets.actions.removing import SPAM
from tickets.models import Event, State, StateType


def plan(event: Event) -> None:
    """Who has his ticket closed may be asked about it; who has it reopened before that is not.

    Nothing is asked of the database for events that leave the state alone.
    """
    change = event.data.get("state")
    if not change or not change.get("was"):  # a ticket that is opened has none before
        return
    closed = closed_states()
    if change["was"]["id"] in closed and change["now"]["id"] not in closed:
        surveying.cancel(event.ticket, reason="reopened")
    if change["now"]["id"] not in closed or change["was"]["id"] in closed or event.kind == SPAM:
        return
    rule = rule_of(event.ticket.queue)
    if rule.is_on:
        surveying.plan(event.ticket, event=event, delay=timedelta(hours=rule.delay))


@remembered
def closed_states() -> frozenset[int]:
    return frozenset(State.objects.filter(type=StateType.CLOSED).values_list("pk", flat=True))
