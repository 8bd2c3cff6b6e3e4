"""When the libraries count as installed."""

import re
from pathlib import Path

import pytest

from helpdesk.embedded.libraries import (
    LARGER_LOCK,
    SMALLER_LOCK,
    fingerprint,
    is_installed,
    satisfied_by,
)
from helpdesk.embedded.places import ROOT


@pytest.fixture
def locks(tmp_path: Path) -> tuple[Path, Path]:
    smaller, larger = tmp_path / SMALLER_LOCK, tmp_path / LARGER_LOCK
    smaller.write_text("one==1\n")
    larger.write_text("one==1\ntwo==2\n")
    return smaller, larger


def _record(lock: Path, *, venv: Path) -> None:
    venv.mkdir(exist_ok=True)
    (venv / "installed").write_text("".join(f"{fingerprint(each)}\n" for each in satisfied_by(lock)))


def test_nothing_is_installed_without_an_environment(locks: tuple[Path, Path], tmp_path: Path) -> None:
    assert not is_installed(locks[0], venv=tmp_path / "venv")


def test_an_environment_for_tests_serves_the_product_too_but_not_the_other_way(
    locks: tuple[Path, Path], tmp_path: Path
) -> None:
    smaller, larger = locks
    _record(larger, venv=tmp_path / "venv")
    assert is_installed(larger, venv=tmp_path / "venv")
    assert is_installed(smaller, venv=tmp_path / "venv")
    _record(smaller, venv=tmp_path / "venv")
    assert is_installed(smaller, venv=tmp_path / "venv")
    assert not is_installed(larger, venv=tmp_path / "venv")


def test_a_changed_lock_is_installed_again(locks: tuple[Path, Path], tmp_path: Path) -> None:
    _record(locks[1], venv=tmp_path / "venv")
    locks[0].write_text("one==1.1\n")
    assert not is_installed(locks[0], venv=tmp_path / "venv")


def test_the_lock_of_the_tests_holds_every_line_of_the_other() -> None:
    pins = re.compile(r"^\S+==.*?(?= \\$)", re.MULTILINE)
    smaller = set(pins.findall((ROOT / SMALLER_LOCK).read_text()))
    larger = set(pins.findall((ROOT / LARGER_LOCK).read_text()))
    assert len(smaller) > 30
    assert smaller - larger == set()
