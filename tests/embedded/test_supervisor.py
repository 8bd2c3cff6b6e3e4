"""The supervisor from start to stop, with a tiny web process in place of ours."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpdesk.embedded.places import ROOT, Places
from helpdesk.embedded.ports import free_port
from helpdesk.embedded.processes import is_alive, wait_until
from helpdesk.embedded.services import stop_services

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded services")]

WEB = """
import http.server, os, sys

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz/ready" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass

print(os.getpid(), os.environ["DATABASE_URL"], os.environ["HELPDESK_DATA"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
SUPERVISOR = """
import sys
from helpdesk.embedded import supervisor
from helpdesk.embedded.children import Duty
from helpdesk.embedded.console import finish

web = sys.argv.pop(1)
supervisor._prepare = lambda places, environment, *, demo: None
supervisor._duties = lambda options, places: [Duty(name="web", arguments=("-c", web, str(options.port)), grace=1)]
finish(supervisor.main)
"""


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data")


@pytest.fixture
def start(places: Places) -> Iterator[Start]:
    """Starts supervisors; whatever becomes of the test, none of them and none of their servers stays."""
    started = []

    def start(*, port: int) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        supervisor = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, WEB, "--port", str(port), "--data", str(places.data)],
            cwd=ROOT,
            env={**environment, "HELPDESK_MAIL_PORT": str(free_port())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(supervisor)
        return supervisor

    yield start
    for supervisor in started:
        supervisor.kill()
        supervisor.communicate()
    if places.data.is_dir():
        stop_services(places)


def test_it_starts_restarts_and_stops_everything(places: Places, start: Start) -> None:
    port = free_port()
    supervisor = start(port=port)
    announced = _read_announcement(supervisor)
    assert f"Helpdesk is ready: http://127.0.0.1:{port}/" in announced
    assert "alex@demo.example    administrator" in announced

    first = _web_process(places)
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: _web_process(places) != first, seconds=10)

    postgres = int((places.postgres / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postgres, signal.SIGKILL)
    assert wait_until(lambda: _status_of_postgres(places, other_than=postgres) == "ready", seconds=15)

    supervisor.send_signal(signal.SIGINT)
    _, told = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert "Traceback" not in told
    assert "The web process was ended by signal 9 and starts again in 0.5 s." in told
    assert "Ended, and will be started again: PostgreSQL." in told
    assert not is_alive(_web_process(places))
    assert not (places.postgres / "postmaster.pid").exists()
    assert not (places.valkey / "valkey.pid").exists()


def test_after_a_kill_the_next_start_adopts_what_is_left(places: Places, start: Start) -> None:
    port = free_port()
    killed = start(port=port)
    _read_announcement(killed)
    web = _web_process(places)
    postgres = (places.postgres / "postmaster.pid").read_text()
    killed.kill()
    killed.communicate(timeout=5)
    assert wait_until(lambda: not is_alive(web), seconds=5)

    supervisor = start(port=port)
    _read_announcement(supervisor)
    assert (places.postgres / "postmaster.pid").read_text() == postgres
    second = start(port=free_port())
    _, told = second.communicate(timeout=10)
    assert second.returncode == 1
    assert told.startswith(f"Helpdesk already runs on the data folder {places.data} (process {supervisor.pid})")
    supervisor.terminate()
    supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0


def test_a_taken_port_is_one_plain_sentence(start: Start) -> None:
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        supervisor = start(port=port)
        _, told = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 1
    assert told == f"Port {port} is already taken by another program. Choose another one with --port.\n"


def test_an_unusable_data_folder_is_one_plain_sentence(places: Places, start: Start) -> None:
    places.data.write_text("a file")
    supervisor = start(port=free_port())
    _, told = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 1
    assert told == f"{places.data} cannot be used: File exists.\n"


def _read_announcement(supervisor: subprocess.Popen[str]) -> str:
    assert supervisor.stdout is not None
    lines = []
    for line in supervisor.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError(supervisor.communicate()[1])


def _web_process(places: Places) -> int:
    return int((places.logs / "web.log").read_text().splitlines()[-1].split()[0])


def _status_of_postgres(places: Places, *, other_than: int) -> str:
    """Empty while a new server is on its way."""
    file = places.postgres / "postmaster.pid"
    lines = file.read_text().splitlines() if file.exists() else []
    return lines[7].strip() if len(lines) > 7 and int(lines[0]) != other_than else ""
