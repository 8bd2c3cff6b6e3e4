"""What all tests share: a small world, due work on demand, counted queries, nothing sent to a broker."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import IntegrityError, connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from accounts.models import Organisation, User
from core import memo, work
from mail.intake import process
from mail.models import Incoming, Outgoing
from mail.tasks import send_outgoing
from tests import factories
from tests.kept import Kept
from tests.stock import Stock
from tickets.models import Delivery, Queue
from tickets.tasks import deliver

# At night, and before a release: also what takes minutes for little news.
THOROUGH = bool(os.environ.get("HELPDESK_THOROUGH"))

# Tests that share something dear, such as a whole installation: one worker does them all, one after the other. They
# take longest, and wait more than they work.
TOGETHER = (
    "tests/journey/",
    "tests/bench/",
    "tests/faults/test_drills.py",
    "tests/embedded/",
    "tests/operations/test_backup.py",
    "tests/operations/test_upgrade.py",
    "tests/mail/test_fetch",
    "tests/operations/test_containers.py",
    "tests/demo/",
)
# Single tests that take a minute and more, and must not be what is left at the end when the other workers rest.
LONG = ("tests/rights/test_matrix.py", "tests/desk/test_accessible.py", "tests/reports/test_tallies.py")
# Files whose tests look through one browser, or at one library: it is made for one worker, not for each of them.
BY_FILE = re.compile(r"tests/(?:\w+/test_(?:\w+_browser|\w+_by_keyboard|keys)|web/\w+|rights/test_knowledge)\.py")


class Together(LoadScopeScheduling):
    """Sends each test to whoever is free, but those that share something to one worker.

    Half of the workers begin with what is shared, the others with all the rest: then a machine of two cores is busy from
    the first minute to the last. The marks of pytest-xdist 3.8, which are meant for sharing, do nothing under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = BY_FILE.match(nodeid)
        return next(filter(nodeid.startswith, TOGETHER), file[0] if file else nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        begins_with_shared = self.nodes.index(node) % 2 == 0
        wanted = (scope for scope in self.workqueue if (scope in TOGETHER) == begins_with_shared)
        if (scope := next(wanted, None)) is not None:
            self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    if config.getvalue("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return Together(config, log)


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
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    ranks = (nodeid.startswith(TOGETHER), nodeid.startswith(LONG), bool(BY_FILE.match(nodeid)), True)
    return ranks.index(True)


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
