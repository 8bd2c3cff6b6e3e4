"""Work rows: done once, retried with patience, parked in the end, and safe against doubled wake-ups."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import work
from core.database import in_hand
from core.later import after_commit
from core.work import run_inside, run_leased, sweep, wake
from tests.factories import TicketFactory
from tickets.models import Delivery, Ticket

LEASE = timedelta(minutes=1)


@pytest.fixture
def row(world) -> Delivery:
    return TicketFactory(queue=world.support).events.first().delivery


@pytest.mark.django_db
def test_inside_does_the_work_and_finishes_in_one_transaction(row):
    seen = []
    assert run_inside(Delivery, row.pk, seen.append)
    row.refresh_from_db()
    assert (len(seen), row.due_at) == (1, None)


@pytest.mark.django_db
def test_a_second_wake_up_finds_nothing_to_do(row):
    assert run_inside(Delivery, row.pk, lambda _row: None)
    assert not run_inside(Delivery, row.pk, pytest.fail)
    assert not run_leased(Delivery, row.pk, pytest.fail, lease=LEASE)


@pytest.mark.django_db
def test_inside_undoes_a_failed_effect_and_backs_off(row):
    def act(_row):
        Ticket.objects.update(title="half done")
        raise OSError("disk full")

    assert run_inside(Delivery, row.pk, act)
    row.refresh_from_db()
    assert not Ticket.objects.filter(title="half done").exists()
    assert (row.attempts, row.last_error) == (1, "OSError: disk full")
    assert row.due_at > timezone.now()


@pytest.mark.django_db
def test_after_the_last_try_the_row_is_parked_and_a_person_can_retry_it(row):
    for _try in range(len(Delivery.backoff) + 1):
        Delivery.objects.update(due_at=timezone.now())
        run_leased(Delivery, row.pk, lambda _row: 1 / 0, lease=LEASE)
    row.refresh_from_db()
    assert (row.due_at, row.attempts) == (None, len(Delivery.backoff) + 1)
    assert row.parked_at is not None
    row.retry()
    row.save_work()
    assert run_leased(Delivery, row.pk, lambda _row: None, lease=LEASE)


@pytest.mark.django_db
def test_a_leased_row_is_left_alone_until_the_lease_runs_out(row):
    def die(_row):
        raise KeyboardInterrupt  # as good as kill -9: nothing is written after it

    with pytest.raises(KeyboardInterrupt):
        run_leased(Delivery, row.pk, die, lease=LEASE)
    assert not run_leased(Delivery, row.pk, pytest.fail, lease=LEASE)
    Delivery.objects.update(leased_until=timezone.now() - LEASE)
    assert run_leased(Delivery, row.pk, lambda _row: None, lease=LEASE)


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_cannot_overwrite_its_successor(row):
    def slow(_row):
        Delivery.objects.update(leased_until=timezone.now() - LEASE)
        assert run_leased(Delivery, row.pk, lambda _row: None, lease=LEASE)
        raise OSError("too late")

    run_leased(Delivery, row.pk, slow, lease=LEASE)
    row.refresh_from_db()
    assert (row.due_at, row.last_error) == (None, "")


@pytest.mark.django_db
def test_a_row_that_nobody_survives_is_parked_without_another_try(row):
    def die(_row):
        raise KeyboardInterrupt

    for _try in range(len(Delivery.backoff) + 1):
        Delivery.objects.update(leased_until=None)
        with pytest.raises(KeyboardInterrupt):
            run_leased(Delivery, row.pk, die, lease=LEASE)
    Delivery.objects.update(leased_until=None)
    assert run_leased(Delivery, row.pk, pytest.fail, lease=LEASE)
    row.refresh_from_db()
    assert (row.due_at, row.leased_until, row.last_error) == (None, None, work.KILLED)
    assert row.parked_at is not None
    row.retry()
    row.save_work()
    assert run_leased(Delivery, row.pk, lambda _row: None, lease=LEASE)


@pytest.mark.django_db
def test_the_sweep_wakes_what_is_due_and_nothing_else(row, monkeypatch):
    sent = []
    monkeypatch.setattr(work, "nudge", lambda task, pk: sent.append((task, pk)))
    others = Delivery.objects.exclude(pk=row.pk)
    others.update(due_at=timezone.now() + LEASE)
    assert sweep(Delivery) == 1
    assert sent == [("tickets.tasks.deliver", row.pk)]


@pytest.mark.django_db
def test_a_sweep_adds_no_more_wake_ups_than_workers_can_take(row, monkeypatch):
    sent = []
    monkeypatch.setattr(work, "nudge", lambda task, pk: sent.append(pk))
    monkeypatch.setattr(work, "_waiting", lambda task: work.SWEEP_LIMIT)
    assert sweep(Delivery) == 0
    monkeypatch.setattr(work, "_waiting", lambda task: work.SWEEP_LIMIT - 1)
    assert sweep(Delivery) == 1
    assert sent == [Delivery.objects.due()[0].pk]  # the oldest one


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_before_the_commit(world, monkeypatch):
    row = TicketFactory(queue=world.support).events.first().delivery
    sent = []
    monkeypatch.setattr(work, "nudge", lambda task, pk: sent.append(pk))
    with transaction.atomic():
        wake(row)
        assert sent == []
    assert sent == [row.pk]
    with pytest.raises(OSError, match="no"), transaction.atomic():
        wake(row)
        raise OSError("no")
    assert sent == [row.pk]


@pytest.mark.django_db(transaction=True)
def test_an_error_after_the_commit_stops_nothing_else():
    done = []
    with transaction.atomic():
        after_commit(lambda: 1 / 0)
        after_commit(lambda: done.append("second"))
    assert done == ["second"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", [run_inside, lambda *args: run_leased(*args, lease=LEASE)], ids=["inside", "leased"])
def test_many_workers_at_once_do_each_row_once(world, run):
    rows = [TicketFactory(queue=world.support).events.first().delivery.pk for _n in range(5)]
    done: list[int] = []
    start = threading.Barrier(8)

    def worker():
        start.wait()
        for pk in rows:
            run(Delivery, pk, lambda row: done.append(row.pk))
        connection.close()

    threads = [threading.Thread(target=worker) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(rows)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_in_hand_is_left_to_him_until_he_is_gone(world):
    told = []

    def somebody_else() -> None:
        with in_hand(1, 7) as is_ours:
            told.append(is_ours)
        connection.close()

    def ask() -> bool:
        thread = threading.Thread(target=somebody_else)
        thread.start()
        thread.join()
        return told[-1]

    with in_hand(1, 7) as is_ours:
        assert is_ours
        assert not ask()
        connection.close()  # as when its process is killed
        assert ask()
    assert ask()


@pytest.mark.django_db
def test_a_failure_is_not_noted_on_a_row_that_somebody_has_dealt_with_meanwhile(row, monkeypatch):
    note = work._note_failure

    def late(*args, **kwargs) -> None:
        Delivery.objects.update(due_at=None)
        note(*args, **kwargs)

    monkeypatch.setattr(work, "_note_failure", late)
    assert run_inside(Delivery, row.pk, lambda _row: 1 / 0)
    row.refresh_from_db()
    assert (row.due_at, row.attempts, row.last_error) == (None, 0, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "leased", "found"),
    [
        (timedelta(0), None, True),
        (timedelta(minutes=1), None, False),
        (None, None, False),
        (timedelta(0), timedelta(minutes=1), False),
        (timedelta(0), timedelta(minutes=-1), True),
    ],
)
def test_one_row_is_due_when_it_is_among_those_that_are(row, due, leased, found):
    moments = {"due_at": due, "leased_until": leased}
    now = timezone.now()
    Delivery.objects.update(**{name: None if span is None else now + span for name, span in moments.items()})
    assert Delivery.objects.due_one(row.pk).exists() is found
    assert Delivery.objects.due().filter(pk=row.pk).exists() is found
