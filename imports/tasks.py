"""Wake-ups for imports."""

from celery import shared_task

from core.work import LEASE, run_leased, sweep
from imports import starting, working
from imports.models import Import


# Below the time after which the broker hands a wake-up out again. The lease is renewed with each chunk, so that whoever
# was killed is followed soon.
@shared_task(soft_time_limit=840, time_limit=870)
def work(pk: int) -> None:
    run_leased(Import, pk, working.run, lease=LEASE)


@shared_task
def sweep_imports() -> None:
    sweep(Import)


@shared_task
def forget_imports() -> None:
    starting.forget_old()
