"""The count beside "My tasks" in the panel of the desk, and in the portal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from processes.actions import starting, working
from tests.factories import TicketFactory
from tests.processes.drawings import CUSTOMER, line, work
from tests.processes.world import published, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(world, signed_in):
    return signed_in(world.bea)


def test_the_panel_counts_what_waits_for_one_without_asking_more(bea, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    bea.get(reverse("desk:side"))
    counted_before = _queries_of_the_panel(bea)
    run = starting.start(published(line(work("Check"))), ticket, by=world.bea)
    starting.start(published(line(work("Decide", _asks(world.bea)))), ticket, by=world.bea)
    page = bea.get(reverse("desk:side")).content.decode()
    entry = page.split('id="side-tasks"')[1].split("</a>")[0]
    assert '<span class="count">2</span>' in entry
    assert _queries_of_the_panel(bea) == counted_before
    working.complete(tasks(run)["Check"], {}, by=world.bea)
    page = bea.get(reverse("desk:side")).content.decode()
    assert '<span class="count">1</span>' in page.split('id="side-tasks"')[1].split("</a>")[0]


def _asks(person):
    return {"approval": {"rule": "any", "by": [{"kind": "person", "person": person.email}]}}


def _queries_of_the_panel(client):
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("desk:side"))
    return len(asked)


def test_the_portal_says_how_much_waits_for_the_customer(world, signed_in):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    starting.start(published(line(work("Tell", CUSTOMER))), ticket, by=world.bea)
    page = signed_in(world.dana).get(reverse("portal:home")).content.decode()
    assert 'Your turn <span class="count">1</span>' in page
