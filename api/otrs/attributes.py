"""`Ticket` of a request as values for verbs: what it names is looked up where the person may choose it."""

from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.models import User
from accounts.people import customer_for_address
from api.otrs.door import Caller, Refusal, scalar
from api.otrs.reading import Facts, agent, given, invalid, pending_until, row
from api.v1.fields import find_person, is_address
from sla.models import Policy
from tickets import options
from tickets.actions.routing import lock, unlock
from tickets.models import Queue, State, Ticket

LOCKS = {"1": "unlock", "2": "lock"}


def changes_of(facts: Facts, *, queue: Queue, states: list[State], caller: Caller) -> dict[str, Any]:
    """What new and old tickets take alike, by the names that api/v1/changing.py knows; only what is given."""
    values: dict[str, Any] = {}
    for name, rows in (("Type", options.types()), ("Service", options.services()), ("Priority", options.priorities())):
        if (found := row(facts, name, rows)) is not None:
            values[name.lower()] = found
    if (policy := row(facts, "SLA", Policy.objects.active())) is not None:
        values["sla"] = policy
    for name in ("Owner", "Responsible"):
        if given(facts, name, f"{name}ID"):
            values[name.lower()] = _in_queue(agent(facts, name), queue, name)
    return values | state_of(facts, states)


def state_of(facts: Facts, states: list[State], *, present: State | None = None) -> dict[str, Any]:
    """The state, and until when it waits if it does; a state that waits needs its time."""
    state, until = row(facts, "State", states), pending_until(facts)
    if state is None and (until is None or present is None):
        return {}
    state = state or present
    assert state is not None
    if not state.is_pending:
        return {"state": state}
    if until is None:
        raise Refusal("MissingParameter", "Ticket->PendingTime parameter is missing!")
    return {"state": state, "pending_until": until}


def customer_of(facts: Facts, *, caller: Caller) -> User:
    """A login, or any valid address, which makes a customer as a mail from it would. Customers come for themselves."""
    wanted = scalar(facts.get("CustomerUser"))
    person = find_person(wanted) if "@" in wanted else None
    if caller.is_customer:
        if person != caller.person:
            raise Refusal("AccessDenied", "Customers open tickets for themselves only!")
        return caller.person
    if person is None and is_address(wanted):
        try:
            person = customer_for_address(wanted)
        except IntegrityError:  # the address signs somebody in who does not write from it any more
            person = None
    if person is None or not person.is_active:
        raise invalid("Ticket->CustomerUser")
    return person


def queues_for(caller: Caller) -> QuerySet[Queue]:
    """Where somebody may open tickets: customers where a mail of theirs would."""
    if caller.is_customer:
        return Queue.objects.active().filter(mail_addresses__is_active=True).distinct()
    return options.queues_to_open_in(caller.person)


def wanted_lock(facts: Facts) -> str:
    """ "lock", "unlock", or "" when nothing is said."""
    wanted = LOCKS.get(scalar(facts.get("LockID"))) or scalar(facts.get("Lock"))
    if wanted and wanted not in LOCKS.values():
        raise invalid("Ticket->Lock")
    return wanted


def set_lock(ticket: Ticket, wanted: str, *, owner: User | None, caller: Caller) -> None:
    """Whoever locks without naming an owner takes a ticket that has none."""
    if wanted == "lock":
        lock(ticket, owner=owner, by=caller.person, cause=caller.cause)
    elif wanted == "unlock":
        unlock(ticket, by=caller.person, cause=caller.cause)


def _in_queue(person: User | None, queue: Queue, name: str) -> User | None:
    if person is not None and person not in options.owners_in(queue):
        raise invalid(f"Ticket->{name}")
    return person
