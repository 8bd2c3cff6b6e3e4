"""A real Alertmanager tells us: opens once, is over, and the ticket is closed."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from automation.alert_posts import process
from automation.models import AlertPost
from helpdesk.drills import alertmanager
from tests.automation.alerts import source
from tickets.models import StateType, Ticket

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SECONDS = 60


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.1)
        for pk in AlertPost.objects.due().values_list("pk", flat=True):
            process(pk)


def test_a_real_alertmanager_opens_one_ticket_and_closes_it(live_server, world):
    _row, secret = source(world, when_resolved="close")
    now = datetime.now(UTC)
    labels = {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"}
    alert = {"labels": labels, "annotations": {"summary": "The disk of db1 is full"}, "startsAt": now.isoformat()}
    try:
        with alertmanager.running(url=live_server.url + reverse("api:alerts_here", args=[secret])) as manager:
            for _report in range(3):
                manager.post({**alert, "endsAt": (now + timedelta(hours=1)).isoformat()})
            wait_until(lambda: Ticket.objects.exists())
            manager.post({**alert, "endsAt": datetime.now(UTC).isoformat()})
            wait_until(lambda: Ticket.objects.filter(state__type=StateType.CLOSED).exists())
    except alertmanager.Unavailable as reason:
        pytest.skip(f"NOT TESTED: a real Alertmanager, because there is none: {reason}")
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.priority.level) == ("The disk of db1 is full", 5)
    assert not AlertPost.objects.exclude(refusal="").exists()
