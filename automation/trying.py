"""A rule tried on the past: which tickets of the last days it would have touched, what it would have done to them, and
how many mails would have left. Nothing leaves, and nothing is written.

Each ticket is walked through in memory first; only one that the rule would have touched is put back into its past and
run through for real, with the code that runs rules, in a transaction that is rolled back. The rule is tried alone: what
other rules did then has happened. SLA clocks stand still, and other tickets hear of nothing.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction

from automation.conditions import Outcome, outcome
from automation.effects import mails_of
from automation.happenings import OWN, kinds_of
from automation.models import Rule, RuleRun
from automation.moments import Moment
from automation.pasts import UNTOLD, Rows, forward, histories_of, rewind, rows_in, tickets_of, turns_of
from automation.rehearsing import Stage
from automation.rule_handlers import fits
from automation.rulebook import Entry, entry_of
from core.clock import now, pretend
from sla.configuring import fields_in
from tickets.changes import hold_row
from tickets.events import rehearsal
from tickets.models import Event, Ticket

BATCH = 200
# How many tickets are looked at, the latest ones, and for how many seconds; then the answer says that it is cut short.
MOST_TICKETS, PATIENCE = 20_000, 20.0
# Runs that are kept to be shown.
MOST_RUNS = 200


@dataclass(frozen=True)
class Would:
    """What the rule would have done at one event. `caused`: by an event that itself would have brought about."""

    ticket: Ticket
    event: Event
    conditions: Outcome
    effects: Sequence[Mapping[str, Any]]
    outcome: str
    mails: int = 0
    caused: bool = False


@dataclass
class Trial:
    """`effects` counts what each effect would have come to, by its place and result. `unsure` are fields of the
    condition of which the past is not known, so that they were compared as they are today."""

    days: int
    looked_at: int = 0
    tickets: int = 0
    runs: int = 0
    mails: int = 0
    effects: Counter[tuple[int, str]] = field(default_factory=Counter)
    shown: list[Would] = field(default_factory=list)
    unsure: Sequence[str] = ()
    is_cut: bool = False
    # Tickets that others were changing, and that are left out for it.
    busy: int = 0


def try_rule(rule: Rule, *, queues: Sequence[int] | None = None, days: int = 7) -> Trial:
    """Try a rule of any status, saved or not (then with the ids of its `queues`) on the last `days`.

    Raises `ConditionError`.
    """
    # alone and as nobody's: nothing that a rule of its id did or was told matters
    entry = replace(entry_of(rule, queues if queues is not None or rule.pk else []), pk=None, once=False)
    unsure = sorted(fields_in(rule.condition) & UNTOLD)
    trial, begun = Trial(days, unsure=unsure), time.monotonic()
    since = now() - timedelta(days=days)
    ids = _touched(entry, since)
    trial.is_cut = len(ids) > MOST_TICKETS
    for would in _tried(entry, ids[:MOST_TICKETS], since, trial, once=rule.once_per_ticket):
        if would is not None:
            _count(trial, would)
        if time.monotonic() - begun > PATIENCE:
            trial.is_cut = True
            break
    return trial


def explain(rule: Rule, event: Event) -> Outcome | None:
    """Which parts of the rule's condition held at an event of the past; None where the rule did not listen, or the
    ticket was outside its scope."""
    entry = entry_of(rule)
    events = list(histories_of([event.ticket_id])[event.ticket_id])
    ticket, rows = tickets_of([event.ticket_id])[event.ticket_id], rows_in(events)
    rewind(ticket, events, rows)
    for turn in turns_of(events):
        for each in turn:
            forward(ticket, each, rows)
        if found := next((each for each in turn if each.pk == event.pk), None):
            seen = Moment(found, ticket)
            heard = entry.listens(found) and entry.reaches(seen.line)
            return outcome(entry.node, seen) if heard else None
    return None


def _touched(entry: Entry, since: datetime) -> list[int]:
    """Tickets that may have had an event the rule listens to, the latest first."""
    events = Event.objects.filter(pk__gt=_last_before(since), at__gt=since).exclude(kind__startswith=OWN)
    kinds = kinds_of(entry.events)
    if kinds is not None:
        events = events.filter(kind__in=kinds)
    by_event = events.order_by("-id").values_list("ticket", flat=True)[: MOST_TICKETS * 5]
    # of tickets that came with their history, the events are not in the order of their times
    changed = Ticket.objects.filter(changed_at__gt=since).order_by("-changed_at", "-id")
    return list(dict.fromkeys([*by_event, *changed.values_list("pk", flat=True)[: MOST_TICKETS + 1]]))


def _last_before(since: datetime) -> int:
    """The id of an event behind which all are later, where they are in the order of their times; without looking at
    each of them."""
    low, high = 0, Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    while high - low > BATCH:
        middle = (low + high) // 2
        at = Event.objects.filter(pk__lte=middle).order_by("-pk").values_list("at", flat=True).first()
        low, high = (low, middle) if at is not None and at > since else (middle, high)
    return low


def _tried(
    entry: Entry, ids: Sequence[int], since: datetime, trial: Trial, *, once: bool
) -> Iterator[Sequence[Would] | None]:
    """Of each ticket what the rule would have done to it; None where it had nothing to listen to, or is in use."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        histories, tickets, stopped = histories_of(some), tickets_of(some), _stopped(entry, some)
        rows = rows_in(event for events in histories.values() for event in events)
        for pk in some:
            events = histories[pk]
            if not any(event.at > since and entry.listens(event) for event in events):
                yield None
                continue
            first = _first_fit(entry, tickets[pk], events, rows, since, stopped)
            try:
                yield [] if first is None else _rehearse(entry, pk, events, rows, first, stopped, once=once)
            except OperationalError:  # somebody holds it for longer than anybody may wait
                trial.busy += 1
                yield None


