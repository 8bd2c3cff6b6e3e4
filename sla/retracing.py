"""Tickets as they were: their fields set back to the opening, then event by event, with what would be promised then."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import models

from accounts.models import Organisation, User
from core.clock import pretend
from sla.configuring import fields_in
from sla.facts import Happening, Terms
from sla.models import Kind
from sla.rerun import Scene
from sla.terms import Choice, Setup, choose, line_of, terms_for
from tickets.models import Priority, Queue, Service, State, Ticket, TicketType

Rows = Mapping[str, Mapping[int, models.Model]]
Story = Sequence[tuple[Happening, Mapping[str, Any]]]

# Fields of which events hold the id; all others are as they stand there.
ROWS: Mapping[str, type[models.Model]] = {
    "queue": Queue,
    "type": TicketType,
    "service": Service,
    "state": State,
    "priority": Priority,
    "owner": User,
    "responsible": User,
    "customer": User,
    "organisation": Organisation,
}
# What promises go by, whatever conditions name.
ALWAYS = {"queue", "priority"}
_COLUMNS = {"field": "custom_fields", "locked": "is_locked"}


def rows_in(histories: Iterable[Story], columns: Collection[str]) -> Rows:
    """The rows that these events name in these fields; one query for each field."""
    ids: dict[str, set[int]] = {name: set() for name in ROWS if name in columns}
    for history in histories:
        for _happening, data in history:
            for name in ids.keys() & data.keys():
                value = data[name]["now"]
                ids[name] |= {value["id"]} if value else set()
    return {name: ROWS[name]._default_manager.in_bulk(found) for name, found in ids.items()}


class Promises:
    """What a setup promises for tickets as they were."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        conditions = [each.row.condition for each in setup.policies if each.row.condition]
        names = {name.split(".")[0] for condition in conditions for name in fields_in(condition)}
        self.columns = ALWAYS | {_COLUMNS.get(name, name) for name in names}
        # Such a condition may turn at any moment.
        self.looks_at_the_clock = any(word in json.dumps(conditions) for word in ('"now":', '"today":'))
        self._lines: dict[int, Sequence[int]] = {}
        self._terms: dict[tuple[int, int, int | None], Terms] = {}

    def scenes(self, ticket: Ticket, story: Story, choice: Choice, rows: Rows) -> Sequence[Scene]:
        """All that happened; `ticket` is set to what it was at each step, and left as it is at the last."""
        scenes = []
        for happening, data in story:
            changed = self.columns & data.keys()
            for name in changed:
                _set(ticket, name, data[name]["now"], rows)
            if changed or self.looks_at_the_clock:
                with pretend(happening.at):
                    choice = choose(self.setup, ticket, choice, self._line(ticket.queue_id))
            scenes.append(Scene(happening, self._terms_of(ticket, choice)))
        return scenes

    def _terms_of(self, ticket: Ticket, choice: Choice) -> Terms:
        key = (ticket.queue_id, ticket.priority_id, choice.policy)
        if key not in self._terms:
            terms = terms_for(self.setup, ticket, choice.policy, self._line(ticket.queue_id))
            kinds = [kind for kind in Kind.of_policies() if kind in terms.promises]
            self._terms[key] = replace(terms, promises={kind.value: terms.promises[kind] for kind in kinds})
        return self._terms[key]

    def _line(self, queue_id: int) -> Sequence[int]:
        if queue_id not in self._lines:
            self._lines[queue_id] = line_of(self.setup, queue_id)
        return self._lines[queue_id]


def _set(ticket: Ticket, name: str, value: Any, rows: Rows) -> None:
    if name in rows:
        value = rows[name].get(value["id"]) if value else None
    setattr(ticket, name, value)
