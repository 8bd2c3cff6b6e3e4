"""Schedules: kept, begun once for each time, done ticket by ticket, resumed after a crash."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError

from accounts.models import ConfigChange
from accounts.people import system_actor
from automation import scheduling
from automation.models import Schedule, ScheduleItem, ScheduleMark, ScheduleRun
from automation.schedules import go_on, next_times, remove_schedule, run_now, save_schedule, stop_run, tickets_for
from core.clock import pretend
from core.work import LEASE, run_leased
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.merging import merge
from tickets.actions.removing import trash
from tickets.models import Priority, Ticket

pytestmark = pytest.mark.django_db

OPEN = {"field": "closed", "empty": True}
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
State = ScheduleItem.State


@pytest.fixture
def schedule(world) -> Schedule:
    effects = [{"do": "tag", "tags": ["late"]}]
    row = Schedule(name="Mark what is late", condition=OPEN, cron="0 9 * * *", zone="UTC", effects=effects)
    with pretend(MONDAY):
        return save_schedule(row, by=world.alex)


@pytest.fixture
def tickets(world) -> list[Ticket]:
    return [TicketFactory(queue=world.support, customer=world.dana) for _number in range(3)]


def run_schedule(pk: int) -> None:
    run_leased(ScheduleRun, pk, scheduling.run, lease=LEASE)


def at(moment: datetime, *, seconds: float = 40) -> ScheduleRun | None:
    """What beat and a worker do at that moment."""
    with pretend(moment):
        scheduling.start_due()
        row = ScheduleRun.objects.due().first()
        if row:
            run_schedule(row.pk)
            row.refresh_from_db()
    return row


def tags(tickets) -> list[list[str]]:
    return [Ticket.objects.get(pk=ticket.pk).tags for ticket in tickets]


# ---- setting up


def test_a_schedule_knows_its_next_time_and_is_audited(schedule, world):
    assert schedule.next_at == MONDAY.replace(hour=9)
    change = ConfigChange.objects.get(kind="automation.schedule")
    assert (change.actor, change.after["cron"], "next_at" in change.after) == (world.alex, "0 9 * * *", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("cron", "0 0 31 2 *"),
        ("cron", "0 9 * *"),
        ("zone", "Mars/Base"),
        ("condition", {"field": "nonsense", "is": 1}),
        ("effects", []),
        ("effects", [{"do": "tag"}]),
        ("effects", [{"do": "take"}]),  # only a person can
        ("limit", 0),
        ("limit", 10_001),
    ],
)
def test_what_cannot_run_is_not_kept(schedule, world, field, value):
    setattr(schedule, field, value)
    with pytest.raises(ValidationError) as error:
        save_schedule(schedule, by=world.alex)
    assert list(error.value.message_dict) == [field]
    assert ConfigChange.objects.filter(kind="automation.schedule").count() == 1


def test_other_times_count_from_now_and_the_same_ones_stay_due(schedule, world):
    later = MONDAY + timedelta(days=2)
    with pretend(later):
        schedule.name = "Mark it"
        assert save_schedule(schedule, by=world.alex).next_at == MONDAY.replace(hour=9)
        schedule.cron = "30 * * * *"
        assert save_schedule(schedule, by=world.alex).next_at == later + timedelta(minutes=30)
        schedule.is_active = False
        assert save_schedule(schedule, by=world.alex).next_at is None


def test_an_old_copy_does_not_bring_back_a_time_that_has_passed(schedule, world, tickets):
    old = Schedule.objects.get()
    at(MONDAY.replace(hour=9))
    with pretend(MONDAY.replace(hour=10)):
        save_schedule(old, by=world.alex)
    assert Schedule.objects.get().next_at == MONDAY.replace(hour=9) + timedelta(days=1)


def test_the_next_times_are_told():
    with pretend(MONDAY):
        assert next_times("0 9 * * *", "UTC", 2) == [
            MONDAY.replace(hour=9),
            MONDAY.replace(hour=9) + timedelta(days=1),
        ]
    assert next_times("nonsense", "UTC") == []


# ---- running


def test_a_run_does_its_effects_with_every_ticket_that_fits(schedule, world, tickets):
    assert at(MONDAY) is None
    run = at(MONDAY.replace(hour=9))
    assert tags(tickets) == [["late"]] * 3
    assert (run.due_for, run.total, run.done, run.failed, run.is_limited) == (MONDAY.replace(hour=9), 3, 3, 0, False)
    assert run.finished_at == MONDAY.replace(hour=9)
    event = tickets[0].events.get(kind="tags.changed")
    assert (event.actor, event.cause_kind, event.cause_reference) == (
        system_actor("rules"),
        "schedule",
        str(schedule.pk),
    )
    assert at(MONDAY.replace(hour=9)) is None
    again = at(MONDAY.replace(hour=9) + timedelta(days=1))
    assert (again.total, again.done) == (3, 0)
    assert set(again.items.values_list("state", flat=True)) == {State.UNCHANGED}


def test_no_time_runs_twice_and_missed_ones_run_once(schedule, tickets):
    """F12: two sweeps at once, and beat that was away for three days."""
    with pretend(MONDAY + timedelta(days=3)):
        assert (scheduling.start_due(), scheduling.start_due()) == (1, 0)
    run = ScheduleRun.objects.get()
    assert (run.due_for, run.missed) == (MONDAY.replace(hour=9), 2)
    assert Schedule.objects.get().next_at == MONDAY.replace(hour=9) + timedelta(days=3)
    # a clock that went back, or a row that was put back from a backup
    Schedule.objects.update(next_at=run.due_for)
    ScheduleRun.objects.update(finished_at=MONDAY, due_at=None)
    with pretend(MONDAY + timedelta(days=3)):
        assert scheduling.start_due() == 0
    assert ScheduleRun.objects.count() == 1


def test_the_next_run_waits_for_the_one_before(schedule, tickets):
    with pretend(MONDAY.replace(hour=9)):
        scheduling.start_due()
    with pretend(MONDAY + timedelta(days=2)):
        assert scheduling.start_due() == 0
        run_schedule(ScheduleRun.objects.get().pk)
        assert scheduling.start_due() == 1
        assert scheduling.start_due() == 0
    assert ScheduleRun.objects.first().missed == 0


def test_the_oldest_come_first_and_no_more_than_the_limit(schedule, world, tickets):
    schedule.limit = 2
    with pretend(MONDAY):
        save_schedule(schedule, by=world.alex)
    run = at(MONDAY.replace(hour=9))
    assert tags(tickets) == [["late"], ["late"], []]
    assert (run.total, run.is_limited) == (2, True)


def test_once_per_ticket(schedule, world, tickets):
    schedule.once_per_ticket = True
    with pretend(MONDAY):
        save_schedule(schedule, by=world.alex)
    assert at(MONDAY.replace(hour=9)).total == 3
    set_tags(tickets[0], set(), by=world.bea)
    new = TicketFactory(queue=world.support, customer=world.dana)
    run = at(MONDAY.replace(hour=9) + timedelta(days=1))
    assert list(run.items.values_list("ticket", flat=True)) == [new.pk]
    assert tags(tickets[:1]) == [[]]
    assert ScheduleMark.objects.count() == 4


def test_what_is_merged_or_in_the_trash_is_left_alone(schedule, world, tickets):
    trash(tickets[0], by=world.bea)
    merge(tickets[1], tickets[2], by=world.bea)
    schedule.condition = {"all": []}
    assert list(tickets_for(schedule)) == [tickets[2]]


def test_what_no_longer_fits_when_its_turn_comes_is_passed_by(schedule, world, tickets):
    with pretend(MONDAY.replace(hour=9)):
        scheduling.start_due()
        row = ScheduleRun.objects.get()
        scheduling.run(row, seconds=0)
        trash(tickets[1], by=world.bea)
        run_schedule(row.pk)
    assert list(row.items.values_list("state", flat=True)) == [State.DONE, State.GONE, State.DONE]
    assert ScheduleRun.objects.get().total == 3


def test_a_ticket_with_which_it_is_not_possible_stops_no_other(schedule, world, tickets):
    """All effects of a ticket, or none of them."""
    schedule.effects = [{"do": "tag", "tags": ["late"]}, {"do": "assign", "to": world.carlos.pk}]
    with pretend(MONDAY):
        save_schedule(schedule, by=world.alex)
    alone = TicketFactory(queue=world.billing, customer=world.erik)
    run = at(MONDAY.replace(hour=9))
    assert (run.total, run.done, run.failed) == (4, 3, 1)
    assert run.items.get(ticket=alone).reason == "right"
    assert tags([alone]) == [[]]
    assert not ScheduleMark.objects.exists()


def test_an_error_in_one_ticket_is_its_own(schedule, tickets, monkeypatch):
    real = scheduling.do_effect

    def fails_once(values, ticket, context):
        if ticket.pk == tickets[1].pk:
            raise RuntimeError("unforeseen")
        return real(values, ticket, context)

    monkeypatch.setattr(scheduling, "do_effect", fails_once)
    run = at(MONDAY.replace(hour=9))
    assert (run.done, run.failed, run.items.get(ticket=tickets[1]).reason) == (2, 1, "error")


def test_f03_a_worker_killed_in_the_middle_does_nothing_twice(schedule, tickets, monkeypatch):
    real, seen = scheduling.do_effect, []

    def dies(values, ticket, context):
        event = real(values, ticket, context)
        seen.append(ticket.pk)
        if len(seen) == 2:
            raise SystemExit  # no transaction of it is committed
        return event

    monkeypatch.setattr(scheduling, "do_effect", dies)
    with pytest.raises(SystemExit):
        at(MONDAY.replace(hour=9))
    row = ScheduleRun.objects.get()
    assert list(row.items.values_list("state", flat=True)) == [State.DONE, State.WAITING, State.WAITING]
    assert row.leased_until is not None
    ScheduleRun.objects.update(leased_until=LONG_AGO)  # the lease has run out
    run_schedule(row.pk)
    row.refresh_from_db()
    assert (row.done, row.failed) == (3, 0)
    assert [ticket.events.filter(kind="tags.changed").count() for ticket in tickets] == [1, 1, 1]


def test_a_ticket_in_other_hands_comes_later(schedule, tickets, monkeypatch):
    real, busy = scheduling.do_effect, {tickets[0].pk}

    def waits(values, ticket, context):
        if ticket.pk in busy:
            raise OperationalError("lock timeout")
        return real(values, ticket, context)

    monkeypatch.setattr(scheduling, "do_effect", waits)
    row = at(MONDAY.replace(hour=9))
    assert tags(tickets) == [[], ["late"], ["late"]]
    assert (row.finished_at, row.due_at is not None, row.parked_at) == (None, True, None)
    ScheduleRun.objects.update(due_at=LONG_AGO)
    run_schedule(row.pk)
    row.refresh_from_db()
    assert (row.attempts, row.last_error[:4]) == (1, "Busy")
    busy.clear()
    ScheduleRun.objects.update(due_at=LONG_AGO)
    run_schedule(row.pk)
    assert ScheduleRun.objects.get().done == 3


def test_a_field_that_is_gone_ends_the_run_with_the_reason(schedule, tickets):
    Schedule.objects.update(condition={"field": "field.gone", "is": "x"})
    run = at(MONDAY.replace(hour=9))
    assert (run.problem, run.total, run.finished_at is not None) == ("condition", 0, True)
    assert "field.gone" in run.last_error
    assert run.due_at is None


def test_a_person_can_have_it_run_now_but_not_twice_at_once(schedule, world, tickets):
    schedule.is_active = False
    save_schedule(schedule, by=world.alex)
    run = run_now(schedule, by=world.alex)
    with pytest.raises(ValidationError):
        run_now(schedule, by=world.alex)
    run_schedule(run.pk)
    run.refresh_from_db()
    assert (run.done, run.due_for, run.asked_by) == (3, None, world.alex)
    run_now(schedule, by=world.alex)


def test_a_run_can_be_stopped(schedule, world, tickets):
    run = run_now(schedule, by=world.alex)
    scheduling.run(run, seconds=0)
    assert stop_run(run, by=world.alex)
    assert not stop_run(run, by=world.alex)
    run_schedule(run.pk)
    run.refresh_from_db()
    assert (run.total, run.problem, run.last_error, run.due_at) == (0, "stopped", "Alex Berger", None)
    assert tags(tickets) == [[], [], []]


def test_a_run_that_was_given_up_goes_on_where_it_was(schedule, world, tickets):
    run = run_now(schedule, by=world.alex)
    run.park()
    run.save_work()
    other = run_now(schedule, by=world.alex)
    with pytest.raises(ValidationError):
        go_on(run)
    run_schedule(other.pk)
    go_on(run)
    run_schedule(run.pk)
    run.refresh_from_db()
    assert run.finished_at is not None


def test_a_removed_schedule_takes_its_runs_along(schedule, world, tickets):
    at(MONDAY.replace(hour=9))
    remove_schedule(schedule, by=world.alex)
    assert not ScheduleRun.objects.exists()
    assert tags(tickets) == [["late"]] * 3


def test_old_runs_are_forgotten(schedule, world, tickets):
    at(MONDAY.replace(hour=9))
    with pretend(MONDAY + timedelta(days=29)):
        scheduling.forget_old()
    assert ScheduleItem.objects.count() == 3
    with pretend(MONDAY + timedelta(days=32)):
        scheduling.forget_old()
    assert (ScheduleItem.objects.count(), ScheduleRun.objects.get().done) == (0, 3)
    with pretend(MONDAY + timedelta(days=500)):
        scheduling.forget_old()
    assert not ScheduleRun.objects.exists()


def test_the_cost_of_choosing_does_not_grow_with_tickets(schedule, world, tickets, queries):
    def cost() -> int:
        with queries() as counted:
            list(tickets_for(schedule).order_by("created_at", "pk").values_list("pk", flat=True)[:10])
        return len(counted)

    before = cost()
    for _number in range(3):
        TicketFactory(queue=world.support, customer=world.dana)
    assert cost() == before == 1


def test_priorities_can_be_raised(schedule, world, tickets):
    """As the stock job of OTRS does."""
    schedule.effects = [{"do": "priority", "to": Priority.objects.get(level=4).pk}]
    with pretend(MONDAY):
        save_schedule(schedule, by=world.alex)
    at(MONDAY.replace(hour=9))
    assert {Ticket.objects.get(pk=ticket.pk).priority.level for ticket in tickets} == {4}
