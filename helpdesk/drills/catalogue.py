"""The drills by name, in full as they are run by hand, and small as they are run with the tests."""

from collections.abc import Callable
from typing import Any

from helpdesk.drills import (
    bad_servers,
    crashing,
    crowds,
    delivering,
    doors,
    faults,
    fetching,
    full_disks,
    moving,
    promises,
)
from helpdesk.drills.stage import Stage

Drill = Callable[[Stage], dict[str, Any]]

# Their installation has the points at which processes die (points.py).
FAILING = frozenset({"F02", "F13"})


def sized(*, mails: int, kills: int) -> dict[str, Drill]:
    """Those whose size is given by hand; poison kills, too."""
    poison = crashing.Poison(mails=mails, poison=kills, per_second=1)
    return {
        "mail_faults": lambda stage: doors.mail_faults(stage, doors.Size(mails=mails, kills=kills)),
        "F01": lambda stage: fetching.f01_fetcher(stage, fetching.Size(mails=mails, kills=kills)),
        "F13": lambda stage: crashing.f13_poison(stage, poison),
    }


FULL: dict[str, Drill] = {
    "K01": lambda stage: crowds.k01_edits(stage, crowds.Size(at_once=50, times=10_000)),
    "K02": lambda stage: crowds.k02_answers(stage, crowds.Size(at_once=2, times=50)),
    "K03": lambda stage: crowds.k03_numbers(stage, crowds.Size(at_once=64, times=20_000)),
    "K09": lambda stage: crowds.k09_customers(stage, crowds.Size(at_once=20, times=20)),
    "F02": lambda stage: crashing.f02_points(stage, crashing.Points(times=5)),
    "F03": lambda stage: faults.f03_workers(stage, faults.Size(mails=4_000, per_second=20, agents=10, kills=30)),
    "F04": lambda stage: faults.f04_flush(stage, faults.Size(mails=1_200, per_second=20, agents=10, kills=5)),
    "F05": lambda stage: faults.f05_redis_away(
        stage, faults.Size(mails=1_800, per_second=5, agents=10, kills=1, away=300)
    ),
    "F06": lambda stage: faults.f06_database(
        stage, faults.Size(mails=3_000, per_second=10, agents=10, kills=15, away=60)
    ),
    "F08": lambda stage: full_disks.f08_full(stage, full_disks.Size(mails=20, full=60)),
    "F09": lambda stage: promises.f09_jumps(stage, promises.Size(tickets=200, rounds=1)),
    "F10": lambda stage: bad_servers.f10_servers(stage, bad_servers.Size(mails=2_000, per_second=4)),
    "F11": lambda stage: delivering.f11_delivery(stage, delivering.Size(customers=50)),
    "F12": lambda stage: promises.f12_sweepers(stage, promises.Size(tickets=100, rounds=30)),
    **sized(mails=20_000, kills=30),
    "F13": sized(mails=5_000, kills=200)["F13"],
    "process_runs": lambda stage: moving.process_runs(stage, moving.Size(runs=2_000, kills=60)),
}
SMALL: dict[str, Drill] = {
    "K01": lambda stage: crowds.k01_edits(stage, crowds.Size(at_once=12, times=45)),
    "K02": lambda stage: crowds.k02_answers(stage, crowds.Size(at_once=2, times=2)),
    "K03": lambda stage: crowds.k03_numbers(stage, crowds.Size(at_once=12, times=24)),
    "K09": lambda stage: crowds.k09_customers(stage, crowds.Size(at_once=10, times=1)),
    "F01": lambda stage: fetching.f01_fetcher(stage, fetching.Size(mails=200, kills=4, pause=0.5)),
    "F02": lambda stage: crashing.f02_points(stage, crashing.Points(times=1, patient=False)),
    "F03": lambda stage: faults.f03_workers(stage, _small(mails=24, kills=2)),
    "F04": lambda stage: faults.f04_flush(stage, _small(mails=16, kills=1)),
    "F05": lambda stage: faults.f05_redis_away(stage, _small(mails=16, kills=1, away=3)),
    "F06": lambda stage: faults.f06_database(stage, _small(mails=16, kills=1, away=2)),
    "F08": lambda stage: full_disks.f08_full(stage, full_disks.Size(mails=2, full=5)),
    "F09": lambda stage: promises.f09_jumps(stage, promises.Size(tickets=5, rounds=1)),
    "F10": lambda stage: bad_servers.f10_servers(stage, bad_servers.Size(mails=60, per_second=4)),
    "F11": lambda stage: delivering.f11_delivery(stage, delivering.Size(customers=2)),
    "F12": lambda stage: promises.f12_sweepers(stage, promises.Size(tickets=10, rounds=3, patient=False)),
    "F13": lambda stage: crashing.f13_poison(stage, crashing.Poison(mails=60, poison=6, per_second=2)),
    "mail_faults": lambda stage: doors.mail_faults(stage, doors.Size(mails=200, kills=3, patient=False)),
    "process_runs": lambda stage: moving.process_runs(stage, moving.Size(runs=20, kills=4, patient=False)),
}


def _small(*, mails: int, kills: int, away: float = 0) -> faults.Size:
    return faults.Size(mails=mails, per_second=8, agents=2, kills=kills, away=away, patient=False)
