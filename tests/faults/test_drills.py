"""The drills in small, on a whole installation of their own: parts of it are killed, or all want the same at once.

In full they are run by hand: `python -m helpdesk.drills`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("K01", "K02", "K03", "K09", "F03", "F04", "F05", "F06", "F09", "F12", "mail_faults", "process_runs")

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("drills")]


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    """All of them on one installation, one after the other."""
    command = [sys.executable, "-P", "-m", "helpdesk.drills", "--small", *NAMES]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert {report["name"] for report in found} == set(NAMES), done.stderr[-3000:]
    return {report["name"]: report for report in found}


@pytest.mark.parametrize("name", NAMES)
def test_the_drill_passes(name: str, reports: dict[str, dict[str, Any]]) -> None:
    if reason := reports[name].get("unavailable"):
        pytest.skip(f"NOT TESTED: {name}, because there is no Dovecot: {reason}")
    assert reports[name]["ok"], reports[name]


def test_F06_what_people_had_written_was_on_the_page(reports: dict[str, dict[str, Any]]) -> None:
    assert reports["F06"]["texts_lost"] == 0
    assert reports["F06"]["statuses"].get("500", 0) == 0


def test_F04_nobody_had_to_sign_in_again(reports: dict[str, dict[str, Any]]) -> None:
    assert reports["F04"]["signed_out"] == 0


def test_F05_nothing_was_refused_while_redis_was_away(reports: dict[str, dict[str, Any]]) -> None:
    assert reports["F05"]["refused_while_away"] == 0
