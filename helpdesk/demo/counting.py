"""What reports count of tickets that were loaded past the verbs, or whose events nobody is told of."""

from collections.abc import Callable
from multiprocessing import get_context

from django.db import connection

from helpdesk.demo import crowd
from reports.keeping import keep
from reports.rebuilding import ask_for, settle_tables, untold

Progress = Callable[[int, int], None]


def tell_now(progress: Progress) -> None:
    """Tell all tickets that are not told yet, several processes together."""
    groups = list(untold())
    total, done = sum(map(len, groups)), 0
    if not groups:
        return
    connection.close()  # children must not share it
    with get_context("fork").Pool(crowd.PROCESSES) as pool:
        for count in pool.imap_unordered(_tell, groups):
            done += count
            progress(done, total)
    settle_tables()


def tell_later() -> None:
    """In the background: whoever loads a large world does not wait for it."""
    ask_for("demo")


def _tell(ids: list[int]) -> int:
    keep(ids)
    return len(ids)
