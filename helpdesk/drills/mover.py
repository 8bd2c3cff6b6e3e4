"""`python -m helpdesk.drills.mover`: a process that does nothing but move runs, until somebody kills it."""

import random
import time

import django
from django.db import InterfaceError, OperationalError, close_old_connections

django.setup()

from processes.models import Impulse, Timer  # noqa: E402 - models need the setup
from processes.tasks import pass_on, ring  # noqa: E402


def main() -> None:
    while True:
        try:
            close_old_connections()
            for model, task in ((Impulse, pass_on), (Timer, ring)):
                due = list(model.objects.due().values_list("pk", flat=True)[:50])
                random.shuffle(due)  # several of us at once
                for pk in due:
                    task(pk)
        except (OperationalError, InterfaceError):
            time.sleep(0.5)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
