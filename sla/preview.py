"""What an SLA, or a calendar, would have done to the tickets of the last days: tried on their history.

Nothing is written. Each ticket is taken through its history with the promises it would have had at every step, as it
was then; a choice that people have made for a ticket is taken as made from the beginning.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.clock import now
from core.memo import for_a_moment
from sla.clocks import Calendars, Timer
from sla.configuring import data_of
from sla.figures import Outcome, Total, totals_of
from sla.hours import Hours
from sla.models import Calendar, Policy, State, Target, TicketTargets
from sla.past import histories_of
from sla.rerun import Scene, rerun
from sla.retracing import Promises, rows_in
from sla.terms import Choice, PolicySetup, Setup, current_setup, goals_of, hours_of, read_version
from tickets.models import Ticket

DAYS, LIMIT = 30, 1000
CHUNK = 200
# The key of what is not saved, which no row has.
UNSAVED = -1


@dataclass(frozen=True)
class Preview:
    """`tickets` of the `looked_at` ones would have had clocks of it. `late` are the worst first.

    The late ones are of all queues: doors show only those that their reader may see.
    """

    looked_at: int
    # Opened since; later than was asked for when there were more than `limit`, which `is_cut` says.
    since: datetime
    is_cut: bool
    tickets: int
    totals: Sequence[Total]
    late: Sequence[Outcome]


def preview(policy: Policy, targets: Iterable[Target], *, days: int = DAYS, limit: int = LIMIT) -> Preview:
    """Had this SLA, saved or not, stood at its position before these tickets came.

    The newest `limit` tickets of the last `days` are looked at. A condition that cannot be read holds for none.
    """
    setup = _with(current_setup(), policy, list(targets))
    return _try(setup, hours_of, days, limit, only=policy.pk or UNSAVED)


def preview_calendar(calendar: Calendar, *, days: int = DAYS, limit: int = LIMIT) -> Preview:
    """Had this calendar, saved or not, these hours already: all clocks of all SLAs of the tickets it would be for.

    Raises `ValidationError` for hours that cannot be read.
    """
    data, _until_year = data_of(calendar)
    tried, setup, pk = read_version(data), current_setup(), calendar.pk or UNSAVED
    default = pk if calendar.is_default else setup.default_calendar
    setup = replace(setup, versions={**setup.versions, pk: UNSAVED}, default_calendar=default)

    def calendars(version: int | None) -> Hours:
        return tried if version == UNSAVED else hours_of(version)

    return _try(setup, calendars, days, limit, calendar=UNSAVED)


def _try(
    setup: Setup, calendars: Calendars, days: int, limit: int, *, only: int | None = None, calendar: int | None = None
) -> Preview:
    with for_a_moment():
        return _tried(setup, calendars, days, limit, only=only, calendar=calendar)


def _tried(
    setup: Setup, calendars: Calendars, days: int, limit: int, *, only: int | None, calendar: int | None
) -> Preview:
    end = now()
    since = end - timedelta(days=days)
    # By the key, which follows the time of opening: there is no need for an index of that.
    newest = list(Ticket.objects.order_by("-id").values_list("id", "created_at")[: limit + 1])
    ids = [pk for pk, created_at in newest[:limit] if created_at >= since]
    is_cut = len(newest) > limit and newest[-1][1] >= since
    outcomes = []
    for ticket, scenes in _stories(setup, ids):
        situation = rerun(scenes, calendars)
        for timer in (*situation.replaced, *situation.timers.values()):
            of_it = timer.promise.policy == only if calendar is None else timer.promise.calendar == calendar
            if of_it and timer.state != State.CANCELLED:
                outcomes.append(_outcome(timer, ticket, calendars, end))
    late = sorted((each for each in outcomes if each.is_late), key=lambda each: (-each.late_by, each.ticket))
    return Preview(
        looked_at=len(ids),
        since=newest[limit - 1][1] if is_cut else since,
        is_cut=is_cut,
        tickets=len({outcome.ticket for outcome in outcomes}),
        totals=totals_of(outcomes),
        late=late,
    )


def _stories(setup: Setup, ids: Sequence[int]) -> Iterator[tuple[Ticket, Sequence[Scene]]]:
    """The scenes of each ticket; so many tickets at a time that memory and queries stay small."""
    promises = Promises(setup)
    for begin in range(0, len(ids), CHUNK):
        part = ids[begin : begin + CHUNK]
        tickets, histories = Ticket.objects.in_bulk(part), histories_of(part)
        chosen = TicketTargets.objects.filter(ticket__in=part, is_chosen=True).values_list("ticket", "policy")
        choices = {pk: Choice(policy, is_chosen=True) for pk, policy in chosen}
        rows = rows_in(histories.values(), promises.columns)
        for pk in part:
            past = copy(tickets[pk])
            yield tickets[pk], promises.scenes(past, histories[pk], choices.get(pk, Choice(None)), rows)


def _with(setup: Setup, policy: Policy, targets: Sequence[Target]) -> Setup:
    """The setup with this SLA at its place, instead of what is saved of it."""
    row = copy(policy)
    row.pk = policy.pk or UNSAVED
    others = [each for each in setup.policies if each.row.pk != row.pk]
    policies = [*others, PolicySetup(row, goals_of(targets))]
    return replace(setup, policies=sorted(policies, key=lambda each: (each.row.position, each.row.name)))


def _outcome(timer: Timer, ticket: Ticket, calendars: Calendars, now: datetime) -> Outcome:
    spent = timer.spent_at(now, calendars)
    return Outcome(
        ticket=ticket.pk,
        number=ticket.number,
        priority=ticket.priority_id,
        kind=timer.kind,
        target=timer.promise.target,
        spent=spent,
        is_done=timer.state == State.MET,
        passed_at=timer.passed_at or _passed(timer, spent, calendars),
    )


def _passed(timer: Timer, spent: int, calendars: Calendars) -> datetime | None:
    return timer.reaches(timer.promise.target, calendars) if spent > timer.promise.target else None
