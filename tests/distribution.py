"""How a run is spread over workers: what begins first, what stays with one of them, and what is made once for them all."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

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
# How long workers wait for the first one, in seconds, until they would rather do without.
PATIENCE = 60


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


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """What the controller tells each worker: where the first one says that it has collected, and what to copy."""
    node.workerinput["collected"] = str(Path(node.config._tmp_path_factory.getbasetemp()) / "collected")
    if not node.config.getvalue("reuse_db"):
        node.workerinput["pattern"] = connection.creation._get_test_db_name()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """The first worker compiles the tests and all they import; the others begin when they can read what it wrote."""
    given = getattr(session.config, "workerinput", None)
    if given is None:
        return (yield)
    collected, is_first = Path(given["collected"]), given["workerid"] == "gw0"
    end = time.monotonic() + PATIENCE
    while not is_first and not collected.exists() and time.monotonic() < end:
        time.sleep(0.05)
    try:
        return (yield)
    finally:
        collected.touch()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """While the workers collect, the controller makes the database that each of them copies."""
    config = session.config
    if hasattr(config, "workerinput") or config.getvalue("dist") == "no" or config.getvalue("reuse_db"):
        return
    with config.stash[blocking_manager_key].unblock():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A worker's database is a copy, and no migration is run once more for it."""
    if pattern := getattr(request.config, "workerinput", {}).get("pattern"):
        connection.settings_dict["TEST"].update(TEMPLATE=pattern, MIGRATE=False)


def rank(nodeid: str) -> int:
    """What takes longest comes first."""
    ranks = (nodeid.startswith(TOGETHER), nodeid.startswith(LONG), bool(BY_FILE.match(nodeid)), True)
    return ranks.index(True)
