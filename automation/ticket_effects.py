"""The effects on a ticket itself, by the verbs of tickets/actions (settings.EFFECTS)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from accounts.models import User
from automation import talking
from automation.answers import ROWS, span
from automation.effect_sentences import (
    plain,
    said_fields,
    said_link,
    said_rating,
    said_state,
    said_tags,
    said_text,
    said_watcher,
    saying,
)
from automation.effects import Ask, Context, Effect, Values
from core.clock import now
from tickets import options
from tickets.actions import fields, linking, progress, removing, routing, taking_part
from tickets.changes import moment
from tickets.customfields import ELSEWHERE
from tickets.models import Event, Level, LinkKind, Ticket
from tickets.rights import agents_with
from tickets.steps import Refused


def _row(kind: str, pk: Any) -> Any:
    """The row with this id, as long as it is in use."""
    found = ROWS[kind]().filter(pk=pk).first() if isinstance(pk, int) else None
    if found is None:
        raise Refused("choice")
    return found


def _agent(ticket: Ticket, pk: Any) -> User | None:
    """Whoever is to work the ticket must be able to see it: assigning grants no right (decision 15)."""
    if pk is None:
        return None
    person = _row("agent", pk)
    if person not in agents_with("read", ticket.queue):
        raise Refused("right")
    return person


def _assign(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return routing.assign(ticket, _agent(ticket, values.get("to")), by=context.by, cause=context.cause)


def _take(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return routing.assign(ticket, _agent(ticket, context.by.pk), by=context.by, cause=context.cause)


def _responsible(ticket: Ticket, values: Values, context: Context) -> Event | None:
    person = _agent(ticket, values.get("to"))
    return routing.make_responsible(ticket, person, by=context.by, cause=context.cause)


def _move(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return routing.move(ticket, _row("queue", values["to"]), by=context.by, cause=context.cause)


def _state(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """A waiting ticket that would wait in the same state anew is left alone, so that no rule puts it off for ever."""
    state = _row("state", values["to"])
    until = _until(values) if state.is_pending else None
    if state.is_pending and ticket.state_id == state.pk and ticket.pending_until and not ticket.pending_done:
        return None
    return progress.set_state(ticket, state, until=until, by=context.by, cause=context.cause)


def _until(values: Values) -> datetime:
    """From now on, or a set time as schedules and imports may name it."""
    try:
        until = now() + span(values["wait"]) if values.get("wait") else moment(values.get("until"))
    except (ValueError, TypeError, ValidationError) as error:
        raise Refused("pending_time") from error
    if until is None:
        raise Refused("pending_time")
    return until


def _close(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """What is off the desk already stays as it is."""
    if ticket.closed_at is not None:
        return None
    state = _row("closed_state", values["to"])
    return progress.set_state(ticket, state, by=context.by, cause=context.cause)


def _priority(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return progress.set_priority(ticket, _row("priority", values["to"]), by=context.by, cause=context.cause)


def _rate(ticket: Ticket, values: Values, context: Context) -> Event | None:
    rating = [int(values[name]) if values.get(name) else getattr(ticket, name) for name in ("impact", "urgency")]
    if any(level not in (None, *Level.values) for level in rating):
        raise Refused("value")
    return progress.rate(ticket, *rating, by=context.by, cause=context.cause)


def _type(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return fields.set_type(ticket, _row("type", values["to"]), by=context.by, cause=context.cause)


def _service(ticket: Ticket, values: Values, context: Context) -> Event | None:
    service = _row("service", values["to"]) if values.get("to") is not None else None
    return fields.set_service(ticket, service, by=context.by, cause=context.cause)


def _title(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return fields.set_title(ticket, talking.filled(values["to"], ticket, context), by=context.by, cause=context.cause)


def _customer(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return fields.set_customer(ticket, _row("person", values["to"]), by=context.by, cause=context.cause)


def _tag(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return fields.set_tags(ticket, {*ticket.tags, *_tags(values)}, by=context.by, cause=context.cause)


def _untag(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return fields.set_tags(ticket, {*ticket.tags} - {*_tags(values)}, by=context.by, cause=context.cause)


def _tags(values: Values) -> list[str]:
    return [str(tag) for tag in values["tags"]]


def _fields(ticket: Ticket, values: Values, context: Context) -> Event | None:
    try:
        return fields.set_custom_fields(ticket, dict(values["values"]), by=context.by, cause=context.cause)
    except ValidationError as error:
        codes = {one.code for errors in error.error_dict.values() for one in errors}
        raise Refused("field" if ELSEWHERE in codes else "value") from error


def _link(ticket: Ticket, values: Values, context: Context) -> Event | None:
    other = Ticket.objects.filter(number=str(values["to"])).first()
    if other is None:
        raise Refused("choice")
    if other.pk == ticket.pk:
        return None
    return linking.link(ticket, other, values.get("kind") or LinkKind.NORMAL, by=context.by, cause=context.cause)


def _watch(ticket: Ticket, values: Values, context: Context) -> Event | None:
    person = _agent(ticket, values["who"])
    return taking_part.watch(ticket, person, by=context.by, cause=context.cause) if person else None


def _spam(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return removing.mark_spam(ticket, options.junk_queue(), by=context.by, cause=context.cause)


def _trash(ticket: Ticket, values: Values, context: Context) -> Event | None:
    return removing.trash(ticket, by=context.by, cause=context.cause)


_LEVELS = Level.choices
_ADDED = ngettext_lazy("Add the tag %(tags)s", "Add the tags %(tags)s", "number")
_REMOVED = ngettext_lazy("Remove the tag %(tags)s", "Remove the tags %(tags)s", "number")
_TAGS = Ask("tags", "tags", gettext_lazy("Tags"))
_WAIT = Ask("wait", "span", gettext_lazy("For how long"), required=False, hint=gettext_lazy("Such as 30m, 4h or 2d."))

TICKET_EFFECTS: Mapping[str, Effect] = {
    "assign": Effect(
        gettext_lazy("Assign"),
        (Ask("to", "agent", gettext_lazy("Agent"), required=False),),
        _assign,
        saying(gettext_lazy("Assign it to %(name)s"), "agent", nobody=gettext_lazy("Assign it to nobody")),
        right="owner",
    ),
    "take": Effect(
        gettext_lazy("Assign it to whoever starts this"),
        (),
        _take,
        plain(gettext_lazy("Assign it to whoever starts this")),
        right="owner",
        needs_person=True,
    ),
    "responsible": Effect(
        gettext_lazy("Make responsible"),
        (Ask("to", "agent", gettext_lazy("Agent"), required=False),),
        _responsible,
        saying(gettext_lazy("Make %(name)s responsible"), "agent", nobody=gettext_lazy("Make nobody responsible")),
    ),
    "move": Effect(
        gettext_lazy("Move"),
        (Ask("to", "queue", gettext_lazy("Queue")),),
        _move,
        saying(gettext_lazy("Move it to %(name)s"), "queue"),
    ),
    "state": Effect(
        gettext_lazy("Set the status"), (Ask("to", "state", gettext_lazy("Status")), _WAIT), _state, said_state
    ),
    "close": Effect(
        gettext_lazy("Close"),
        (Ask("to", "closed_state", gettext_lazy("Status")),),
        _close,
        saying(gettext_lazy("Close it as “%(name)s”"), "closed_state"),
    ),
    "priority": Effect(
        gettext_lazy("Set the priority"),
        (Ask("to", "priority", gettext_lazy("Priority")),),
        _priority,
        saying(gettext_lazy("Set the priority to %(name)s"), "priority"),
        right="priority",
    ),
    "rate": Effect(
        gettext_lazy("Rate impact and urgency"),
        (
            Ask("impact", "choice", gettext_lazy("Impact"), required=False, choices=_LEVELS),
            Ask("urgency", "choice", gettext_lazy("Urgency"), required=False, choices=_LEVELS),
        ),
        _rate,
        said_rating,
        right="priority",
    ),
    "type": Effect(
        gettext_lazy("Set the type"),
        (Ask("to", "type", gettext_lazy("Type")),),
        _type,
        saying(gettext_lazy("Set the type to %(name)s"), "type"),
    ),
    "service": Effect(
        gettext_lazy("Set the service"),
        (Ask("to", "service", gettext_lazy("Service"), required=False),),
        _service,
        saying(gettext_lazy("Set the service to %(name)s"), "service", nobody=gettext_lazy("Take the service away")),
    ),
    "title": Effect(
        gettext_lazy("Rename"),
        (Ask("to", "liquid", gettext_lazy("Subject")),),
        _title,
        said_text(gettext_lazy("Rename it to “%(text)s”"), "to"),
    ),
    "customer": Effect(
        gettext_lazy("Change the customer"),
        (Ask("to", "person", gettext_lazy("Customer")),),
        _customer,
        saying(gettext_lazy("Make %(name)s the customer"), "person"),
    ),
    "tag": Effect(gettext_lazy("Add tags"), (_TAGS,), _tag, said_tags(_ADDED)),
    "untag": Effect(gettext_lazy("Remove tags"), (_TAGS,), _untag, said_tags(_REMOVED)),
    "fields": Effect(
        gettext_lazy("Fill in a field"),
        (Ask("values", "fields", gettext_lazy("Field")),),
        _fields,
        said_fields,
    ),
    "note": Effect(
        gettext_lazy("Add a note"),
        (Ask("text", "liquid", gettext_lazy("Text")),),
        talking.note,
        said_text(gettext_lazy("Add the note “%(text)s”"), "text"),
        right="note",
    ),
    "reply": Effect(
        gettext_lazy("Answer the customer by email"),
        (Ask("text", "liquid", gettext_lazy("Text")),),
        talking.reply,
        said_text(gettext_lazy("Answer the customer by email: “%(text)s”"), "text"),
        mails=1,
    ),
    "link": Effect(
        pgettext_lazy("verb", "Link"),
        (
            Ask("to", "ticket", gettext_lazy("Number")),
            Ask("kind", "choice", gettext_lazy("How"), required=False, choices=LinkKind.choices),
        ),
        _link,
        said_link,
    ),
    "watch": Effect(
        gettext_lazy("Add a watcher"),
        (Ask("who", "agent", gettext_lazy("Agent")),),
        _watch,
        said_watcher,
        right="read",
    ),
    "spam": Effect(gettext_lazy("Mark as spam"), (), _spam, plain(gettext_lazy("Mark it as spam"))),
    "trash": Effect(gettext_lazy("Move to the trash"), (), _trash, plain(gettext_lazy("Move it to the trash"))),
}
