"""The clock of periodic work: sends the wake-ups of the schedule in the settings. Exactly one runs per installation.

A process of its own, so that the supervisor stays free of application code and of threads, with which the death signal
of its children would not be safe. It knows tasks only by name and loads no Django apps: half the memory of
`celery beat`.
"""

import logging
import signal
import sys
from types import FrameType

from celery.beat import Service

from helpdesk.celery import app


def main(schedule_file: str) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)
    Service(app, schedule_filename=schedule_file).start()


def _stop(number: int, frame: FrameType | None) -> None:
    # The service sleeps until the next entry is due; leaving it this way also saves the schedule.
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
