"""The machine's own checks: linters, types, layers. One test each, so that a failure says which."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr)[-8000:]


def test_lint():
    run(str(BIN / "ruff"), "check", ".")


def test_format():
    run(str(BIN / "ruff"), "format", "--check", ".")


def test_types():
    run(
        str(BIN / "mypy"),
        "core",
        "accounts",
        "tickets",
        "mail",
        "sla",
        "knowledge",
        "automation",
        "processes",
        "reports",
        "imports",
    )


def test_layers():
    run(str(BIN / "lint-imports"))


@pytest.mark.django_db
def test_no_migration_is_missing():
    run(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")
