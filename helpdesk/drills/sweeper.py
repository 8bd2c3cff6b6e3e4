"""`python -m helpdesk.drills.sweeper`: a process that does nothing but sweep the clocks, until somebody kills it."""

import time

import django
from django.db import InterfaceError, OperationalError, close_old_connections

django.setup()

from sla.sweeping import sweep  # noqa: E402 - models need the setup


def main() -> None:
    while True:
        try:
            close_old_connections()
            sweep(seconds=5)
        except (OperationalError, InterfaceError):
            time.sleep(0.5)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
