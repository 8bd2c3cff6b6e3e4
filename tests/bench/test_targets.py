"""Every target of bin/bench runs on a tiny world. What the figures are is nobody's business here."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from helpdesk.bench import assigning, bulk, clocks, knowledge, live, mails, starting
from helpdesk.bench.dataset import AGENT
from helpdesk.bench.measuring import cpu_seconds, descendants, pss
from helpdesk.bench.targets import ALONE, TARGETS
from helpdesk.demo import crowd
from tests.factories import PersonFactory
from tickets.models import Passage, Ticket

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("bench")]

TICKETS = 120


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setattr(crowd, "PROCESSES", 2)
    monkeypatch.setattr(crowd, "BATCH", 50)
    monkeypatch.setattr(bulk, "TICKETS", 25)
    monkeypatch.setattr(mails, "TIMES", 2)
    monkeypatch.setattr(live, "HINTS", 2)
    monkeypatch.setattr(clocks, "CLOCKS", 200)
    monkeypatch.setattr(clocks, "DUE", (0, 3))
    monkeypatch.setattr(clocks, "RETARGETED", 200)
    monkeypatch.setattr(assigning, "TICKETS", 25)
    monkeypatch.setattr(assigning, "AGENTS", 10)
    monkeypatch.setattr(knowledge, "ARTICLES", 60)
    monkeypatch.setattr(starting, "STARTS", 1)
    monkeypatch.setattr(starting, "PAGES", 3)
    monkeypatch.setattr(starting, "MAILS", 1)
    monkeypatch.setattr(starting, "PAUSE", 0.1)
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    # workers that are measured find what has been stored here
    store = {**settings.STORAGES["default"], "OPTIONS": {"location": str(settings.DATA_DIR / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": store}


@pytest.fixture(autouse=True)
def no_broker() -> None:
    """Workers that are measured hear what there is to do as they always do."""


@pytest.fixture
def bench(capsys: pytest.CaptureFixture[str]) -> Iterator:
    def run(*names: str) -> list[dict]:
        call_command("bench", *names, tickets=TICKETS, repeat=2, agents=3)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.mark.django_db(transaction=True)
def test_targets_run(bench):
    """One world for all of them: it takes longer to make than most of them to run."""
    names = [name for name in TARGETS if name not in ALONE]
    results = bench(*names)
    measured = [result["name"] for result in results]
    assert [name for name in names if not any(one == name or one.startswith(f"{name}_") for one in measured)] == []
    for result in results:
        assert {"name", "n", "tickets", "median_ms", "p95_ms", "per_s", "queries", "peak_mb"} <= set(result)
        assert result["tickets"] == TICKETS
        assert result["n"] > 0
    assert Ticket.objects.count() >= TICKETS


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["start", "memory"])
def test_a_target_with_an_installation_of_its_own_runs(bench, name):
    assert [result["name"] for result in bench(name)] == {"start": ["start_first", "start"], "memory": ["memory"]}[name]


def test_what_a_program_holds_is_counted_with_what_it_has_started():
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; print(1); time.sleep(60)'])"
    with subprocess.Popen([sys.executable, "-uc", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"1\n"
        first, second = descendants(parent.pid)
        assert first == parent.pid
        assert min(pss(first), pss(second)) > 1  # megabytes
        assert cpu_seconds(first) >= cpu_seconds(second) >= 0
        os.kill(second, signal.SIGKILL)
    assert pss(first) == 0


@pytest.mark.django_db(transaction=True)
def test_a_large_world_goes_on_where_it_stopped(bench):
    call_command("demo", tickets=TICKETS)
    call_command("demo", tickets=TICKETS + 60)
    assert Ticket.objects.count() == TICKETS + 60
    assert Passage.objects.filter(is_public=True).count() == TICKETS + 60
    assert Ticket.objects.filter(articles__author__email=AGENT).exists()


@pytest.mark.django_db
def test_nothing_is_measured_among_real_people(bench):
    PersonFactory(email="dana@acme.example")
    with pytest.raises(CommandError, match="database of its own"):
        bench("api_list")


def test_an_unknown_target_is_named(bench):
    with pytest.raises(CommandError, match="There is no target tickets"):
        bench("tickets")
