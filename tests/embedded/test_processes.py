"""Locks and child processes: counted, restarted, stopped, never left behind."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from helpdesk.embedded import children
from helpdesk.embedded.children import Child, Duty
from helpdesk.embedded.console import Trouble
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT
from helpdesk.embedded.processes import is_alive, is_server, wait_until
from helpdesk.embedded.sharing import Sharing, only_supervisor


def test_only_the_last_user_is_the_last(tmp_path: Path) -> None:
    first, second = Sharing(tmp_path), Sharing(tmp_path)
    first.enter()
    second.enter()
    assert not first.was_last()
    first.leave()
    assert second.was_last()
    second.leave()


def test_a_killed_user_no_longer_counts(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _program("Sharing(folder).enter(); print('in', flush=True); time.sleep(60)"), tmp_path],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"in\n"
    survivor = Sharing(tmp_path)
    survivor.enter()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert survivor.was_last()
    survivor.leave()


def test_a_second_supervisor_of_a_data_folder_is_told_so(tmp_path: Path) -> None:
    with (
        only_supervisor(tmp_path),
        pytest.raises(Trouble, match=rf"already runs on the data folder .* \(process {os.getpid()}\)"),
        only_supervisor(tmp_path),
    ):
        pass
    with only_supervisor(tmp_path):
        pass


def test_a_number_alone_does_not_make_a_process_the_server(tmp_path: Path) -> None:
    name = Path(sys.executable).resolve().name
    assert is_server(os.getpid(), program=name, folder=Path.cwd())
    assert not is_server(os.getpid(), program="postgres", folder=Path.cwd())
    assert not is_server(os.getpid(), program=name, folder=tmp_path)


def test_a_child_that_ended_is_started_again_after_a_growing_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(children, "SHORTEST_PAUSE", 0.05)
    log = tmp_path / "short-lived.log"
    child = Child(
        Duty(name="short lived", arguments=("-c", "print('here'); raise SystemExit(3)"), grace=1),
        logs=tmp_path,
        environment=dict(os.environ),
    )
    child.start()

    def started_three_times() -> bool:
        child.watch()
        return log.read_text().count("here") == 3

    assert wait_until(started_three_times, seconds=10)
    child.stop()
    told = capsys.readouterr().err
    assert "The short lived process ended with code 3 and starts again in 0.05 s." in told
    assert "starts again in 0.1 s" in told
    assert "  here\n" in told


def test_a_child_that_does_not_finish_is_killed_with_all_it_started(tmp_path: Path) -> None:
    stubborn = textwrap.dedent("""
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
        time.sleep(60)
    """)
    child = Child(
        Duty(name="stubborn", arguments=("-c", stubborn), grace=0.2), logs=tmp_path, environment=dict(os.environ)
    )
    child.start()
    log = tmp_path / "stubborn.log"
    assert wait_until(lambda: log.read_text().endswith("\n"), seconds=10)
    grandchild = int(log.read_text())
    assert is_alive(grandchild)
    child.stop()
    assert wait_until(lambda: not is_alive(grandchild), seconds=5)


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _program(
                "duty = Duty(name='child', arguments=('-c', 'import os, time; print(os.getpid()); time.sleep(60)'), grace=1)",
                "Child(duty, logs=folder, environment={**os.environ, 'PYTHONUNBUFFERED': '1'}).start()",
                "time.sleep(60)",
            ),
            tmp_path,
        ],
        cwd=ROOT,
    )
    log = tmp_path / "child.log"
    assert wait_until(lambda: log.exists() and log.read_text().endswith("\n"), seconds=10)
    child = int(log.read_text())
    supervisor.kill()
    supervisor.wait()
    assert wait_until(lambda: not is_alive(child), seconds=5)


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(7)", 7), ("os.kill(os.getpid(), 15)", 143)])
def test_a_command_in_the_foreground_ends_with_its_own_code(program: str, code: int) -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert run_in_foreground([sys.executable, "-c", f"import os; {program}"], environment=os.environ) == code
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _program(*lines: str) -> str:
    imports = (
        "import os, sys, time",
        "from pathlib import Path",
        "from helpdesk.embedded.children import Child, Duty",
        "from helpdesk.embedded.sharing import Sharing",
        "folder = Path(sys.argv[1])",
    )
    return "\n".join([*imports, *lines])
