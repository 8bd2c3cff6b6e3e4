"""The Celery application: it carries wake-ups, never the work itself (see core/work.py)."""

import gc
import os
from typing import ClassVar

import kombu
from celery import Celery, bootsteps
from celery.app.amqp import AMQP
from celery.fixups.django import DjangoFixup, DjangoWorkerFixup
from celery.signals import worker_process_init
from django.db import close_old_connections

from core import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

LONGEST_PAUSE = 5


class Connection(kombu.Connection):
    """When Redis was away for long, the worker looks for it every few seconds, not every half a minute."""

    def ensure_connection(self, *args, **options) -> kombu.Connection:
        return super().ensure_connection(*args, **{"interval_max": LONGEST_PAUSE, **options})


class Broker(AMQP):
    Connection = Connection


class LastingConnections(DjangoWorkerFixup):
    """Celery would connect to the database anew for every task, which takes longer than most tasks.

    As between two requests, Django closes what has broken and looks whether the rest is still alive.
    """

    def on_task_prerun(self, sender, **kwargs) -> None:
        if not sender.request.is_eager:
            close_old_connections()

    def on_task_postrun(self, sender, **kwargs) -> None:
        if not sender.request.is_eager:
            close_old_connections()


class Django(DjangoFixup):
    """What Celery does for Django, with the worker's part exchanged."""

    @property
    def worker_fixup(self) -> DjangoWorkerFixup:
        if self._worker_fixup is None:
            self._worker_fixup = LastingConnections(self.app)
        return self._worker_fixup


def fixup(celery: Celery) -> DjangoFixup:
    """Found by its name below."""
    return Django(celery).install()


app = Celery("helpdesk", amqp=Broker, fixups={f"{__name__}:fixup"})
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Not only for the thread that imports this: pages run in a pool of threads, and each sends wake-ups.
app.set_default()


class SignsOfLife(bootsteps.StartStopStep):
    """The main process of a worker says every few seconds that it is there."""

    requires: ClassVar = {"celery.worker.components:Timer"}

    def start(self, worker) -> None:
        pulse.beat(pulse.WORKER)
        self.timer = worker.timer.call_repeatedly(pulse.PAUSE, pulse.beat, (pulse.WORKER,))

    def stop(self, worker) -> None:
        self.timer.cancel()


app.steps["worker"].add(SignsOfLife)


@worker_process_init.connect
def spare_the_collector(**_facts) -> None:
    """What is loaded before the first task stays; to look through it again and again takes 5 % of all computing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
