"""Sums by the hour are mended while others fold them, and while others write what they sum up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from core.clock import now
from reports import tallying
from reports.models import Fact, Span, Tally
from tests.factories import TicketFactory
from tests.tickets.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts(world) -> Callable[[int], None]:
    ticket = TicketFactory(queue=world.support)
    Fact.objects.all().delete()
    Span.objects.all().delete()
    Tally.objects.all().delete()
    at = tallying.hour_of(now()) - timedelta(hours=3)

    def write(number: int) -> None:
        for _number in range(number):
            Fact.objects.create(ticket=ticket, kind="created", at=at, home_id=ticket.queue_id, queue_id=ticket.queue_id)

    return write


@contextmanager
def unfinished(act: Callable[[], object], *, seconds: float) -> Iterator[None]:
    """While another connection has done this; it commits after so many seconds."""
    done = threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                time.sleep(seconds)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert done.wait(20)
        yield
    finally:
        thread.join()


def summed() -> int:
    return Tally.objects.filter(kind="created").aggregate(sum=Sum("number"))["sum"]


def test_what_is_mended_while_it_is_folded_is_there_once(facts):
    facts(5)
    Tally.objects.filter(pk=Tally.objects.filter(kind="created").latest("pk").pk).delete()
    with unfinished(tallying.fold, seconds=1):
        assert tallying.mend() == 1
    assert summed() == 5
    assert tallying.mend() == 0
    tallying.fold()
    assert summed() == 5


def test_mending_waits_for_nobody_who_writes(facts):
    facts(3)
    Tally.objects.filter(pk=Tally.objects.filter(kind="created").latest("pk").pk).delete()
    with unfinished(lambda: facts(2), seconds=5):
        assert tallying.mend() == 1
        assert summed() == 3
    assert summed() == 5
    assert tallying.mend() == 0


def test_two_that_mend_add_what_is_missing_once(facts):
    facts(4)
    Tally.objects.all().delete()
    assert sorted(at_once(2, lambda _number: tallying.mend())) == [0, 1]
    assert summed() == 4
