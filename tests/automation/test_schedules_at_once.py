"""Schedules under several workers at once, and under workers that are killed (-9): each time and each ticket once."""

from datetime import UTC, datetime

import pytest

from automation import scheduling
from automation.models import Schedule, ScheduleItem, ScheduleRun
from automation.schedules import save_schedule
from core.clock import pretend
from core.work import LEASE, run_leased
from tests.factories import TicketFactory
from tests.sla.test_killed import killed_at
from tests.tickets.test_concurrency import at_once
from tickets.events import broken_links
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def tickets(world) -> list[Ticket]:
    row = Schedule(name="Note it", condition={"field": "closed", "empty": True}, cron="0 9 * * *", zone="UTC")
    row.effects = [{"do": "note", "text": "First"}, {"do": "note", "text": "Second"}]
    with pretend(MONDAY.replace(hour=8)):
        save_schedule(row, by=world.alex)
    return [TicketFactory(queue=world.support, customer=world.dana) for _number in range(4)]


def noted_once(tickets: list[Ticket]) -> bool:
    return all(
        [note.body for note in ticket.articles.filter(channel="note").order_by("pk")] == ["First", "Second"]
        and broken_links(Ticket.objects.get(pk=ticket.pk)) == []
        for ticket in tickets
    )


def test_F12_several_sweeps_begin_one_run_and_several_workers_do_each_ticket_once(world, tickets):
    def sweep_and_work(_number: int) -> None:
        with pretend(MONDAY):
            scheduling.start_due()
            for row in ScheduleRun.objects.filter(started_at__isnull=False):
                scheduling.run(row)  # as one whose lease has run out while it went on

    with pretend(MONDAY):
        scheduling.start_due()
        scheduling.run(ScheduleRun.objects.get(), seconds=0)
    at_once(THREADS, sweep_and_work)
    run = ScheduleRun.objects.get()
    assert (run.total, run.done, run.failed) == (4, 4, 0)
    assert noted_once(tickets)


def test_F03_a_run_goes_on_wherever_its_worker_dies(world, tickets):
    def go_on() -> None:
        """As the sweeps would have it after the lease of whoever died has run out."""
        with pretend(MONDAY):
            scheduling.start_due()
            ScheduleRun.objects.update(leased_until=None)
            for pk in ScheduleRun.objects.due().values_list("pk", flat=True):
                run_leased(ScheduleRun, pk, scheduling.run, lease=LEASE)

    for name, call in (("times_between", 1), ("tickets_for", 1), ("do_effect", 4), ("hold_row", 2), ("close_run", 1)):
        killed_at(scheduling, name, call, go_on)
    go_on()
    go_on()
    run = ScheduleRun.objects.get()
    assert (run.total, run.done, run.failed, run.due_at) == (4, 4, 0, None)
    assert set(run.items.values_list("state", flat=True)) == {ScheduleItem.State.DONE}
    assert noted_once(tickets)
