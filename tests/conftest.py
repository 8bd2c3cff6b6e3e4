"""What all tests share: a small world, due work on demand, counted queries, nothing sent to a broker."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, User
from core import work
from mail.intake import process
from mail.models import Incoming, Outgoing
from mail.tasks import send_outgoing
from tests import factories
from tickets.models import Delivery, Queue
from tickets.tasks import deliver

# What refuses TRUNCATE in earnest (T89).
NEVER_EMPTIED = {
    "tickets_event": "tickets_event_never_emptied",
    "accounts_configchange": "accounts_configchange_never_emptied",
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """After tests that commit all tables are emptied, which history and audit refuse elsewhere."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table, trigger in NEVER_EMPTIED.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake-ups go nowhere; tests that want the work done ask for `drain`."""
    monkeypatch.setattr(work, "_send", lambda task, pk: None)
    monkeypatch.setattr(work, "_waiting", lambda task: 0)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@dataclass(frozen=True)
class World:
    """The demo world in small: names as in the real one."""

    support: Queue
    hardware: Queue
    billing: Queue
    alex: User  # administrator and agent, rights in Support
    bea: User  # agent in Support and Billing
    carlos: User  # agent in Support only
    dana: User  # customer at Acme
    erik: User  # customer at Globex
    acme: Organisation
    support_role: Group
    billing_role: Group


@pytest.fixture
def world(db) -> World:
    support = factories.QueueFactory(name="Support")
    hardware = factories.QueueFactory(name="Hardware", parent=support)
    billing = factories.QueueFactory(name="Billing")
    person = factories.PersonFactory
    agent = {"is_agent": True, "password": "demo"}
    alex = person(email="alex@demo.example", name="Alex Berger", is_administrator=True, **agent)
    bea = person(email="bea@demo.example", name="Bea Costa", **agent)
    carlos = person(email="carlos@demo.example", name="Carlos Díaz", **agent)
    dana = person(email="dana@acme.example", name="Dana Miller", is_customer=True, password="demo")
    erik = person(email="erik@globex.example", name="Erik Olsen", is_customer=True, password="demo")
    acme = factories.organisation("Acme", dana)
    factories.organisation("Globex", erik)
    factories.address("support@demo.example", support)
    factories.address("billing@demo.example", billing, name="Demo Billing")
    support_role = factories.role("Support team", alex, bea, carlos, write=support)
    billing_role = factories.role("Billing team", bea, write=billing)
    return World(support, hardware, billing, alex, bea, carlos, dana, erik, acme, support_role, billing_role)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of this person: `signed_in(world.bea).get(...)`."""

    def sign_in(user: User, **options) -> Client:
        client = Client(**options)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def drain() -> Callable[[], int]:
    """Do all due work as the workers would, until nothing is due; returns how many rows were looked at."""

    def run() -> int:
        done = 0
        for _round in range(50):
            due = [
                (act, pk)
                for model, act in ((Incoming, process), (Delivery, deliver), (Outgoing, send_outgoing))
                for pk in model.objects.due().values_list("pk", flat=True)
            ]
            if not due:
                break
            for act, pk in due:
                act(pk)
            done += len(due)
        return done

    return run


@pytest.fixture
def queries() -> Callable[[], CaptureQueriesContext]:
    """`with queries() as counted: ...; assert len(counted) <= 12`."""
    return lambda: CaptureQueriesContext(connection)
