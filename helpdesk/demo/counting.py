"""What reports count of tickets that were loaded past the verbs, or whose events nobody is told of."""

from collections.abc import Callable
from multiprocessing import get_context

from django.db import connection

from helpdesk.demo import crowd
from reports.rebuilding import ask_for, settle_tables, tell_all
from tickets.models import Ticket

Progress = Callable[[int, int], None]


def tell_now(progress: Progress) -> None:
    """Tell all tickets that are not told yet, several processes together."""
    total, done = Ticket.objects.count(), 0
    connection.close()  # children must not share it
    with get_context("fork").Pool(crowd.PROCESSES) as pool:
        for count in pool.imap_unordered(_tell_share, range(crowd.PROCESSES)):
            done += count
            progress(done, total)
    settle_tables()


def tell_later() -> None:
    """In the background: whoever loads a large world does not wait for it."""
    ask_for("demo")


def _tell_share(share: int) -> int:
    return tell_all(lambda _number: None, share=share, of=crowd.PROCESSES)
