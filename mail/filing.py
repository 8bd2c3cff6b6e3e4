"""What filters and trusted headers say is put onto the ticket, as far as it fits; what does not is in the trace."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts.people import system_actor
from mail.facts import Facts, Trace
from mail.wishes import fit_people, further_on, obey
from tickets import customfields, vocabulary
from tickets.actions.fields import set_custom_fields, set_service, set_tags, set_title, set_type
from tickets.actions.progress import ClosingFieldsMissing, PendingTimeMissing, set_priority, set_state
from tickets.actions.routing import assign, lock, make_responsible, move, unlock
from tickets.events import Cause
from tickets.models import FieldDefinition, Queue, Ticket, TicketType
from tickets.models.field import FieldKind


def fitting(facts: Facts, queue: Queue) -> dict[str, Any]:
    """The values of fields that a ticket of this queue and type can have; people who may not see it are left out."""
    fit_people(facts, queue)
    return _fitting_fields(facts, queue, facts.type or vocabulary.default_type())


def finish_filing(ticket: Ticket, facts: Facts, *, cause: Cause) -> None:
    """What only a ticket that is there can have: who answers for it, a lock, a state, what higher apps know."""
    by = system_actor("mail")
    if facts.responsible:
        make_responsible(ticket, facts.responsible, by=by, cause=cause)
    if facts.is_locked:
        ticket.refresh_from_db(fields=["owner"])
    if facts.is_locked is False:
        unlock(ticket, by=by, cause=cause)
    elif facts.is_locked and ticket.owner:
        lock(ticket, owner=ticket.owner, by=by, cause=cause)
    elif facts.is_locked:
        facts.note("header", "Lock", "needs an owner")
    if facts.state:
        _try(facts, facts.state.name, lambda: _set_state(ticket, facts, cause=cause))
    further_on(ticket, facts, cause=cause)


def wished(wishes: Mapping[str, str]) -> Facts:
    """What the headers of a trusted system want of a ticket that is there already."""
    facts = Facts()
    obey(wishes, facts, follow_up=True)
    return facts


def file_on_ticket(ticket: Ticket, facts: Facts, *, cause: Cause) -> Trace:
    """The same, done through the ordinary verbs."""
    by = system_actor("mail")
    if facts.queue:
        move(ticket, facts.queue, by=by, cause=cause)
    ticket.refresh_from_db()
    if facts.type:
        set_type(ticket, facts.type, by=by, cause=cause)
    if facts.service:
        set_service(ticket, facts.service, by=by, cause=cause)
    if facts.priority:
        set_priority(ticket, facts.priority, by=by, cause=cause)
    if facts.title:
        set_title(ticket, facts.title, by=by, cause=cause)
    if facts.tags:
        set_tags(ticket, [*ticket.tags, *facts.tags], by=by, cause=cause)
    fit_people(facts, ticket.queue)
    if facts.owner:
        assign(ticket, facts.owner, by=by, cause=cause)
    if fields := _fitting_fields(facts, ticket.queue, ticket.type):
        set_custom_fields(ticket, fields, by=by, cause=cause)
    finish_filing(ticket, facts, cause=cause)
    return facts.trace


def _set_state(ticket: Ticket, facts: Facts, *, cause: Cause) -> None:
    assert facts.state is not None  # noqa: S101 - for the type checker
    set_state(ticket, facts.state, until=facts.until, by=system_actor("mail"), cause=cause)


def _try(facts: Facts, found: str, action: Callable[[], None]) -> None:
    try:
        action()
    except PendingTimeMissing:
        facts.note("header", found, "needs a time")
    except ClosingFieldsMissing:
        facts.note("header", found, "needs fields")


def _fitting_fields(facts: Facts, queue: Queue, type: TicketType) -> dict[str, Any]:
    """Each value on its own: one that does not fit stops neither the others nor the mail."""
    kinds = dict(FieldDefinition.objects.filter(key__in=facts.fields).values_list("key", "kind"))
    fields: dict[str, Any] = {}
    for key, text in facts.fields.items():
        value = [part.strip() for part in text.split(",")] if kinds.get(key) == FieldKind.MULTISELECT else text
        try:
            fields |= customfields.checked({key: value}, queue=queue, type=type)
        except ValidationError:
            facts.note("field", f"{key}: {text}", "does not fit")
    return fields
