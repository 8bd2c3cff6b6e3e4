"""`record()`: the only writer of history. What it writes is at once the log, the outbox and the proof.

In the caller's transaction it adds the event, runs the *within* handlers and leaves a delivery row; after the commit
the delivery runs the *after* handlers (tickets/tasks.py). Both lists stand in helpdesk/settings/wiring.py.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from core import logs
from core.clock import now
from core.work import wake
from tickets.models import Article, Delivery, Event, Ticket

# A chain of causes longer than this is a loop: handlers that cause new events must stop.
MAX_DEPTH = 10
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

_rehearsed: ContextVar[list[Event] | None] = ContextVar("rehearsed", default=None)
_retold: ContextVar[bool] = ContextVar("retold", default=False)


@dataclass(frozen=True)
class Cause:
    """Why something happened: the door, or the mail, rule, macro, token ... with its reference, or another event."""

    kind: str
    reference: str = ""
    event: Event | None = None
    on_behalf_of: User | None = None

    @property
    def depth(self) -> int:
        return self.event.depth + 1 if self.event else 0


DESK = Cause("desk")
PORTAL = Cause("portal")


class Chained(Protocol):
    """What the chain covers of an event."""

    ticket_id: int
    article_id: int | None
    kind: str
    actor_id: int
    on_behalf_of_id: int | None
    cause_event_id: int | None
    cause_kind: str
    cause_reference: str
    at: datetime
    version: int
    data_digest: str


class Refused(Exception):
    """A handler inside the transaction says that this cannot be: nothing of it happens. The text is for people."""


class TooDeep(Exception):
    """Events have caused events `MAX_DEPTH` times: a loop of automations."""


def record(
    ticket: Ticket,
    kind: str,
    *,
    by: User,
    cause: Cause | None = None,
    article: Article | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Add an event to the history of a locked ticket, save what changed, and see to everything that follows from it.

    Raises `TooDeep` when the chain of causes is a loop, and `Refused` when a handler finds that this cannot be, such as
    an email with nowhere to leave from; the caller's transaction then changes nothing.
    """
    cause = cause or DESK
    if cause.depth > MAX_DEPTH:
        raise TooDeep(f"{kind} on {ticket.number}")
    logs.note(ticket=ticket.number)
    ticket.version += 1
    event = Event(
        ticket=ticket,
        article=article,
        kind=kind,
        actor=by,
        on_behalf_of=cause.on_behalf_of,
        cause_event=cause.event,
        cause_kind=cause.kind,
        cause_reference=cause.reference[:100],
        depth=cause.depth,
        at=now(),
        version=ticket.version,
        data=data or {},
    )
    event.data_digest = digest_of(event.data)
    event.digest = chain_digest(event, before=ticket.chain)
    event.save(force_insert=True)
    ticket.chain = event.digest
    ticket.save(update_fields=["version", "chain", *ticket.unsaved])
    ticket.unsaved.clear()
    rehearsed = _rehearsed.get()
    if rehearsed is not None:
        for handler in handlers("REHEARSED"):
            handler(event)
        rehearsed.append(event)
        return event
    if _retold.get():
        for handler in handlers("RETOLD"):
            handler(event)
        return event
    for handler in handlers("WITHIN"):
        handler(event)
    wake(Delivery.objects.create(event=event, ticket_id=ticket.pk))
    return event


@contextmanager
def rehearsal() -> Iterator[list[Event]]:
    """Within, events lead to nothing: no clock moves, no mail is made, nobody is told. Gives the events recorded.

    The caller rolls its transaction back. Only settings.REHEARSED is asked, which may refuse what would be refused.
    """
    recorded: list[Event] = []
    mark = _rehearsed.set(recorded)
    try:
        yield recorded
    finally:
        _rehearsed.reset(mark)


@contextmanager
def retold() -> Iterator[None]:
    """Within, events tell what has happened in another house: they stand in the history, and nothing follows from them
    but what settings.RETOLD keeps in step. No mail is made, no rule runs, nobody is told, no promise begins."""
    mark = _retold.set(True)
    try:
        yield
    finally:
        _retold.reset(mark)


def handlers(setting: str) -> Sequence[Callable[[Any], None]]:
    """The functions that a list in the settings names."""
    return _load(tuple(getattr(settings, setting)))


def chain_digest(event: Chained, *, before: str) -> str:
    """SHA-256 over the event and its predecessor's digest; covers the digest of `data`, not `data` itself."""
    return digest_of(
        [
            before,
            event.ticket_id,
            event.article_id,
            event.kind,
            event.actor_id,
            event.on_behalf_of_id,
            event.cause_event_id,
            event.cause_kind,
            event.cause_reference,
            event.at.isoformat(),
            event.version,
            event.data_digest,
        ]
    )


def broken_links(ticket: Ticket) -> list[Event]:
    """Events whose digest does not follow from what stands there: altered rows, or the ones after a removed row."""
    before, broken = "", []
    for event in ticket.events.order_by("version"):
        intact = event.data == {"erased": True} or event.data_digest == digest_of(event.data)
        if not intact or event.digest != chain_digest(event, before=before):
            broken.append(event)
        before = event.digest
    return broken


def digest_of(value: Any) -> str:
    """SHA-256 of a value as canonical JSON, in hex."""
    return digest_of_text(canonical(value))


def canonical(value: Any) -> str:
    """JSON in the one form that a digest can be taken of."""
    return _CANONICAL.encode(value)


def digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _load(names: tuple[str, ...]) -> Sequence[Callable[[Any], None]]:
    return [import_string(name) for name in names]
