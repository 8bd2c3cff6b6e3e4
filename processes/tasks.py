"""Wake-ups for processes: times that have come, and duties that events have left."""

from celery import shared_task

from core.work import LEASE, run_leased, sweep
from processes import impulses
from processes.actions import messaging
from processes.models import Impulse, Timer


@shared_task
def ring(pk: int) -> None:
    run_leased(Timer, pk, messaging.ring, lease=LEASE)


@shared_task
def sweep_timers() -> None:
    sweep(Timer)


@shared_task
def pass_on(pk: int) -> None:
    run_leased(Impulse, pk, impulses.pass_on, lease=LEASE)


@shared_task
def sweep_impulses() -> None:
    sweep(Impulse)
