"""`/metrics`: who may read it, and what it says about work, mail, requests and processes."""

import re
from datetime import timedelta

import pytest
import redis
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from core import pulse
from helpdesk.operation import measures
from mail.models import Incoming
from tests.factories import TicketFactory
from tickets.models import Delivery


class Samples(dict):
    """The figures of a page by their full name with labels."""

    def __init__(self, text: str) -> None:
        lines = (line for line in text.splitlines() if line and not line.startswith("#"))
        super().__init__((name, float(value)) for name, value in (line.rsplit(" ", 1) for line in lines))


def scrape(**headers: str) -> Samples:
    answer = Client().get("/metrics", **headers)
    assert answer.status_code == 200
    return Samples(answer.content.decode())


@pytest.fixture
def own_pulses(monkeypatch) -> None:
    monkeypatch.setattr(pulse, "KEY", "pulses of a test")
    pulse._redis().delete(pulse.KEY)


# ---- who may read them


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},  # a proxy on this machine asks for everybody
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_X_REAL_IP": "203.0.113.9"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_T56_to_strangers_the_page_does_not_exist(asked):
    answer = Client().get("/metrics", **asked)
    unknown = Client().get("/metricz", **asked)
    assert answer.status_code == unknown.status_code == 404
    assert b"helpdesk_" not in answer.content


@pytest.mark.django_db
def test_T56_behind_a_proxy_only_the_token_counts(settings):
    settings.BEHIND_PROXY = True
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "abc"
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer abd").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer äbc").status_code == 404
    answer = Client().get("/metrics", HTTP_AUTHORIZATION="Bearer abc", REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_an_administrators_session_opens_nothing(world, signed_in):
    assert signed_in(world.alex).get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


# ---- what they say


@pytest.mark.django_db
def test_work_is_counted_by_kind_and_state_with_the_oldest_due(world):
    for _n in range(4):
        TicketFactory(queue=world.support)
    Delivery.objects.update(due_at=None)
    due, leased, later, parked = Delivery.objects.order_by("pk")[:4]
    now = timezone.now()
    Delivery.objects.filter(pk=due.pk).update(due_at=now - timedelta(seconds=90))
    Delivery.objects.filter(pk=leased.pk).update(due_at=now, leased_until=now + timedelta(minutes=1))
    Delivery.objects.filter(pk=later.pk).update(due_at=now + timedelta(minutes=5))
    parked.park()
    parked.save()
    found = scrape()
    states = {
        state: found[f'helpdesk_work_rows{{kind="tickets.delivery",state="{state}"}}']
        for state in ("due", "leased", "later", "parked")
    }
    assert states == {"due": 1, "leased": 1, "later": 1, "parked": 1}
    assert 90 <= found['helpdesk_work_oldest_due_seconds{kind="tickets.delivery"}'] < 100
    assert found['helpdesk_work_oldest_due_seconds{kind="mail.incoming"}'] == 0


@pytest.mark.django_db
def test_mail_is_counted_by_state(db):
    for state in ("received", "received", "quarantined", "ignored"):
        Incoming.objects.create(source="smtp", digest="0" * 64, size=1, identity=state, state=state)
    found = scrape()
    assert found['helpdesk_mail{direction="in",state="received"}'] == 2
    assert found['helpdesk_mail{direction="in",state="quarantined"}'] == 1
    assert found['helpdesk_mail_latest{direction="in",state="ignored"}'] == 1
    assert found['helpdesk_mail{direction="out",state="failed"}'] == 0


@pytest.mark.django_db
def test_a_scrape_costs_the_same_with_more_rows(world, django_assert_max_num_queries, queries):
    with queries() as few:
        scrape()
    for _n in range(5):
        TicketFactory(queue=world.support)
    with queries() as many:
        scrape()
    assert len(many) == len(few) <= 40


@pytest.mark.django_db
def test_counts_stop(world, monkeypatch):
    for _n in range(3):
        TicketFactory(queue=world.support)
    monkeypatch.setattr(measures, "LIMIT", 2)
    assert scrape()['helpdesk_work_rows{kind="tickets.delivery",state="due"}'] == 2


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_never_by_address(world, signed_in):
    ticket = TicketFactory(queue=world.support)
    name = 'helpdesk_requests_total{method="GET",route="desk/tickets/<slug:number>/",status="200"}'
    before = scrape().get(name, 0)
    signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/")
    after = scrape()
    assert after[name] == before + 1
    assert not [each for each in after if ticket.number in each]
    assert after['helpdesk_request_seconds_count{route="desk/tickets/<slug:number>/"}'] >= 1


@pytest.mark.django_db
def test_hostile_methods_make_no_labels_of_their_own():
    Client().generic("EVIL\n", "/healthz/live")
    assert not [each for each in scrape() if "EVIL" in each]


@pytest.mark.django_db
def test_processes_tell_their_last_sign_of_life(own_pulses):
    pulse.beat(pulse.WORKER)
    found = scrape()
    assert found["helpdesk_redis_up"] == 1
    assert found[f'helpdesk_process_silent_seconds{{kind="worker",node="{pulse.node()}"}}'] < 5


@pytest.mark.django_db
def test_a_part_that_is_away_hides_no_other(monkeypatch):
    def away(*_args, **_options):
        raise redis.ConnectionError("away")

    def broken():
        raise OperationalError("away")

    monkeypatch.setattr(pulse, "heard", away)
    monkeypatch.setattr(measures, "_database", broken)
    found = scrape()
    assert (found["helpdesk_redis_up"], found["helpdesk_database_up"], found["helpdesk_disk_up"]) == (0, 0, 1)
    assert found["helpdesk_disk_free_bytes"] > 0


@pytest.mark.django_db
def test_T56_the_page_names_nobody(world):
    TicketFactory(queue=world.support, customer=world.dana, title="Very secret")
    text = Client().get("/metrics").content.decode()
    assert not re.search(r"Very secret|@|Dana|Support", text)


# ---- signs of life


def test_who_is_silent_too_long_is_forgotten(own_pulses, monkeypatch):
    monkeypatch.setattr(pulse, "node", lambda: "old")
    pulse.beat(pulse.WORKER)
    monkeypatch.setattr(pulse, "node", lambda: "new")
    beginning = pulse.time.time()
    monkeypatch.setattr(pulse.time, "time", lambda: beginning + 60)
    pulse.beat(pulse.WORKER)
    assert [(one.node, one.is_silent) for one in pulse.heard()] == [("new", False), ("old", True)]
    assert pulse.is_alive_here(pulse.WORKER)
    assert not pulse.is_alive_here(pulse.BEAT)
    monkeypatch.setattr(pulse.time, "time", lambda: beginning + pulse.FORGOTTEN_AFTER + 30)
    assert [one.node for one in pulse.heard()] == ["new"]


def test_without_redis_nobody_fails_and_nobody_counts_as_dead(monkeypatch):
    nowhere = redis.Redis(port=1, retry=None)
    monkeypatch.setattr(pulse, "_redis", lambda: nowhere)
    pulse.beat(pulse.WORKER)
    assert pulse.is_alive_here(pulse.WORKER)
