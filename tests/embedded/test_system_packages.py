"""Programs for the tests: installed once if possible, and missed aloud."""

import os
from pathlib import Path

import pytest

from helpdesk.embedded import system_packages
from helpdesk.embedded.system_packages import Program, install_missing

BROWSER = Program(names=("browser-of-this-test", "another-browser"), package="browser", tests="the browser tests")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs, among them an apt-get that notes its calls and fails to install."""
    programs = tmp_path / "programs"
    programs.mkdir()
    apt_get = programs / "apt-get"
    apt_get.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncase "$*" in *update*) ;; *) echo no >&2; exit 1;; esac\n'
    )
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_packages, "PROGRAMS", (BROWSER,))
    return tmp_path


def test_nothing_is_done_when_nothing_is_missing(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (machine / "programs" / "browser-of-this-test").symlink_to("/bin/true")
    install_missing(machine / "remembered")
    assert not (machine / "calls").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("unattended", "installs"), [("", False), ("1", True)])
def test_the_best_is_installed_where_nobody_watches(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unattended: str, installs: bool
) -> None:
    monkeypatch.setenv("CI", unattended)
    (machine / "programs" / "another-browser").symlink_to("/bin/true")
    install_missing(machine / "remembered")
    assert (machine / "calls").exists() == installs
    assert "SKIPPED" not in capsys.readouterr().err


def test_a_failed_installation_is_told_and_not_tried_again(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install_missing(machine / "remembered")
    install_missing(machine / "remembered")
    calls = (machine / "calls").read_text().splitlines()
    options = "--quiet -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
    assert calls == [f"{options} update", f"{options} install --yes --no-install-recommends browser"]
    told = capsys.readouterr().err
    assert told.count("SKIPPED: the browser tests, because browser is not installed (on Debian: apt-get install ") == 2
    assert told.count("\nno\n") == 1
    assert str(machine / "remembered") in told


def test_an_ordinary_user_installs_nothing(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    install_missing(machine / "remembered")
    assert not (machine / "calls").exists()
    assert "SKIPPED" in capsys.readouterr().err


def test_an_ordinary_user_who_may_do_everything_installs_it(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    sudo = machine / "programs" / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >> {machine}/calls\n')
    sudo.chmod(0o755)
    install_missing(machine / "remembered")
    asked, update, install = (machine / "calls").read_text().splitlines()
    assert asked == "--non-interactive true"
    assert update.startswith("--non-interactive DEBIAN_FRONTEND=noninteractive apt-get ")
    assert install.endswith("install --yes --no-install-recommends browser")
    assert not (machine / "remembered").exists()
