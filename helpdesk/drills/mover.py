"""`python -m helpdesk.drills.mover N`: N processes that do nothing but move runs, until somebody kills them.

Each one that dies has a successor at once: all are forked from one that has loaded everything and touches nothing,
because loading takes longer than a mover lives in the drill. Their numbers are written out, one per line.
"""

import os
import random
import sys
import time

import django
from django.db import InterfaceError, OperationalError, close_old_connections

django.setup()

from processes.models import Impulse, Timer  # noqa: E402 - models need the setup
from processes.tasks import pass_on, ring  # noqa: E402


def main() -> None:
    for _number in range(int(sys.argv[1])):
        _hatch()
    while True:
        os.wait()
        _hatch()


def _hatch() -> None:
    nest, mover = os.getpid(), os.fork()
    if mover:
        print(mover, flush=True)
        return
    random.seed()
    while os.getppid() == nest:
        _move()
    os._exit(0)


def _move() -> None:
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
