"""An event as occasions of notices: what it means to whom. Pure: the event as it stands, without a question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from automation.notices.occasions import (
    AUTHOR,
    CUSTOMER,
    FREE,
    MENTIONED,
    ORGANISATION,
    OWNER,
    QUEUE,
    RESPONSIBLE,
    TOLD,
    WATCHER,
    Relation,
)
from sla.sentences import MARKS
from tickets.actions.splitting import SPLIT
from tickets.models import Event
from tickets.models.article import Sender
from tickets.models.ticket import Channel

# Whoever works at a ticket already.
INVOLVED = (OWNER, RESPONSIBLE, WATCHER)
EVERYBODY = (*INVOLVED, FREE, QUEUE)


@dataclass(frozen=True)
class Happening:
    """One occasion of an event: people by the relations that the ticket has now, and those that the event names."""

    occasion: str
    relations: Sequence[str] = ()
    named: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """Whoever set off the rule that did it need not hear of it."""
        return self.occasion in ("changed", "state", "note")


def happenings_of(event: Event) -> list[Happening]:
    """In no particular order; empty for what nobody is told of."""
    read = _BY_KIND.get(event.kind) or _of_higher_apps(tuple(settings.HAPPENINGS)).get(event.kind)
    if read is not None:
        return read(event)
    return [Happening("changed", INVOLVED)] if event.kind in _CHANGES else []


@cache
def _of_higher_apps(names: tuple[str, ...]) -> Mapping[str, Callable[[Event], list[Happening]]]:
    found: dict[str, Callable[[Event], list[Happening]]] = {}
    for name in names:
        found |= import_string(name)
    return found


# Told of under "something else changes". What is not here and has no function below is told to nobody.
_CHANGES = frozenset(
    {
        "priority.changed",
        "rating.changed",
        "title.changed",
        "type.changed",
        "customer.changed",
        "tags.changed",
        "fields.changed",
        "link.added",
        "link.removed",
        "sla.changed",
        "checklist.done",
    }
)


def _created(event: Event) -> list[Happening]:
    told = [Happening("new", (FREE, QUEUE)), *_given(event)]
    article = event.article
    if article is not None:
        told += _mentions(event)
        if article.visible_to_customer and event.cause_kind != SPLIT:
            told.append(Happening("request_opened", (ORGANISATION,)))
    return told


def _added(event: Event) -> list[Happening]:
    article = event.article
    if article is None or event.cause_kind == SPLIT or article.sender == Sender.SYSTEM:
        return []
    told = [Happening("request_said", (ORGANISATION,))] if article.visible_to_customer else []
    if article.sender == Sender.CUSTOMER:
        return [*told, Happening("answered", EVERYBODY)]
    if article.channel == Channel.NOTE or not article.visible_to_customer:
        return [*_mentions(event), Happening("note", EVERYBODY)]
    return [*told, *_mentions(event), Happening("reply", EVERYBODY)]


def _held(_event: Event) -> list[Happening]:
    return [Happening("answered", EVERYBODY)]


def _mentions(event: Event) -> list[Happening]:
    article = event.article
    wrote = article is not None and article.sender == Sender.AGENT and "@" in article.body
    return [Happening("mentioned", (MENTIONED,))] if wrote else []


def _given(event: Event) -> list[Happening]:
    """Whoever got the ticket with this event; by an opening too."""
    named = {
        relation: [now["id"]]
        for relation in (OWNER, RESPONSIBLE)
        if (now := _side(event, relation, "now")) and now["id"] != event.actor_id
    }
    return [Happening("assigned", (), named)] if named else []


def _owner(event: Event) -> list[Happening]:
    """The new owner has got it, the old one has lost it, all others see a change."""
    was = _side(event, "owner", "was")
    changed = Happening("changed", (RESPONSIBLE, WATCHER, FREE, QUEUE), {OWNER: [was["id"]]} if was else {})
    return [*_given(event), changed] if "owner" in event.data else []


def _responsible(event: Event) -> list[Happening]:
    was = _side(event, "responsible", "was")
    changed = Happening("changed", (OWNER, WATCHER), {RESPONSIBLE: [was["id"]]} if was else {})
    return [*_given(event), changed]


def _moved(event: Event) -> list[Happening]:
    return [Happening("moved", (FREE, QUEUE)), *_given(event), Happening("changed", INVOLVED)]


def _watched(event: Event) -> list[Happening]:
    now = _side(event, "watcher", "now")
    return [Happening("assigned", (), {WATCHER: [now["id"]]})] if now else []


def _state(_event: Event) -> list[Happening]:
    return [Happening("state", EVERYBODY)]


def _closed(event: Event) -> list[Happening]:
    return [*_state(event), Happening("request_closed", (CUSTOMER, ORGANISATION))]


def _reminded(_event: Event) -> list[Happening]:
    return [Happening("reminder", EVERYBODY)]


def _mark(event: Event) -> list[Happening]:
    return [Happening(event.kind.removeprefix("sla."), EVERYBODY)]


def _undelivered(event: Event) -> list[Happening]:
    article = event.article
    wrote = article is not None and article.sender == Sender.AGENT
    named = {AUTHOR: [article.author_id]} if wrote and article is not None else {}
    return [Happening("undelivered", (OWNER,), named)]


def _survey(_event: Event) -> list[Happening]:
    return [Happening("survey", EVERYBODY)]


def _told(event: Event) -> list[Happening]:
    """By a rule's effect: who they are was settled when it ran (automation/notices/effects.py)."""
    people = _side(event, "people", "now") or []
    return [Happening(TOLD, (), {Relation.TOLD.value: [person["id"] for person in people]})]


def _side(event: Event, name: str, side: str) -> Any:
    return event.data.get(name, {}).get(side)


_BY_KIND: Mapping[str, Callable[[Event], list[Happening]]] = {
    "ticket.created": _created,
    "article.added": _added,
    "article.held": _held,
    "owner.changed": _owner,
    "lock.changed": _owner,
    "responsible.changed": _responsible,
    "queue.changed": _moved,
    "watcher.added": _watched,
    "state.changed": _state,
    "ticket.closed": _closed,
    "ticket.reopened": _state,
    "ticket.merged": _state,
    "pending.reached": _reminded,
    **dict.fromkeys(MARKS, _mark),
    "mail.failed": _undelivered,
    "survey.answered": _survey,
    "people.told": _told,
}
