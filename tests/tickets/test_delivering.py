"""Events reach the handlers: many tickets at a time, in order per ticket, each failure alone."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from core.work import LEASE
from tests.factories import TicketFactory
from tickets import delivering
from tickets.actions.fields import set_title
from tickets.claims import claimed
from tickets.models import Delivery, Event
from tickets.tasks import deliver

pytestmark = pytest.mark.django_db

PLAIN, LAST = "tests.tickets.test_delivering.hear", "tests.tickets.test_delivering.hear_last"
heard: list[tuple[str, int]] = []
fails: Counter[int] = Counter()


def hear(event: Event) -> None:
    if fails[event.pk] > 0:
        fails[event.pk] -= 1
        raise OSError("deaf")
    heard.append(("one", event.pk))


def hear_last(event: Event) -> None:
    if fails[-event.pk] > 0:
        fails[-event.pk] -= 1
        raise OSError("deaf at last")
    heard.append(("last", event.pk))


def hear_all(events) -> None:
    if any(fails[-event.pk] for event in events):
        raise OSError("somebody is to blame")
    heard.extend(("together", event.pk) for event in events)


@pytest.fixture(autouse=True)
def ears(settings):
    settings.AFTER = [PLAIN, LAST]
    settings.TOGETHER = {LAST: "tests.tickets.test_delivering.hear_all"}
    heard.clear()
    fails.clear()


@pytest.fixture
def tickets(world):
    made = [TicketFactory(queue=world.support) for _n in range(3)]
    for ticket in made:
        set_title(ticket, "Another title", by=world.bea)
    return made


def events(*tickets) -> list[int]:
    return list(Event.objects.filter(ticket__in=tickets).order_by("pk").values_list("pk", flat=True))


def of(kind: str) -> list[int]:
    return [pk for what, pk in heard if what == kind]


def waiting() -> list[int]:
    return list(Delivery.objects.unfinished().order_by("event").values_list("event", flat=True))


def claim() -> list[int]:
    with claimed(most=delivering.MOST_AT_ONCE, looked_at=delivering.LOOKED_AT) as claim:
        return [row.event_id for row in claim.deliveries]


def test_one_call_delivers_everything_in_order(tickets):
    deliver(0)
    assert of("one") == sorted(of("together")) == events(*tickets)
    assert waiting() == []
    assert all(done == [PLAIN, LAST] for done in Delivery.objects.values_list("done", flat=True))
    deliver(0)
    assert len(of("one")) == len(events(*tickets))


def test_it_takes_few_questions_for_many(tickets, queries):
    with queries() as counted:
        deliver(0)
    # claim and settlement with their transactions and locks, and each second event read anew
    assert len(counted) <= 25


def test_a_failure_holds_up_its_own_ticket_alone_and_is_tried_again_alone(tickets):
    bad, after = events(tickets[1])[:2]
    fails[bad] = 1
    deliver(0)
    assert of("one") == [pk for pk in events(*tickets) if pk not in events(tickets[1])]
    assert waiting() == events(tickets[1])
    row = Delivery.objects.get(event=bad)
    assert (row.attempts, row.last_error, row.done) == (1, "OSError: deaf", [])
    assert row.due_at > timezone.now()
    later = Delivery.objects.get(event=after)
    assert (later.attempts, later.leased_until) == (0, None)
    deliver(0)  # its pause is not over: the later event waits
    assert waiting() == events(tickets[1])
    Delivery.objects.update(due_at=timezone.now())
    Delivery.objects.exclude(event__in=events(tickets[1])).update(due_at=None)
    deliver(0)
    assert waiting() == []
    assert of("one")[-len(events(tickets[1])) :] == events(tickets[1])


def test_what_fails_for_many_at_once_fails_for_the_one_to_blame(tickets):
    bad = events(tickets[0])[-1]
    fails[-bad] = 1
    deliver(0)
    assert waiting() == [bad]
    row = Delivery.objects.get(event=bad)
    assert (row.done, row.last_error) == ([PLAIN], "OSError: deaf at last")
    assert of("together") == []
    assert sorted(of("last")) == [pk for pk in events(*tickets) if pk != bad]
    Delivery.objects.filter(event=bad).update(due_at=timezone.now())
    deliver(0)
    assert waiting() == []
    assert Counter(of("one"))[bad] == 1  # what had succeeded is not done again


def test_nobody_overtakes_an_event_that_somebody_has_in_work(tickets):
    first = events(tickets[2])[0]
    Delivery.objects.filter(event=first).update(leased_until=timezone.now() + LEASE, attempts=1)
    deliver(0)
    assert waiting() == events(tickets[2])
    Delivery.objects.filter(event=first).update(leased_until=timezone.now() - LEASE)
    deliver(0)
    assert waiting() == []
    assert [pk for pk in of("one") if pk in events(tickets[2])] == events(tickets[2])


def test_many_events_that_wait_for_one_hold_up_no_other_ticket(world, tickets, monkeypatch):
    monkeypatch.setattr(delivering, "LOOKED_AT", 2)
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 2)
    blocked = events(tickets[0])
    Delivery.objects.filter(event=blocked[0]).update(attempts=1, due_at=timezone.now() + timedelta(hours=1))
    deliver(0)
    assert waiting() == blocked


def test_a_claim_takes_no_event_without_the_ones_before_it(tickets, monkeypatch):
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 1)
    assert claim() == events(*tickets)[:1]
    assert claim() == [events(tickets[1])[0]]


def test_what_was_tried_again_by_hand_is_taken_though_its_line_is_long(tickets, monkeypatch):
    """Given up long ago and due only now, so that the later events of its ticket and of others are due before it."""
    monkeypatch.setattr(delivering, "LOOKED_AT", 1)
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 1)
    first, later = events(tickets[0])[:2]
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    Delivery.objects.filter(event=later).update(due_at=timezone.now() - timedelta(minutes=9))
    row = Delivery.objects.get(event=first)
    row.retry()
    row.save_work()
    assert claim() == [first]
    Delivery.objects.filter(event=first).update(due_at=None)
    assert claim() == [later]


def test_what_a_turn_has_no_time_for_is_given_back(tickets, monkeypatch):
    monkeypatch.setattr("core.turns.TURN", 0.0)
    deliver(0)
    assert waiting() == events(*tickets)[1:]
    assert set(Delivery.objects.filter(event__in=waiting()).values_list("attempts", "leased_until")) == {(0, None)}


def test_what_has_failed_before_is_delivered_in_as_many_turns_as_it_takes(tickets, monkeypatch):
    called: list[int] = []
    monkeypatch.setattr("core.turns.nudge", lambda _task, pk: called.append(pk))
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 2)
    Delivery.objects.update(attempts=1)
    turns = 0
    while waiting():
        called.clear()
        deliver(7)
        turns += 1
        assert turns < 10
    for ticket in tickets:
        assert [pk for pk in of("one") if pk in events(ticket)] == events(ticket)


def test_what_waits_for_an_event_with_a_pause_calls_nobody(tickets, monkeypatch):
    called: list[int] = []
    monkeypatch.setattr("core.turns.nudge", lambda _task, pk: called.append(pk))
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 2)
    mine = events(tickets[0])
    Delivery.objects.exclude(event__in=mine).update(due_at=None)
    Delivery.objects.update(attempts=1)
    Delivery.objects.filter(event=mine[0]).update(due_at=timezone.now() + timedelta(hours=1))
    deliver(7)
    assert called == []
    assert waiting() == mine


def test_what_has_failed_before_gets_its_turn_though_new_events_never_end(tickets, monkeypatch):
    monkeypatch.setattr("core.turns.TURN", 0.0)
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 1)
    failed = events(tickets[2])[0]
    Delivery.objects.filter(event=failed).update(attempts=1)
    deliver(7)
    assert of("one") == [events(*tickets)[0], failed]
    assert waiting() == [pk for pk in events(*tickets)[1:] if pk != failed]


def test_what_has_failed_before_keeps_to_the_turn(tickets, monkeypatch):
    called: list[int] = []
    monkeypatch.setattr("core.turns.nudge", lambda _task, pk: called.append(pk))
    monkeypatch.setattr("core.turns.TURN", 0.0)
    Delivery.objects.update(attempts=1)
    deliver(7)
    assert of("one") == events(*tickets)[:1]
    assert called == [7]


def test_many_that_wait_for_an_event_with_a_pause_hide_nobody(tickets, monkeypatch):
    monkeypatch.setattr(delivering, "MOST_AT_ONCE", 1)
    first = events(tickets[0])[0]
    Delivery.objects.exclude(event__in=events(*tickets[:2])).update(due_at=None)
    Delivery.objects.update(attempts=1)
    Delivery.objects.filter(event=first).update(due_at=timezone.now() + timedelta(hours=1))
    deliver(7)
    assert of("one")[0] == events(tickets[1])[0]


def test_an_accident_between_events_gives_the_claim_back_with_what_was_done(tickets, monkeypatch):
    def stop(_given, _session) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "_run_together", stop)
        with pytest.raises(SystemExit):
            deliver(0)
    facts = set(Delivery.objects.unfinished().values_list("attempts", "leased_until", "last_error"))
    assert (waiting(), facts) == (events(*tickets), {(0, None, "")})
    deliver(0)
    assert waiting() == []
    assert of("one") == events(*tickets)  # none of them twice


def test_trouble_around_the_handlers_is_the_trouble_of_one_event(tickets, monkeypatch):
    bad = events(tickets[0])[1]  # looked at again, because it is the second of its ticket
    look = delivering._look_again

    def unreadable(delivery: Delivery) -> None:
        if delivery.event_id == bad:
            raise OSError("unreadable")
        look(delivery)

    monkeypatch.setattr(delivering, "_look_again", unreadable)
    deliver(0)
    assert waiting() == events(tickets[0])[1:]
    assert Delivery.objects.get(event=bad).last_error == "OSError: unreadable"


def test_what_is_done_for_many_at_once_is_done_only_for_those_who_lack_it(tickets):
    had, other = events(*tickets)[:2]
    Delivery.objects.filter(event=had).update(done=[LAST])
    deliver(0)
    assert had not in of("together")
    assert other in of("together")
    assert waiting() == []


def test_a_claim_that_a_kill_left_behind_is_no_try_of_the_innocent(tickets):
    bad = events(tickets[0])[0]
    fails[bad] = 2
    Delivery.objects.update(attempts=1, leased_until=timezone.now() - LEASE)
    for attempts in (1, 2):
        deliver(0)
        row = Delivery.objects.get(event=bad)
        assert (row.attempts, row.last_error) == (attempts, "OSError: deaf")
        assert row.due_at - timezone.now() <= Delivery.backoff[attempts - 1]
        Delivery.objects.filter(event=bad).update(due_at=timezone.now())
    deliver(0)
    assert waiting() == []


def test_an_event_waits_behind_one_that_has_failed_and_others_do_not_wait_for_both(tickets, monkeypatch):
    """However many stand there that are due first."""
    monkeypatch.setattr(delivering, "LOOKED_AT", 1)
    fails[events(tickets[0])[0]] = 1
    deliver(0)
    assert waiting() == events(tickets[0])
    set_title(tickets[1], "A third title", by=tickets[1].customer)
    deliver(0)
    assert waiting() == events(tickets[0])
    assert set(of("one")) == {*events(*tickets[1:])}
