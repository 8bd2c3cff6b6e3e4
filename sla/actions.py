"""What people may do about the service level of a ticket."""

from accounts.models import User
from core.clock import now
from sla.cases import load_clocks, look
from sla.facts import Happening
from sla.keeping import move_on
from sla.models import Policy
from sla.telling import fire_due
from sla.terms import Choice, choose, line_of, terms_for
from sla.writing import write
from tickets.changes import locked, plain
from tickets.events import Cause, record
from tickets.models import Event, Ticket


def choose_policy(
    ticket: Ticket, policy: Policy | None, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """A person decides which SLA is that of the ticket, or that it has none; conditions no longer do.

    Time already spent stays spent. Raises `Stale` when the SLA has changed since version `seen`.
    """
    with locked(ticket, seen=seen, fields=("sla",)) as ticket:
        return _take(ticket, Choice(policy.pk if policy else None, is_chosen=True), by=by, cause=cause)


def release_policy(ticket: Ticket, *, by: User, cause: Cause | None = None, seen: int | None = None) -> Event | None:
    """The conditions decide again. Raises `Stale` when the SLA has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("sla",)) as ticket:
        setup, _case = look(ticket)
        found = choose(setup, ticket, Choice(None), line_of(setup, ticket.queue_id))
        return _take(ticket, found, by=by, cause=cause)


def _take(ticket: Ticket, choice: Choice, *, by: User, cause: Cause | None) -> Event | None:
    setup, case = look(ticket)
    was = case.choice
    if choice == was:
        return None
    load_clocks([case])
    fire_due(case, now(), cause=Cause("clock"))
    names = Policy.objects.in_bulk([pk for pk in (was.policy, choice.policy) if pk])
    data = {"sla": {"was": plain(names.get(was.policy)), "now": plain(names.get(choice.policy))}}
    if choice.is_chosen != was.is_chosen:
        data["sla_by_hand"] = {"was": was.is_chosen, "now": choice.is_chosen}
    event = record(ticket, "sla.changed", by=by, cause=cause, data=data)
    terms = terms_for(setup, ticket, choice.policy, line_of(setup, ticket.queue_id))
    move_on(case, Happening(event.at, event.pk), choice, terms)
    write([case])
    return event
