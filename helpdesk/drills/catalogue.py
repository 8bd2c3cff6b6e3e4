"""The drills by name, in full as they are run by hand, and small as they are run with the tests."""

from collections.abc import Callable
from typing import Any

from helpdesk.drills import crowds, faults
from helpdesk.drills.stage import Stage

Drill = Callable[[Stage], dict[str, Any]]

FULL: dict[str, Drill] = {
    "K01": lambda stage: crowds.k01_edits(stage, crowds.Size(at_once=50, times=10_000)),
    "K02": lambda stage: crowds.k02_answers(stage, crowds.Size(at_once=2, times=50)),
    "K03": lambda stage: crowds.k03_numbers(stage, crowds.Size(at_once=64, times=20_000)),
    "K09": lambda stage: crowds.k09_customers(stage, crowds.Size(at_once=20, times=20)),
    "F03": lambda stage: faults.f03_workers(stage, faults.Size(mails=4_000, per_second=20, agents=10, kills=30)),
    "F04": lambda stage: faults.f04_flush(stage, faults.Size(mails=1_200, per_second=20, agents=10, kills=5)),
    "F05": lambda stage: faults.f05_redis_away(
        stage, faults.Size(mails=1_800, per_second=5, agents=10, kills=1, away=300)
    ),
    "F06": lambda stage: faults.f06_database(
        stage, faults.Size(mails=3_000, per_second=10, agents=10, kills=15, away=60)
    ),
}
SMALL: dict[str, Drill] = {
    "K01": lambda stage: crowds.k01_edits(stage, crowds.Size(at_once=12, times=45)),
    "K02": lambda stage: crowds.k02_answers(stage, crowds.Size(at_once=2, times=2)),
    "K03": lambda stage: crowds.k03_numbers(stage, crowds.Size(at_once=12, times=24)),
    "K09": lambda stage: crowds.k09_customers(stage, crowds.Size(at_once=10, times=1)),
    "F03": lambda stage: faults.f03_workers(stage, _small(mails=24, kills=2)),
    "F04": lambda stage: faults.f04_flush(stage, _small(mails=16, kills=1)),
    "F05": lambda stage: faults.f05_redis_away(stage, _small(mails=16, kills=1, away=3)),
    "F06": lambda stage: faults.f06_database(stage, _small(mails=16, kills=1, away=2)),
}


def _small(*, mails: int, kills: int, away: float = 0) -> faults.Size:
    return faults.Size(mails=mails, per_second=8, agents=2, kills=kills, away=away, patient=False)
