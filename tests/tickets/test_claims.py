"""What a dead worker had in hand is free at once; who lives is not robbed, and who has lost his lock stops."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import work
from core.database import Session
from core.work import LEASE, run_leased
from tests.factories import TicketFactory
from tickets import delivering
from tickets.actions.fields import set_title
from tickets.claims import YOUNG, claimed, free_abandoned
from tickets.models import Delivery, Event
from tickets.tasks import deliver, sweep_deliveries

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, LAST = "tests.tickets.test_claims.hear", "tests.tickets.test_claims.hear_last"
heard: list[tuple[str, int]] = []
accidents: dict[int, object] = {}


def hear(event: Event) -> None:
    if act := accidents.pop(event.pk, None):
        act()
    heard.append(("first", event.pk))


def hear_last(event: Event) -> None:
    heard.append(("last", event.pk))


@pytest.fixture(autouse=True)
def ears(settings, monkeypatch):
    settings.AFTER, settings.TOGETHER = [FIRST, LAST], {}
    monkeypatch.setattr(work, "nudge", lambda task, pk: None)
    heard.clear()
    accidents.clear()


@pytest.fixture
def ticket(world):
    made = TicketFactory(queue=world.support)
    set_title(made, "Another title", by=world.bea)
    Delivery.objects.exclude(ticket_id=made.pk).update(due_at=None)
    return made


def events() -> list[int]:
    return list(Event.objects.order_by("pk").values_list("pk", flat=True))


def grow_old() -> None:
    """As when the claims had been made a while ago."""
    held = Delivery.objects.filter(leased_until__isnull=False)
    held.update(leased_until=timezone.now() + LEASE - YOUNG - timedelta(seconds=1))


def cut() -> None:
    """The session ends, as when the server does."""
    connection.connection.close()
    connection.errors_occurred = True


@contextmanager
def another_worker(*, alone: bool = False) -> Iterator[threading.Event]:
    """In a session of its own, which dies when the event is set: that has all that is due in hand, or one event."""
    has, dies = threading.Event(), threading.Event()

    def die(_row: Delivery | None = None) -> None:
        has.set()
        dies.wait(20)
        connection.close()
        raise SystemExit  # as good as kill -9: it tidies nothing up

    def work_at_it() -> None:
        with suppress(SystemExit):
            if alone:
                run_leased(Delivery, Delivery.objects.due().order_by("event_id")[0].pk, die, lease=LEASE)
            else:
                with claimed(most=20, looked_at=200):
                    die()
        connection.close()

    thread = threading.Thread(target=work_at_it)
    thread.start()
    assert has.wait(20)
    try:
        yield dies
    finally:
        dies.set()
        thread.join()


@pytest.mark.parametrize("alone", [False, True], ids=["claimed with others", "on its own"])
def test_what_a_dead_worker_had_is_free_and_who_lives_is_not_robbed(ticket, alone):
    had = 1 if alone else len(events())
    with another_worker(alone=alone) as dies:
        grow_old()
        assert free_abandoned() == 0
        deliver(0)
        assert heard == []
        dies.set()
        while Delivery.objects.filter(leased_until__isnull=False) and not free_abandoned():
            pass
    assert Delivery.objects.filter(leased_until=None, attempts=1).count() == had
    deliver(0)
    assert [pk for _who, pk in heard] == [pk for pk in events() for _handler in range(2)]
    assert not Delivery.objects.unfinished().exists()


def test_the_sweep_sees_to_it(ticket):
    with another_worker():
        pass
    sweep_deliveries()
    assert Delivery.objects.filter(leased_until=None).count() == 0  # too young to be sure
    grow_old()
    sweep_deliveries()
    deliver(0)
    assert not Delivery.objects.unfinished().exists()


def test_a_lock_of_whoever_had_it_before_keeps_nobody_from_it(ticket):
    """A session that nobody ends, such as one behind a broken cable, and the lease has run out."""
    with another_worker():
        Delivery.objects.update(leased_until=timezone.now() - LEASE)
        row = Delivery.objects.get(event=events()[0])

        def look(_row: Delivery) -> None:
            grow_old()
            assert free_abandoned() == 0

        assert run_leased(Delivery, row.pk, look, lease=LEASE)
    row.refresh_from_db()
    assert (row.due_at, row.last_error) == (None, "")


def test_nothing_stays_locked(ticket):
    deliver(0)
    Delivery.objects.update(due_at=timezone.now(), attempts=1, done=[])
    deliver(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def test_a_connection_lost_in_the_middle_harms_nothing(ticket):
    first = events()[0]
    accidents[first] = cut
    deliver(0)
    # The handler that was at it is done with; whatever would have come next has not begun.
    assert heard == [("first", first)]
    rows = list(Delivery.objects.order_by("event"))
    assert [(row.attempts, row.leased_until, row.done) for row in rows] == [
        (1, None, [FIRST]),
        *[(0, None, [])] * (len(rows) - 1),
    ]
    assert "lost" in rows[0].last_error
    Delivery.objects.update(due_at=timezone.now())
    deliver(0)
    assert [pk for _who, pk in heard] == [pk for pk in events() for _handler in range(2)]


def test_whoever_comes_back_late_without_his_lock_changes_nothing(ticket):
    """Meanwhile somebody else has been at the same event, and is to try it again later."""
    first = events()[0]
    later = timezone.now() + timedelta(hours=1)

    def lose_it() -> None:
        Delivery.objects.filter(event=first).update(due_at=later, leased_until=None, last_error="OSError: no")
        cut()

    accidents[first] = lose_it
    deliver(0)
    row = Delivery.objects.get(event=first)
    assert (row.due_at, row.attempts, row.last_error, row.done) == (later, 1, "OSError: no", [])


def test_a_claim_that_breaks_off_leaves_no_lock_behind(ticket, monkeypatch):
    monkeypatch.setattr("tickets.claims.Session", lambda: 1 / 0)
    before = Session()
    with pytest.raises(ZeroDivisionError):
        deliver(0)
    assert not before.lasts()
    grow_old()
    assert free_abandoned() == len(events())


def test_an_event_that_kills_its_worker_each_time_is_given_up(ticket):
    def kill(_row: Delivery) -> None:
        raise SystemExit

    row = Delivery.objects.get(event=events()[0])
    for _try in range(len(Delivery.backoff) + 1):
        with pytest.raises(SystemExit):
            run_leased(Delivery, row.pk, kill, lease=LEASE)
        grow_old()
        assert free_abandoned() == 1
    deliver(0)
    row.refresh_from_db()
    assert (row.due_at, row.leased_until, row.last_error) == (None, None, work.KILLED)
    assert row.parked_at is not None
    assert [pk for _who, pk in heard] == [pk for pk in events()[1:] for _handler in range(2)]
    assert delivering.deliver_one(row.pk, None) is False
