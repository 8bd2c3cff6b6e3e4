"""Alerts in: one ticket per fingerprint, noted, closed, gone on in; flapping is told once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import ConfigChange
from automation import alert_flapping
from automation.alert_calming import settle_calm
from automation.alert_posts import accept, forget_posts, process
from automation.alert_reading import Malformed
from automation.alert_sources import remove_source, renew_secret, source_for
from automation.models import Alert, AlertPost, AlertSource
from core.clock import now
from tests.automation.alerts import firing, group, posted, raw, source
from tickets.actions.progress import set_state
from tickets.actions.removing import trash
from tickets.actions.routing import assign
from tickets.models import Priority, State, StateType, Ticket

pytestmark = pytest.mark.django_db


def notes(ticket: Ticket) -> list[str]:
    return list(ticket.articles.order_by("id").values_list("body", flat=True))


def over(number: int = 1) -> dict:
    return firing(number, status="resolved")


def test_an_alert_opens_one_ticket_however_often_it_is_said(world):
    row, _secret = source(world)
    assert posted(row, firing()) == ["opened"]
    assert posted(row, firing()) == ["repeated"]
    assert posted(row, firing(), firing(2)) == ["repeated", "opened"]
    first, second = Ticket.objects.order_by("pk")
    assert (first.title, first.queue, first.customer, first.priority.level) == (
        "web1 burns",
        world.support,
        world.dana,
        5,
    )
    assert len(notes(first)) == 1
    assert notes(first)[0].startswith("Prometheus reports: web1 burns\n\nIt burns.")
    event = first.events.get()
    assert (event.actor.system_key, event.cause_kind, event.cause_reference) == ("alerts", "alert", "Prometheus")
    assert not first.articles.get().visible_to_customer
    assert Alert.objects.get(fingerprint="f1").repeats == 3


def test_a_changed_severity_is_noted_and_moves_the_priority(world):
    levels = {"critical": 5, "warning": 2}
    row, _secret = source(world, priorities={n: Priority.objects.get(level=one).pk for n, one in levels.items()})
    posted(row, firing(severity="warning"))
    assert posted(row, firing()) == ["changed"]
    ticket = Ticket.objects.get()
    assert ticket.priority.level == 5
    assert "from “warning” to “critical”" in notes(ticket)[1]
    assert posted(row, firing(text="It burns more.")) == ["repeated"], "texts are noted once an hour"
    Alert.objects.update(noted_at=timezone.now() - timedelta(hours=2))
    assert posted(row, firing(text="It burns more.")) == ["changed"]


@pytest.mark.parametrize(
    ("policy", "taken", "outcome", "state"),
    [
        ("close", False, "closed", StateType.CLOSED),
        ("untouched", False, "closed", StateType.CLOSED),
        ("untouched", True, "over", StateType.NEW),
        ("pending", False, "waits", StateType.PENDING_AUTO),
        ("note", False, "over", StateType.NEW),
    ],
)
def test_when_it_is_over_the_source_says_what_becomes_of_the_ticket(world, policy, taken, outcome, state):
    row, _secret = source(world, when_resolved=policy)
    posted(row, firing())
    ticket = Ticket.objects.get()
    if taken:
        assign(ticket, world.bea, by=world.bea)
    assert posted(row, over()) == [outcome]
    ticket.refresh_from_db()
    assert ticket.state.type == state
    assert notes(ticket)[-1] == "It is over."
    assert posted(row, over()) == ["repeated"]


def test_soon_again_goes_on_in_the_same_ticket_and_later_in_a_new_one(world):
    row, _secret = source(world, when_resolved="close", again_minutes=30)
    posted(row, firing())
    posted(row, over())
    assert posted(row, firing()) == ["again"]
    ticket = Ticket.objects.get()
    assert ticket.state.type == StateType.OPEN
    assert notes(ticket)[-1].startswith("It fires again.")
    posted(row, over())
    Ticket.objects.update(closed_at=now() - timedelta(minutes=31))
    Alert.objects.update(changes=[])
    assert posted(row, firing()) == ["opened"]
    assert Ticket.objects.count() == 2


def test_what_a_person_closes_while_it_fires_stays_closed_until_it_fires_anew(world):
    row, _secret = source(world)
    posted(row, firing())
    ticket = Ticket.objects.get()
    set_state(ticket, State.objects.filter(type=StateType.CLOSED)[0], by=world.bea)
    assert posted(row, firing()) == ["repeated"]
    assert posted(row, over(), firing(2)) == ["over", "opened"]
    assert posted(row, firing()) == ["again"]


def test_a_ticket_that_was_thrown_away_is_not_gone_on_in(world):
    row, _secret = source(world)
    posted(row, firing())
    trash(Ticket.objects.get(), by=world.alex)
    assert posted(row, firing()) == ["opened"]


def test_coming_and_going_is_told_once_and_counted(world):
    row, _secret = source(world, when_resolved="close")
    for _turn in range(30):
        posted(row, firing())
        posted(row, over())
    ticket = Ticket.objects.get()
    assert len(notes(ticket)) == alert_flapping.CHANGES
    assert notes(ticket)[-1].startswith("It comes and goes: it has changed 5 times within half an hour.")
    assert ticket.closed_at is None
    assert settle_calm() == 0
    long_ago = int((timezone.now() - timedelta(hours=1)).timestamp())
    Alert.objects.update(changes=[long_ago])
    assert settle_calm() == 1
    ticket.refresh_from_db()
    assert notes(ticket)[-1].startswith("It is calm again. It changed 55 more times after ")
    assert notes(ticket)[-1].endswith("It is over.")
    assert ticket.state.type == StateType.CLOSED
    assert settle_calm() == 0


def test_remarks_are_notes_and_open_nothing(world):
    row, _secret = source(world, system="icinga")
    for data, outcome in (
        ({"type": "ACKNOWLEDGEMENT", "host": "db1", "state": "DOWN", "output": "Dana is on it"}, "nothing"),
        ({"type": "PROBLEM", "host": "db1", "state": "DOWN"}, "opened"),
        ({"type": "ACKNOWLEDGEMENT", "host": "db1", "state": "DOWN", "output": "Dana is on it"}, "remark"),
    ):
        accept(row, raw(data))
        post = AlertPost.objects.latest("pk")
        process(post.pk)
        post.refresh_from_db()
        assert [one["outcome"] for one in post.outcomes] == [outcome]
    assert "Dana is on it" in notes(Ticket.objects.get())[1]


def test_an_older_post_that_comes_late_changes_nothing(world):
    row, _secret = source(world, when_resolved="close")
    posted(row, firing())
    accept(row, raw(group(firing())))
    late = AlertPost.objects.latest("pk")
    AlertPost.objects.filter(pk=late.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    posted(row, over())
    AlertPost.objects.filter(pk=late.pk).update(due_at=timezone.now())
    process(late.pk)
    late.refresh_from_db()
    assert late.outcomes[0]["outcome"] == "late"
    assert Ticket.objects.get().state.type == StateType.CLOSED


def test_posts_of_a_source_are_done_in_their_order(world):
    row, _secret = source(world, when_resolved="close")
    for alert in (firing(), over()):
        accept(row, raw(group(alert)))
    process(AlertPost.objects.latest("pk").pk)
    assert not AlertPost.objects.unfinished().exists()
    assert Ticket.objects.get().state.type == StateType.CLOSED


def test_a_large_post_is_several_rows(world):
    row, _secret = source(world)
    assert accept(row, raw(group(*[firing(number) for number in range(120)]))) == 120
    assert [len(post.alerts) for post in AlertPost.objects.order_by("pk")] == [50, 50, 20]


def test_a_refused_post_is_kept_to_be_looked_at_and_only_the_latest(world):
    row, _secret = source(world)
    for _time in range(23):
        with pytest.raises(Malformed):
            accept(row, b'{"alert": "no list"}')
    assert AlertPost.objects.count() == 20
    post = AlertPost.objects.latest("pk")
    assert (post.due_at, post.excerpt) == (None, '{"alert": "no list"}')
    assert "alerts" in post.refusal


def test_secrets_are_digests_and_a_new_one_ends_the_old(world):
    row, secret = source(world)
    assert source_for(secret) == row
    assert secret not in str(list(AlertSource.objects.values()))
    assert secret not in str(list(ConfigChange.objects.values_list("after", flat=True)))
    new = renew_secret(row, by=world.alex)
    assert source_for(secret) is None
    assert source_for(new) == row
    AlertSource.objects.update(is_active=False)
    assert source_for(new) is None
    remove_source(row, by=world.alex)
    assert not AlertSource.objects.exists()


def test_old_posts_are_forgotten(world):
    row, _secret = source(world)
    posted(row, firing())
    AlertPost.objects.update(received_at=timezone.now() - timedelta(days=15))
    assert forget_posts() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_make_one_ticket(world):
    row, _secret = source(world)
    for _post in range(20):
        accept(row, raw(group(firing(), firing(2))))
    pks = list(AlertPost.objects.values_list("pk", flat=True))

    def work(pk: int) -> None:
        process(pk)
        connection.close()

    threads = [threading.Thread(target=work, args=[pk]) for pk in pks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _rest in range(20):  # who found another worker at it has left the rest to it
        for pk in AlertPost.objects.due().values_list("pk", flat=True):
            process(pk)
    assert not AlertPost.objects.unfinished().exists()
    assert sorted(Ticket.objects.values_list("title", flat=True)) == ["web1 burns", "web2 burns"]
    assert Alert.objects.get(fingerprint="f1").repeats == 20
