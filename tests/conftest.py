"""What all tests share: a small world, due work on demand, counted queries, nothing sent to a broker."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.template.base import Template
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, User
from core import memo, work
from core.room import with_room
from mail.intake import process
from mail.models import Incoming, Outgoing
from mail.tasks import send_outgoing
from tests import factories
from tests.distribution import (  # noqa: F401 - hooks and a fixture for pytest
    django_db_modify_db_settings,
    pytest_collection,
    pytest_configure_node,
    pytest_runtestloop,
    pytest_xdist_make_scheduler,
    rank,
)
from tests.kept import Kept
from tests.stock import Stock
from tickets.models import Delivery, Queue
from tickets.tasks import deliver

# As the product has it: the environment of tests puts another in its place.
draw = Template._render
# At night, and before a release: also what takes minutes for little news.
THOROUGH = bool(os.environ.get("HELPDESK_THOROUGH"))


def pytest_collection_finish() -> None:
    """Thousands of collected tests are no garbage and need not be looked through for it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest comes first, and what depends on how busy the machine is is done twice at need.

    These are tests of whole processes and of browsers; the report of the run names what was done once more.
    """
    if not THOROUGH:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("thorough")])
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    for item in items:
        if any(item.iter_markers("services")) or any(item.iter_markers("browser")):
            item.add_marker(pytest.mark.flaky(reruns=1))
        item.setup, item.runtest = partial(with_room, item.setup), partial(with_room, item.runtest)
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """After tests that commit the database is as migrations have left it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        stock = Stock()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: stock.restore())
        patch.delattr(connection, "_test_serialized_contents", raising=False)
        yield


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake-ups go nowhere; tests that want the work done ask for `drain`."""
    monkeypatch.setattr(work, "nudge", lambda task, pk: None)
    monkeypatch.setattr(work, "_waiting", lambda task: 0)


@pytest.fixture
def drawn_with() -> None:
    """Answers tell what their templates were drawn with (`answer.context`)."""


@pytest.fixture(autouse=True)
def light_answers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django copies what each template was drawn with, a quarter of the time of a page; hardly a test asks for it."""
    if "drawn_with" not in request.fixturenames:
        monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_args, **_kwargs: None)
        monkeypatch.setattr(Template, "_render", draw)  # without a word to anybody about each of its parts


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(memo, "_last", memo._Last())
    monkeypatch.setattr(memo, "MOMENT", 0.0)  # what a test changes holds at once, also for workers


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


@pytest.fixture(scope="session")
def kept_world(django_db_setup, django_db_blocker) -> Kept:
    with django_db_blocker.unblock():
        return Kept(build_world)


@pytest.fixture
def world(request: pytest.FixtureRequest, db) -> World:
    try:
        return request.getfixturevalue("kept_world").put_back()
    except IntegrityError:  # a fixture before it has made some of it, such as the actor of the system
        return build_world()


def build_world() -> World:
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
