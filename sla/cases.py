"""Tickets at hand with what their clocks go by: read from their rows, in as few queries as there can be.

Callers hold the lock on the tickets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import connection

from sla.clocks import Promise, Timer
from sla.facts import Facts
from sla.models import Clock, Kind, State, TicketTargets
from sla.story import Situation
from sla.terms import Choice, Setup, setup_at
from tickets.models import Ticket

FACTS = [each.name for each in fields(Facts)]
COLUMNS = [*FACTS, "policy_id", "is_chosen", "terms"]
# What is no promise to anybody, and so never due.
UNPROMISED = (Kind.LOCK,)
_TARGETS = [field.column for field in TicketTargets._meta.concrete_fields]
# One question for what every event needs: the stamp of the setup, and the row of the ticket if there is one.
_LOOK = f"""
    SELECT stamp.stamp, {", ".join(f"targets.{column}" for column in _TARGETS)}
    FROM sla_stamp stamp LEFT JOIN sla_tickettargets targets ON targets.ticket_id = %s LIMIT 1
"""  # noqa: S608 - names of columns


@dataclass
class Case:
    """One ticket at hand: its row of facts (None as long as it has no promises) and its clocks."""

    ticket: Ticket
    targets: TicketTargets | None
    situation: Situation = field(default_factory=Situation)
    clocks: dict[int, Clock] = field(default_factory=dict)
    # The row's values as they are stored.
    stored: list[Any] = field(default_factory=list)

    @property
    def choice(self) -> Choice:
        return Choice(self.targets.policy_id, self.targets.is_chosen) if self.targets else Choice(None)


def look(ticket: Ticket) -> tuple[Setup, Case]:
    """The setup and the ticket's row, in one query; its clocks are loaded by `load_clocks`."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [ticket.pk])
        row = cursor.fetchone()
    if row is None:
        return setup_at(None), Case(ticket, None)
    targets = TicketTargets.from_db("default", [f.attname for f in TicketTargets._meta.concrete_fields], row[1:])
    return setup_at(row[0]), Case(ticket, targets if row[1] is not None else None)


def load_clocks(cases: Iterable[Case]) -> None:
    """The present clock of each kind of each ticket, in one query."""
    by_ticket = {}
    for case in cases:
        if case.targets is not None:
            by_ticket[case.ticket.pk] = case
            case.situation.facts = Facts(**{name: getattr(case.targets, name) for name in FACTS})
            case.stored = values_of(case.targets)
    for clock in Clock.objects.filter(ticket__in=list(by_ticket)).present():
        case = by_ticket[clock.ticket_id]
        case.clocks[clock.pk] = clock
        case.situation.timers[clock.kind] = timer_of(clock)


def cases_of(tickets: Mapping[int, Ticket]) -> list[Case]:
    """Many tickets at once, with their rows and clocks, in two queries."""
    rows = TicketTargets.objects.in_bulk(list(tickets))
    cases = [Case(ticket, rows.get(pk)) for pk, ticket in tickets.items()]
    load_clocks(cases)
    return cases


def values_of(targets: TicketTargets) -> list[Any]:
    """By their columns: whoever the policy is, nobody needs to look it up."""
    return [getattr(targets, name) for name in COLUMNS]


def timer_of(clock: Clock) -> Timer:
    promise = Promise(
        clock.target,
        clock.calendar_id,
        tuple((name, seconds) for name, seconds in clock.marks),
        clock.policy_id,
    )
    return Timer(
        kind=clock.kind,
        since=clock.since,
        promise=promise,
        state=State(clock.state),
        counted_at=clock.counted_at,
        spent=clock.spent,
        passed_at=clock.passed_at,
        fired=tuple(clock.fired),
        ended_at=clock.ended_at,
        pk=clock.pk,
    )
