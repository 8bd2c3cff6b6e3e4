"""What can be done with many tickets at once: each step with the right it takes, the verb it calls, and its undoing.

A step is data, `{"do": "assign", "to": 5}`. Its second object is looked up by right for each ticket anew, because a
job may run later and on tickets of many queues.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from accounts.models import User
from tickets import options
from tickets.actions import fields, merging, progress, removing, replying, routing, taking_part
from tickets.actions.linking import NotLinkable, link, unlink
from tickets.changes import moment
from tickets.customfields import ELSEWHERE
from tickets.events import Cause
from tickets.events import Refused as HandlerRefused
from tickets.guidance import may_choose
from tickets.messages import Message
from tickets.models import Event, Link, Priority, Service, State, Ticket, TicketType
from tickets.wordings import fill

Values = Mapping[str, Any]


class Refused(Exception):
    """A step cannot be done with this ticket; `code` says why (see `REASONS` of the desk)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Step:
    """`right` is needed on the ticket. `undo` gives the steps that take the event back; None: it cannot be.

    `fields` is what the step sets: it is not taken back where somebody has changed one of them since.
    """

    right: str
    run: Callable[[Ticket, Values, User, Cause], Event | None]
    undo: Callable[[Event], list[dict[str, Any]]] | None = None
    fields: tuple[str, ...] = ()


def do(step: Values, ticket: Ticket, *, by: User, cause: Cause) -> tuple[bool, list[dict[str, Any]]]:
    """Do one step; returns whether it changed something, and the steps that take it back. Raises `Refused`."""
    known = known_steps().get(str(step.get("do")))
    if known is None:
        raise Refused("unknown")
    if not ticket.allows(by, known.right):
        raise Refused("right")
    try:
        event = known.run(ticket, step, by, cause)
    except tuple(FAILURES) as error:
        raise Refused(FAILURES[type(error)]) from error
    return event is not None, known.undo(event) if event and known.undo else []


def known_steps() -> Mapping[str, Step]:
    """Those below, and what higher apps add (settings.STEPS)."""
    return _load(tuple(settings.STEPS))


@cache
def _load(names: tuple[str, ...]) -> Mapping[str, Step]:
    steps = dict(STEPS)
    for name in names:
        steps |= import_string(name)
    return steps


def refuse_if_changed(steps: Sequence[Values], ticket: Ticket, *, since: int) -> None:
    """Whoever changed the same thing after version `since` wins over who takes back. Raises `Refused`."""
    fields = {name for step in steps for name in STEPS[step["do"]].fields}
    newer = Event.objects.filter(ticket=ticket, version__gt=since)
    if any(name in event.data for event in newer for name in fields):
        raise Refused("changed")


FAILURES: Mapping[type[Exception], str] = {
    progress.PendingTimeMissing: "pending_time",
    progress.ClosingFieldsMissing: "closing_fields",
    merging.NotMergeable: "merge",
    NotLinkable: "link",
    ValidationError: "value",
    # what listens to events says no: nobody to send to, for example
    HandlerRefused: "refused",
}


def _chosen(rows: Any, pk: Any) -> Any:
    """The row with this id among those that may be chosen."""
    for row in rows:
        if row.pk == pk:
            return row
    raise Refused("choice")


