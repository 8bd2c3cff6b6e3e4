"""What the demo world promises: calendars, SLAs, the time in a queue; and clocks that tell of it at the right time.

The dearer SLA counts around the clock, so that its tickets are in time, pressing, late or waiting at whatever hour of
whatever day the world is made; what the others count depends on it. The crowd (crowd.py) has no clocks: it is loaded
row by row, and helpdesk/bench/clocks.py makes the clocks that are measured.
"""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from core.clock import now, pretend
from sla import retargeting, sweeping
from sla.configuring import save_calendar, save_policy, save_queue_hours
from sla.models import Calendar, Clock, Policy, QueueHours, QueueTarget, Retarget, Target
from tickets.models import Priority, Queue, Ticket

HOUR = 3600
OFFICE = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu")} | {"fri": [["08:00", "15:00"]]}
SIESTA = {day: [["09:00", "14:00"], ["16:00", "19:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
PREMIUM = {
    "any": [
        {"field": "organisation", "in": ["Acme", "Velohaus", "Mensajeros del Sur"]},
        {"field": "tags", "contains": "vip"},
        {"field": "priority", "is": "5 very high"},
    ]
}
IBERIA = {"field": "language", "in": ["es", "pt"]}
# Hours by kind of clock and level of priority; None for all the others.
PREMIUM_HOURS: Mapping[str, Mapping[int | None, float]] = {
    "first_response": {None: 4, 4: 2, 5: 1},
    "next_response": {None: 8, 5: 4},
    "update": {None: 36},
    "solution": {None: 96, 4: 72, 5: 48},
}
STANDARD_HOURS: Mapping[str, Mapping[int | None, float]] = {
    "first_response": {None: 8, 4: 4},
    "next_response": {None: 12, 4: 6},
    "solution": {None: 40, 4: 24},
}


def add_promises(queues: Mapping[str, Queue], *, by: User) -> None:
    year = now().year
    eves = {f"{year + n}-12-{day}": {"name": "", "hours": [["08:00", "12:00"]]} for n in range(3) for day in (24, 31)}
    berlin = Calendar(name="Berlin office", zone="Europe/Berlin", hours=OFFICE, country="DE", region="BE")
    berlin.own_days, berlin.is_default = eves, True
    madrid = Calendar(name="Madrid office", zone="Europe/Madrid", hours=SIESTA, country="ES", region="MD")
    always = Calendar(name="Around the clock", zone="Europe/Berlin", hours=ALWAYS)
    for calendar in (berlin, madrid, always):
        save_calendar(calendar, by=by)
    _policy("Premium", 1, PREMIUM, always, PREMIUM_HOURS, by=by)
    _policy("Standard Iberia", 2, IBERIA, madrid, STANDARD_HOURS, by=by)
    _policy("Standard", 3, {"all": []}, berlin, STANDARD_HOURS, by=by)
    hardware = QueueHours(queue=queues["Support::Hardware"], warnings=[75], levels=[8 * HOUR])
    save_queue_hours(hardware, [QueueTarget(seconds=27 * HOUR)], by=by)
    save_queue_hours(QueueHours(queue=queues["Support"], unlock_after=9 * HOUR), [], by=by)
    for row in Retarget.objects.filter(finished_at=None):
        retargeting.run(row)  # there is no ticket yet


def tell_of_time(ticket: Ticket, until: datetime) -> None:
    """What the clocks of the ticket have to say by then, each at its time."""
    due = Clock.objects.due(until).filter(ticket=ticket)
    while (clock := due.first()) is not None and clock.fires_at is not None:
        with pretend(clock.fires_at):
            if not sweeping.sweep():
                return


def _policy(
    name: str,
    position: int,
    condition: dict,
    calendar: Calendar,
    hours: Mapping[str, Mapping[int | None, float]],
    *,
    by: User,
) -> None:
    levels = {priority.level: priority for priority in Priority.objects.all()}
    targets = [
        Target(kind=kind, seconds=round(number * HOUR), priority=levels[level] if level else None)
        for kind, by_level in hours.items()
        for level, number in by_level.items()
    ]
    policy = Policy(name=name, position=position, condition=condition, calendar=calendar)
    policy.warnings, policy.levels = [50, 75], [2 * HOUR]
    save_policy(policy, targets, by=by)
