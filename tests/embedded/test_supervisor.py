"""The supervisor from start to stop, with a tiny web process in place of ours."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpdesk.embedded.places import Places
from helpdesk.embedded.ports import free_port
from helpdesk.embedded.processes import is_alive, wait_until
from helpdesk.embedded.services import stop_services
from tests.embedded.stand_in import (
    postgres_process,
    read_announcement,
    start_supervisor,
    status_of_postgres,
    web_process,
)

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded services")]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def places(tmp_path: Path, like_made: Callable[[Path], Path]) -> Places:
    return Places(like_made(tmp_path / "data"))


@pytest.fixture
def start(places: Places) -> Iterator[Start]:
    """Starts supervisors; whatever becomes of the test, none of them and none of their servers stays."""
    started = []

    def start(*, port: int, **environment: str) -> subprocess.Popen[str]:
        supervisor = start_supervisor(places.data, port=port, **environment)
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
    announced = read_announcement(supervisor)
    assert f"Helpdesk is ready: http://127.0.0.1:{port}/" in announced
    assert "alex@demo.example    administrator" in announced

    first = web_process(places)
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: web_process(places) != first, seconds=10)

    postgres = postgres_process(places)
    os.kill(postgres, signal.SIGKILL)
    assert wait_until(lambda: status_of_postgres(places, other_than=postgres) == "ready", seconds=15)

    supervisor.send_signal(signal.SIGINT)
    _, told = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert "Traceback" not in told
    assert "The web process was ended by signal 9 and starts again in 0.5 s." in told
    assert "Ended, and will be started again: PostgreSQL." in told
    assert not is_alive(web_process(places))
    assert not (places.postgres / "postmaster.pid").exists()
    assert not (places.valkey / "valkey.pid").exists()


def test_after_a_kill_the_next_start_adopts_what_is_left(places: Places, start: Start) -> None:
    port = free_port()
    killed = start(port=port)
    read_announcement(killed)
    web = web_process(places)
    postgres = (places.postgres / "postmaster.pid").read_text()
    killed.kill()
    killed.communicate(timeout=5)
    assert wait_until(lambda: not is_alive(web), seconds=5)

    supervisor = start(port=port)
    read_announcement(supervisor)
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
    shutil.rmtree(places.data)
    places.data.write_text("a file")
    supervisor = start(port=free_port())
    _, told = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 1
    assert told == f"{places.data} cannot be used: File exists.\n"


@pytest.mark.parametrize("which", [0, 1])
def test_a_taken_mail_port_is_one_plain_sentence(start: Start, which: int) -> None:
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + which))
        other.listen()
        supervisor = start(port=free_port(), HELPDESK_MAIL_PORT=str(port))
        _, told = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 1
    assert told.startswith(f"Port {port + which} is already taken by another program. Choose another one with HELPDESK")
    assert len(told.splitlines()) == 1


def test_after_kills_of_everything_nothing_is_left_and_the_next_start_works(places: Places, start: Start) -> None:
    """As after a crash of the machine, where nobody cleans up: PostgreSQL, Valkey and the supervisor at once."""
    port = free_port()
    killed = start(port=port)
    read_announcement(killed)
    servers = [postgres_process(places), int((places.valkey / "valkey.pid").read_text())]
    web = web_process(places)
    for process in (killed.pid, *servers):
        os.kill(process, signal.SIGKILL)
    killed.communicate(timeout=5)
    assert wait_until(lambda: not any(is_alive(process) for process in (web, *servers)), seconds=5)

    supervisor = start(port=port)
    read_announcement(supervisor)
    assert postgres_process(places) not in servers
    supervisor.terminate()
    supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0


def test_a_killed_valkey_is_back_under_the_same_address(places: Places, start: Start) -> None:
    supervisor = start(port=free_port())
    read_announcement(supervisor)
    configuration = (places.valkey / "valkey.conf").read_text()
    first = int((places.valkey / "valkey.pid").read_text())
    os.kill(first, signal.SIGKILL)
    assert supervisor.stderr is not None
    told = [supervisor.stderr.readline() for _line in range(4)]
    assert told[2:] == ["Ended, and will be started again: Valkey.\n", "Running again: Valkey.\n"]
    assert (places.valkey / "valkey.conf").read_text() == configuration
    assert is_alive(int((places.valkey / "valkey.pid").read_text()))
    supervisor.terminate()
    supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
