"""F09 in small: the clock of a process jumps, over every strange moment there is (helpdesk/drills/promises.py)."""

from types import SimpleNamespace

import pytest

from helpdesk.drills import promises

pytestmark = pytest.mark.django_db


def test_F09_marks_are_told_once_and_at_their_second_however_time_jumps(world):
    stage = SimpleNamespace(agents=[SimpleNamespace(user=world.bea)])
    report = promises.f09_jumps(stage, promises.Size(tickets=2, rounds=1))
    assert report["ok"], report
