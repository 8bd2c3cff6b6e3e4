"""Calendars as people look at them: the length of a day, the way of a target, their uses, taking them away."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.people import system_actor
from sla.arranging import move_policy, remove_calendar, uses_of_calendars
from sla.configuring import save_calendar
from sla.hours import ALWAYS, read
from sla.models import Calendar, CalendarVersion, Policy
from sla.weeks import steps, usual_day, week_seconds
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, OFFICE, at, hours_of_queue, on

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("hours", "day", "week"),
    [
        (OFFICE, 8, 40),
        ({"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "fri": [["08:00", "12:00"]]}, 8, 12),
        ({"mon": [["08:00", "18:00"]], "tue": [["08:00", "18:00"]], "sat": [["00:00", "24:00"]]}, 10, 44),
        ({"mon": [["22:00", "06:00"]]}, 6, 8),
        ({}, 24, 0),
    ],
)
def test_how_long_a_day_and_a_week_are(hours, day, week):
    calendar = read({"zone": "Europe/Berlin", "hours": hours})
    assert (usual_day(calendar), week_seconds(calendar)) == (day * HOUR, week * HOUR)


def test_the_way_of_a_target_day_by_day():
    hours = read({"zone": "UTC", "hours": OFFICE, "days": {"2026-03-03": [["09:00", "12:00"]]}})
    start = at(0, "15:00")
    way = list(steps(hours, start, hours.add(start, 6 * HOUR)))
    assert [(step.day, step.seconds / HOUR, step.total / HOUR) for step in way] == [
        (date(2026, 3, 2), 2, 2),
        (date(2026, 3, 3), 3, 5),
        (date(2026, 3, 4), 1, 6),
    ]


def test_the_day_is_that_of_the_calendars_zone():
    hours = read({"zone": "Asia/Tokyo", "hours": {"tue": [["00:00", "24:00"]]}})
    way = list(steps(hours, at(0, "16:00"), at(0, "18:00")))
    assert [(step.day, step.seconds) for step in way] == [(date(2026, 3, 3), 2 * HOUR)]


def test_around_the_clock():
    assert usual_day(ALWAYS) == 24 * HOUR


def test_what_uses_a_calendar(world, sla, office):
    night = save_calendar(Calendar(name="Night", hours={"mon": [["22:00", "06:00"]]}), by=system_actor("sla"))
    gold = sla("Gold", solution=HOUR, calendars={"solution": night})
    silver = sla("Silver", calendar=night)
    hours_of_queue(world.support, calendar=office)
    uses = uses_of_calendars()
    assert (uses[night.pk].policies, uses[night.pk].queues) == ([gold, silver], [])
    assert ([row.queue for row in uses[office.pk].queues], uses[office.pk].policies) == ([world.support], [])


def test_a_calendar_that_nothing_leans_on_can_go(world, office):
    spare = save_calendar(Calendar(name="Spare"), by=system_actor("sla"))
    remove_calendar(spare, by=world.alex)
    assert not CalendarVersion.objects.filter(calendar__name="Spare").exists()
    assert list(Calendar.objects.all()) == [office]


def test_one_that_something_counts_or_counted_by_stays(world, sla, office):
    named = save_calendar(Calendar(name="Named"), by=system_actor("sla"))
    sla(solution=HOUR, calendar=None)
    sla("Other", calendar=named)
    with on(0, "10:00"):
        TicketFactory(queue=world.support, customer=world.dana)
    for calendar in (office, named):
        with pytest.raises(ValidationError):
            remove_calendar(calendar, by=world.alex)
        assert calendar.versions.count() == 1


def test_the_order_is_changed_one_place_at_a_time(world, sla, office):
    gold, silver, bronze = (sla(name, solution=HOUR) for name in ("A", "B", "C"))
    move_policy(bronze, -1, by=world.alex)
    assert list(Policy.objects.values_list("name", "position")) == [("A", 1), ("C", 2), ("B", 3)]
    for _twice in range(2):
        move_policy(Policy.objects.get(name="C"), -1, by=world.alex)
    assert [policy.name for policy in Policy.objects.all()] == ["C", "A", "B"]
    assert [target.seconds for policy in (gold, silver, bronze) for target in policy.targets.all()] == [HOUR] * 3
