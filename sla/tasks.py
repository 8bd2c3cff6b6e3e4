"""Wake-ups for service levels: marks that were reached, clocks to be set anew, calendars to be renewed."""

from celery import shared_task

from core.work import LEASE, run_leased, sweep
from sla import retargeting, sweeping
from sla.configuring import renew_calendars as renew
from sla.models import Retarget


@shared_task
def sweep_clocks() -> None:
    sweeping.sweep()


@shared_task
def retarget(pk: int) -> None:
    run_leased(Retarget, pk, retargeting.run, lease=LEASE)


@shared_task
def sweep_retargets() -> None:
    sweep(Retarget)


@shared_task
def renew_calendars() -> None:
    """Public holidays of later years come in while the present ones still last for long."""
    renew()
