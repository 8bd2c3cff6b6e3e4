"""The administrators' page of system health, and what load balancers are told."""

from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import pulse
from mail.models import Letter
from tests.factories import TicketFactory
from tickets.models import Delivery


@pytest.fixture
def page(world, signed_in, monkeypatch):
    """The page as an administrator reads it, with signs of life of this test alone."""
    monkeypatch.setattr(pulse, "KEY", f"pulses of {uuid4()}")
    pulse._redis().delete(pulse.KEY)
    return lambda: signed_in(world.alex).get(reverse("setup:health")).content.decode()


@pytest.mark.django_db
def test_processes_that_work_and_processes_that_are_silent(page, monkeypatch):
    monkeypatch.setattr(pulse, "node", lambda: "desk-1")
    pulse.beat(pulse.WORKER)
    text = page()
    assert text.count("desk-1") == 1
    assert text.count("silent</span>") == 2  # neither beat nor mail receiver was heard of
    assert "none within the last hour" in text


@pytest.mark.django_db
def test_without_redis_the_page_says_so_and_guesses_nothing(page, monkeypatch):
    def away():
        raise redis.ConnectionError("away")

    monkeypatch.setattr(pulse, "heard", away)
    monkeypatch.setattr("web.common.machinery.redis_answers", lambda: False)
    text = page()
    assert "does not answer" in text
    assert "Last sign of life" not in text


@pytest.mark.django_db
def test_work_that_waits_too_long_is_marked(page, world):
    TicketFactory(queue=world.support)
    assert "tag--danger" not in page()
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=10))
    assert "tag--danger" in page()


@pytest.mark.django_db
def test_every_kind_of_work_is_there(page):
    Letter.objects.create(kind="password_reset", address="x@y.example", language="en")
    text = page()
    for label in ("Incoming mail", "Outgoing mail", "Events", "Mail for new passwords"):
        assert label in text


@pytest.mark.django_db
def test_versions_and_room_are_there(page):
    text = page()
    for words in ("PostgreSQL", "Python", "Django", "GB free"):
        assert words in text


@pytest.mark.django_db
def test_only_administrators_see_it(world, signed_in):
    for person in (world.bea, world.dana):
        assert signed_in(person).get(reverse("setup:health")).status_code == 404


# ---- what load balancers are told


def test_liveness_asks_nobody(django_assert_num_queries):
    # no `db` fixture: a question to the database would fail the test
    answer = Client().get("/healthz/live")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readiness_needs_the_database_but_not_redis(monkeypatch):
    assert Client().get("/healthz/ready").status_code == 200
    monkeypatch.setattr("web.common.health._redis_answers", lambda: False)
    assert Client().get("/healthz/ready").status_code == 200

    def away(*_args, **_options):
        raise DatabaseError("away")

    monkeypatch.setattr(connection, "cursor", away)
    answer = Client().get("/healthz/ready")
    assert (answer.status_code, answer.content) == (503, b"no database\n")
