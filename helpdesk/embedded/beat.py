"""The clock of periodic work: sends the wake-ups of the schedule in the settings. Exactly one runs per installation.

A process of its own, so that the supervisor stays free of application code and of threads, with which the death signal
of its children would not be safe. It knows tasks only by name and loads no Django apps: half the memory of
`celery beat`. Two at once do no harm: a doubled wake-up finds nothing to do.
"""

import logging
import signal
import sys
import time
from types import FrameType

from celery.beat import PersistentScheduler, Service

from core import pulse
from core.logs import LineFormatter
from helpdesk.celery import app


class Scheduler(PersistentScheduler):
    """Also says that it is alive."""

    heard_at = 0.0

    def tick(self, *args, **kwargs) -> float:
        if time.monotonic() - self.heard_at >= pulse.PAUSE:
            self.heard_at = time.monotonic()
            pulse.beat(pulse.BEAT)
        return min(super().tick(*args, **kwargs), pulse.PAUSE)


def main(schedule_file: str) -> None:
    lines = logging.StreamHandler()
    lines.setFormatter(LineFormatter())
    logging.basicConfig(handlers=[lines], level=logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)
    Service(app, schedule_filename=schedule_file, scheduler_cls=Scheduler).start()


def _stop(number: int, frame: FrameType | None) -> None:
    # The service sleeps until the next entry is due; leaving it this way also saves the schedule.
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