def _stopped(entry: Entry, ids: Collection[int]) -> frozenset[int]:
    """Events after which no further rules were asked, because one before this one said so."""
    runs = RuleRun.objects.filter(ticket__in=ids, stopped_others=True)
    if entry.position:
        runs = runs.filter(position__lt=entry.position)
    return frozenset(runs.values_list("event", flat=True))


def _hears(entry: Entry, event: Event, stopped: Collection[int]) -> bool:
    return event.pk not in stopped and entry.listens(event)


def _first_fit(
    entry: Entry, ticket: Ticket, events: Sequence[Event], rows: Rows, since: datetime, stopped: Collection[int]
) -> int | None:
    """The place of the first turn in which the rule would have been run; None: in none. Up to there nothing would have
    been otherwise than it was."""
    rewind(ticket, events, rows)
    for place, turn in enumerate(turns_of(events)):
        for event in turn:
            forward(ticket, event, rows)
        for event in turn:
            if event.at > since and _hears(entry, event, stopped) and fits(entry, Moment(event, ticket)):
                return place
    return None


def _rehearse(
    entry: Entry,
    pk: int,
    events: Sequence[Event],
    rows: Rows,
    first: int,
    stopped: Collection[int],
    *,
    once: bool,
) -> Sequence[Would]:
    """The ticket lives through everything from the turn `first` on once more, with the rule; then it is as if not."""
    turns, found = turns_of(events), list[Would]()
    with transaction.atomic(), rehearsal() as recorded:
        hold_row(pk)
        stage = Stage(tickets_of([pk])[pk], rows, recorded)
        stage.go_back(turns, first)
        for turn in turns[first:]:
            for would in _relive(entry, turn, stage, stopped):
                found.append(would)
                if once:
                    break
            if once and found:
                break
        transaction.set_rollback(True)
    return found


def _relive(entry: Entry, turn: Sequence[Event], stage: Stage, stopped: Collection[int]) -> Iterator[Would]:
    """What happened then happens, as far as it is still news; then the rule is asked, and asked about what it did."""
    waiting = [happened for event in turn if (happened := stage.happen(event)) is not None]
    real = len(waiting)
    for number, event in enumerate(waiting):
        moment = Moment(event, copy(stage.ticket))
        if not _hears(entry, event, stopped) or not fits(entry, moment):
            continue
        with pretend(turn[-1].at):
            run = stage.run(entry, moment)
        if run is not None:
            yield _would(run, moment, caused=number >= real)
        waiting += stage.made()


def _would(run: RuleRun, moment: Moment, *, caused: bool) -> Would:
    done = [each["effect"] for each in run.effects if each["result"] == "done"]
    mails = sum(mails_of(values, moment.ticket) for values in done)
    return Would(moment.ticket, moment.event, run.conditions, run.effects, run.outcome, mails, caused)


def _count(trial: Trial, would: Sequence[Would]) -> None:
    trial.looked_at += 1
    trial.tickets += bool(would)
    trial.runs += len(would)
    trial.mails += sum(each.mails for each in would)
    for each in would:
        trial.effects.update((place, effect["result"]) for place, effect in enumerate(each.effects))
    trial.shown += would[: max(0, MOST_RUNS - len(trial.shown))]
