"""One call stands for many rows: who is called goes on, shares with others, and leaves when others shall have a turn."""

from unittest.mock import Mock

import pytest
from django.core.cache import cache

from core import calls, turns, work
from core.turns import take_turn
from tests.factories import TicketFactory
from tickets.models import Delivery

TASK = Delivery.task


@pytest.fixture
def rows(world) -> list[int]:
    made = [TicketFactory(queue=world.support).events.first().delivery.pk for _n in range(5)]
    Delivery.objects.exclude(pk__in=made).update(due_at=None)
    return made


@pytest.fixture
def called(monkeypatch) -> list[int]:
    """The rows that others were called for."""
    sent: list[int] = []
    monkeypatch.setattr(turns, "nudge", lambda _task, pk: sent.append(pk))
    return sent


def done(pk: int) -> bool:
    return bool(Delivery.objects.filter(pk=pk).update(due_at=None))


@pytest.mark.django_db
def test_who_is_called_does_all_that_is_due_each_once(rows, called):
    seen: list[int] = []
    take_turn(Delivery, rows[2], lambda pk: not seen.append(pk) and done(pk))
    assert sorted(seen) == sorted(rows)
    assert seen[0] == rows[2]
    assert called == [rows[-1]]  # others may help


@pytest.mark.django_db
def test_a_row_that_stays_due_is_looked_at_once_in_a_turn(rows, called):
    seen: list[int] = []
    take_turn(Delivery, rows[0], lambda pk: bool(seen.append(pk)))
    assert sorted(seen) == sorted(rows)


@pytest.mark.django_db
def test_who_finds_nothing_to_do_calls_nobody(rows, called):
    take_turn(Delivery, rows[0], lambda _pk: False)  # others are at them, and they stay due
    assert called == []


@pytest.mark.django_db
def test_who_finds_something_to_do_after_all_calls_for_the_rest(rows, called):
    take_turn(Delivery, rows[0], lambda pk: pk == rows[2])
    assert called == [rows[-1]]


@pytest.mark.django_db
def test_when_the_turn_is_over_somebody_is_called_for_the_rest(rows, called, monkeypatch):
    monkeypatch.setattr(turns, "TURN", 0.0)
    seen: list[int] = []
    take_turn(Delivery, rows[0], lambda pk: bool(seen.append(pk)))
    assert seen == [rows[0]]
    assert called[-1] == rows[1]


@pytest.fixture
def sent(monkeypatch) -> Mock:
    """What reaches the broker; `work.nudge` as it is."""
    monkeypatch.undo()
    cache.clear()
    broker = Mock()
    monkeypatch.setattr(work, "current_app", broker)
    return broker.send_task


def test_one_call_that_waits_stands_for_all(sent):
    for pk in range(3):
        work.nudge(TASK, pk)
    assert [one.kwargs["args"] for one in sent.call_args_list] == [[0]]
    calls.note_taken(TASK)
    work.nudge(TASK, 7)
    assert sent.call_args.kwargs["args"] == [7]


def test_other_tasks_are_called_for_each_row(sent):
    for pk in range(3):
        work.nudge("tickets.tasks.run_job_item", pk)
    assert sent.call_count == 3


def test_a_call_that_nobody_took_is_repeated(sent):
    work.nudge(TASK, 1)
    cache.delete(f"called:{TASK}")  # its time is over
    work.nudge(TASK, 2)
    assert sent.call_count == 2