def _assign(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    owner = None if step["to"] is None else _chosen(options.owners(ticket), step["to"])
    if owner == by and not step.get("undo") and not may_choose(by, ticket.queue):
        raise Refused("guided")
    return routing.assign(ticket, owner, by=by, cause=cause)


def _responsible(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    person = None if step["to"] is None else _chosen(options.owners(ticket), step["to"])
    return routing.make_responsible(ticket, person, by=by, cause=cause)


def _move(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    queue = _chosen(options.queues_to_move_to(by, ticket), step["to"])
    return routing.move(ticket, queue, by=by, cause=cause)


def _state(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    state = _chosen(State.objects.all() if step.get("undo") else options.states(ticket), step["to"])
    return progress.set_state(ticket, state, until=moment(step.get("until")), by=by, cause=cause)


def _close(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    """What is off the desk already stays as it is."""
    return None if ticket.closed_at is not None else _state(ticket, step, by, cause)


def _priority(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    rows = Priority.objects.all() if step.get("undo") else Priority.objects.active()
    return progress.set_priority(ticket, _chosen(rows, step["to"]), by=by, cause=cause)


def _rate(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    """With the priority that was set by hand before, which the matrix does not know."""
    rated = progress.rate(ticket, step["impact"], step["urgency"], by=by, cause=cause)
    return _priority(ticket, {"to": step["priority"], "undo": True}, by, cause) or rated


def _type(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    rows = TicketType.objects.all() if step.get("undo") else TicketType.objects.active()
    return fields.set_type(ticket, _chosen(rows, step["to"]), by=by, cause=cause)


def _service(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    rows = Service.objects.all() if step.get("undo") else options.services()
    service = None if step["to"] is None else _chosen(rows, step["to"])
    return fields.set_service(ticket, service, by=by, cause=cause)


def _title(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return fields.set_title(ticket, step["to"], by=by, cause=cause)


def _customer(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    person = _chosen(User.objects.filter(pk=step["to"]), step["to"])
    return fields.set_customer(ticket, person, by=by, cause=cause)


def _tag(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return fields.set_tags(ticket, {*ticket.tags, *step["tags"]}, by=by, cause=cause)


def _untag(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return fields.set_tags(ticket, {*ticket.tags} - {*step["tags"]}, by=by, cause=cause)


def _fields(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    try:
        return fields.set_custom_fields(ticket, dict(step["values"]), by=by, cause=cause)
    except ValidationError as error:
        codes = {one.code for errors in error.error_dict.values() for one in errors}
        raise Refused("field" if ELSEWHERE in codes else "value") from error


def _note(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return _event_of(replying.add_note(ticket, _message(step, ticket, by), by=by, cause=cause))


def _reply(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return _event_of(replying.reply(ticket, _message(step, ticket, by), by=by, cause=cause))


def _message(step: Values, ticket: Ticket, by: User) -> Message:
    """Each ticket gets its own: placeholders are filled."""
    try:
        return Message(text=fill(step["text"], ticket, by))
    except ValueError as error:
        raise Refused("text") from error


def _event_of(article: Any) -> Event | None:
    return article.events.order_by("id").first()


def _merge(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    into = Ticket.objects.allowing(by, "write").filter(pk=step["into"]).first()
    if into is None:
        raise Refused("choice")
    return None if into.pk == ticket.pk else merging.merge(ticket, into, by=by, cause=cause)


def _unmerge(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return merging.unmerge(ticket, by=by, cause=cause)


def _link(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    other = Ticket.objects.allowing(by, "read").filter(pk=step["to"]).first()
    if other is None:
        raise Refused("choice")
    return None if other.pk == ticket.pk else link(ticket, other, step["kind"], by=by, cause=cause)


def _unlink(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    both = Ticket.objects.allowing(by, "read").filter(pk__in=[step["source"], step["target"]])
    found = Link.objects.filter(source=step["source"], target=step["target"], kind=step["kind"]).first()
    if both.count() < 2:
        raise Refused("choice")
    return unlink(found, by=by, cause=cause) if found else None


def _watch(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return taking_part.watch(ticket, by, by=by, cause=cause)


def _unwatch(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return taking_part.unwatch(ticket, by, by=by, cause=cause)


def _spam(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return removing.mark_spam(ticket, options.junk_queue(), by=by, cause=cause)


def _trash(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return removing.trash(ticket, by=by, cause=cause)


def _restore(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return removing.restore(ticket, by=by, cause=cause)


def _to_was(name: str, field: str) -> Callable[[Event], list[dict[str, Any]]]:
    def undo(event: Event) -> list[dict[str, Any]]:
        was = event.data[field]["was"]
        return [{"do": name, "to": was["id"] if was else None, "undo": True}]

    return undo


def _title_was(event: Event) -> list[dict[str, Any]]:
    return [{"do": "title", "to": event.data["title"]["was"]}]


def _rating_was(event: Event) -> list[dict[str, Any]]:
    """What did not change then is as it is now."""
    ticket = event.ticket
    was = {name: event.data.get(name, {}).get("was", getattr(ticket, name)) for name in ("impact", "urgency")}
    priority = event.data["priority"]["was"]["id"] if "priority" in event.data else ticket.priority_id
    return [{"do": "rate", **was, "priority": priority}]


def _state_was(event: Event) -> list[dict[str, Any]]:
    was = event.data.get("state", {}).get("was") or {"id": event.ticket.state_id}
    return [{"do": "state", "to": was["id"], "until": event.data.get("pending_until", {}).get("was"), "undo": True}]


def _tags_were(event: Event) -> list[dict[str, Any]]:
    was, now = set(event.data["tags"]["was"]), set(event.data["tags"]["now"])
    steps = [{"do": "tag", "tags": sorted(was - now)}, {"do": "untag", "tags": sorted(now - was)}]
    return [step for step in steps if step["tags"]]


def _fields_were(event: Event) -> list[dict[str, Any]]:
    was, now = event.data["custom_fields"]["was"], event.data["custom_fields"]["now"]
    changed = {key for key in {*was, *now} if was.get(key) != now.get(key)}
    return [{"do": "fields", "values": {key: was.get(key) for key in sorted(changed)}}]


def _link_was(event: Event) -> list[dict[str, Any]]:
    now = event.data["link"]["now"]
    return [{"do": "unlink", "source": event.ticket_id, "target": now["id"], "kind": now["kind"]}]


STEPS: Mapping[str, Step] = {
    "assign": Step("owner", _assign, _to_was("assign", "owner"), ("owner",)),
    "responsible": Step("write", _responsible, _to_was("responsible", "responsible"), ("responsible",)),
    "move": Step("write", _move, _to_was("move", "queue"), ("queue",)),
    "state": Step("write", _state, _state_was, ("state", "pending_until")),
    "close": Step("write", _close, _state_was, ("state", "pending_until")),
    "priority": Step("priority", _priority, _to_was("priority", "priority"), ("priority",)),
    "rate": Step("priority", _rate, _rating_was, ("impact", "urgency", "priority")),
    "type": Step("write", _type, _to_was("type", "type"), ("type",)),
    "service": Step("write", _service, _to_was("service", "service"), ("service",)),
    "title": Step("write", _title, _title_was, ("title",)),
    "customer": Step("write", _customer, _to_was("customer", "customer"), ("customer",)),
    "tag": Step("write", _tag, _tags_were, ("tags",)),
    "untag": Step("write", _untag, _tags_were, ("tags",)),
    "fields": Step("write", _fields, _fields_were, ("custom_fields",)),
    "note": Step("note", _note),
    "reply": Step("write", _reply),
    "merge": Step("write", _merge, lambda _event: [{"do": "unmerge"}]),
    "unmerge": Step("write", _unmerge),
    "link": Step("write", _link, _link_was),
    "unlink": Step("write", _unlink),
    "watch": Step("read", _watch, lambda _event: [{"do": "unwatch"}]),
    "unwatch": Step("read", _unwatch, lambda _event: [{"do": "watch"}]),
    "spam": Step("write", _spam, lambda _event: [{"do": "restore"}]),
    "trash": Step("write", _trash, lambda _event: [{"do": "restore"}]),
    "restore": Step("write", _restore, fields=("state", "queue")),
}
