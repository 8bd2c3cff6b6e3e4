"""Wake-ups for reports: files to be made, mails whose time has come, rows to be looked at."""

from datetime import timedelta

from celery import shared_task

from core.work import run_inside, run_leased, sweep
from reports import checking, exporting, mailing, rebuilding, tallying
from reports.models import Export, Rebuild, Subscription

# A file of a million lines takes minutes; below the time after which the broker hands a wake-up out again.
LONG = {"soft_time_limit": 840, "time_limit": 870}
LEASE = timedelta(minutes=15)


@shared_task(**LONG)
def make_export(pk: int) -> None:
    run_leased(Export, pk, exporting.make, lease=LEASE)


@shared_task(**LONG)
def send_report(pk: int) -> None:
    run_inside(Subscription, pk, mailing.send)
    mailing.plan_next()


@shared_task
def rebuild(pk: int) -> None:
    run_leased(Rebuild, pk, rebuilding.run, lease=timedelta(seconds=95))


@shared_task
def sweep_reports() -> None:
    mailing.plan_next()
    for model in (Export, Subscription, Rebuild):
        sweep(model)


@shared_task
def fold_tallies() -> None:
    tallying.fold()


@shared_task(**LONG)
def check_rows() -> None:
    checking.check()


@shared_task
def forget_exports() -> None:
    exporting.forget_old()
