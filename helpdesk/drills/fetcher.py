"""`python -m helpdesk.drills.fetcher`: a process that does nothing but fetch from every account, until it is killed.

It writes a line when it begins, so that it is not killed before it has anything to lose.
"""

import logging
import time

import django
from django.db import InterfaceError, OperationalError, close_old_connections

django.setup()

from mail.fetching.visiting import fetch_account  # noqa: E402 - models need the setup
from mail.models import Account  # noqa: E402

PAUSE = 0.2


def main() -> None:
    logging.disable(logging.CRITICAL)
    print("fetching", flush=True)  # noqa: T201 - whoever started it waits for this
    while True:
        try:
            close_old_connections()
            for account in Account.objects.filter(is_active=True):
                fetch_account(account, seconds=5)
        except (OperationalError, InterfaceError):
            time.sleep(0.5)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
