"""Workers that are killed (-9) in the middle: nothing is lost, nothing is done twice.

Real processes, stopped at a chosen point of their transaction and killed there.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from sla import retargeting, sweeping, telling
from sla.configuring import save_policy
from sla.journals import disagreements
from sla.models import Clock, Retarget, Target
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, on
from tickets.events import broken_links
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 6
# Three for each ticket: a warning, the breach, a level.
MARKS = 3


@pytest.fixture
def policy(sla):
    return sla(first_response=2 * HOUR, solution=40 * HOUR, warnings=[50], levels=[HOUR])


@pytest.fixture
def tickets(world, policy) -> list[Ticket]:
    with on(0, "10:00"):
        return [TicketFactory(queue=world.support, customer=world.dana) for _n in range(NUMBER)]


def killed_at(module: Any, name: str, call: int, work: Callable[[], object]) -> None:
    """Let another process do `work`, and kill it when it calls this function for the `call`-th time."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _work_until_killed(module, name, call, work, writing)
    os.close(writing)
    assert os.read(reading, 1) == b"x", "it never came to that point"
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _work_until_killed(module: Any, name: str, call: int, work: Callable[[], object], writing: int) -> None:
    """In the child, which never returns."""
    real, calls = getattr(module, name), iter(range(1, 10_000))

    def stopped(*args: Any, **options: Any) -> Any:
        if next(calls) == call:
            os.write(writing, b"x")
            signal.pause()
        return real(*args, **options)

    setattr(module, name, stopped)
    try:
        work()
    finally:
        os._exit(1)


def told(ticket: Ticket | None = None) -> list[tuple[int, str]]:
    events = Event.objects.filter(kind__startswith="sla.").order_by("id")
    if ticket is not None:
        events = events.filter(ticket=ticket)
    return [(event.ticket_id, event.kind) for event in events]


def sweep_late() -> int:
    with on(0, "16:00"):
        return sweeping.sweep()


@pytest.mark.parametrize(
    ("module", "name"), [(sweeping, "tell"), (telling, "record"), (sweeping, "write_clocks"), (sweeping, "_tell_next")]
)
def test_F03_a_sweep_that_dies_anywhere_leaves_the_rest_to_the_next(tickets, module, name):
    for call in (1, 4, 9):
        killed_at(module, name, call, sweep_late)
    sweep_late()
    assert sweep_late() == 0
    assert Counter(told()) == Counter(dict.fromkeys(told(), 1))
    assert len(told()) == MARKS * NUMBER
    for ticket in tickets:
        assert [kind for _pk, kind in told(ticket)] == ["sla.warned", "sla.breached", "sla.escalated"]
        assert disagreements(ticket) == []
        assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


def test_F03_after_an_outage_what_was_left_comes_in_the_order_of_time(world, policy):
    tickets = []
    for minute in (0, 20, 40):
        with on(0, f"10:{minute:02}"):
            tickets.append(TicketFactory(queue=world.support, customer=world.dana))
    killed_at(sweeping, "_tell_next", 5, sweep_late)
    sweep_late()
    dues = [event.data["due"]["now"] for event in Event.objects.filter(kind__startswith="sla.").order_by("id")]
    assert len(dues) == MARKS * 3
    assert dues == sorted(dues)


@pytest.mark.parametrize(
    ("name", "call"), [("look_again", 2), ("_keep", 1), ("_keep", 2), ("move_on", 3), ("move_on", 4), ("write", 2)]
)
def test_F03_setting_clocks_anew_goes_on_where_it_was_killed(world, policy, tickets, monkeypatch, name, call):
    monkeypatch.setattr(retargeting, "CHUNK", 2)
    with on(0, "11:00"):
        save_policy(policy, _targets(solution=20), by=world.alex)
    row = Retarget.objects.get(finished_at=None)

    def retarget() -> None:
        with on(0, "11:00"):
            retargeting.run(Retarget.objects.get(pk=row.pk))

    killed_at(retargeting, name, call, retarget)
    retarget()
    row.refresh_from_db()
    assert row.finished_at is not None
    for ticket in tickets:
        clock = Clock.objects.get(ticket=ticket, kind="solution")
        assert (clock.target, clock.spent) == (20 * HOUR, HOUR)
        assert list(clock.entries.values_list("kind", flat=True)) == ["start", "retarget"]
        assert disagreements(ticket) == []
        assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


def test_F03_while_clocks_are_set_anew_others_sweep_and_all_is_told_once(world, policy, tickets):
    with on(0, "11:00"):
        save_policy(policy, _targets(solution=20), by=world.alex)
    row = Retarget.objects.get(finished_at=None)

    def retarget() -> None:
        with on(0, "16:00"):
            retargeting.run(Retarget.objects.get(pk=row.pk))

    killed_at(retargeting, "write", 1, retarget)
    killed_at(sweeping, "write_clocks", 2, sweep_late)
    retarget()
    sweep_late()
    assert set(Counter(told()).values()) == {1}
    assert len(told()) == MARKS * NUMBER
    assert {clock.target for clock in Clock.objects.filter(kind="solution")} == {20 * HOUR}


def _targets(*, solution: int) -> list[Target]:
    return [Target(kind="first_response", seconds=2 * HOUR), Target(kind="solution", seconds=solution * HOUR)]
