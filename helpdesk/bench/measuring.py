"""Taking the time: one act many times over, with its queries counted apart from that."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM_UP = 5
COUNTED = 5
# Time for the machine: a figure is a median of these many acts unless somebody wants more.
REPEAT = 50

Act = Callable[[int], object]


@dataclass(frozen=True)
class Result:
    """One line of the answer. Times in milliseconds, memory in megabytes, `n` acts on `tickets` tickets."""

    name: str
    n: int
    tickets: int
    median_ms: float | None = None
    p95_ms: float | None = None
    per_s: float | None = None
    queries: int | None = None
    peak_mb: float | None = None
    # Whatever else the target has to say.
    more: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        facts = {name: value for name, value in vars(self).items() if name != "more"}
        return {name: round(v, 1) if isinstance(v, float) else v for name, v in facts.items()} | self.more


def measure(name: str, act: Act, *, repeat: int, tickets: int, **more: Any) -> Result:
    """`act(0)`, `act(1)`, ... each of them another one of its kind: some to warm up, some with the queries counted,
    the others with a watch."""
    for number in range(WARM_UP):
        act(number)
    queries = max(_counted(act, number) for number in range(WARM_UP, WARM_UP + COUNTED))
    first = WARM_UP + COUNTED
    times = [_timed(act, number) for number in range(first, first + repeat)]
    return from_times(name, times, tickets=tickets, queries=queries, peak_mb=own_peak(), more=more)


def from_times(name: str, times: Sequence[float], *, tickets: int, **facts: Any) -> Result:
    """A result from seconds."""
    facts = {"per_s": len(times) / sum(times) if times else None} | facts
    return Result(
        name, len(times), tickets, median_ms=statistics.median(times) * 1000, p95_ms=p95(times) * 1000, **facts
    )


def p95(times: Sequence[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def own_peak() -> float:
    """The most that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pss(process: int) -> float:
    """What a process holds: its own memory, and its share of what it has in common with others."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:  # noqa: PTH123 - there is no path of ours in it
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        return 0.0


def cpu_seconds(process: int) -> float:
    """What a process and all it has started have computed so far: this stays the same on a machine that is busy."""
    return sum(_ticks(one) for one in descendants(process)) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    """Of its own and of children that have ended, in user and system mode (proc(5), fields 14 to 17)."""
    try:
        with open(f"/proc/{process}/stat") as file:  # noqa: PTH123
            return sum(int(number) for number in file.read().rpartition(")")[2].split()[11:15])
    except OSError:
        return 0


def descendants(process: int) -> list[int]:
    """The process and all that it has started, and what those have."""
    found = [process]
    for one in found:
        try:
            tasks = os.listdir(f"/proc/{one}/task")  # noqa: PTH208
            for task in tasks:
                with open(f"/proc/{one}/task/{task}/children") as file:  # noqa: PTH123
                    found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found


def _timed(act: Act, number: int) -> float:
    started = time.perf_counter()
    act(number)
    return time.perf_counter() - started


def _counted(act: Act, number: int) -> int:
    with CaptureQueriesContext(connection) as counted:
        act(number)
    return len(counted)
