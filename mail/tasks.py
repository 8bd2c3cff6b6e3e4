"""Wake-ups for mail: each names a row, looks whether it is due, and leaves if it is not."""

from celery import shared_task

from core.memo import for_a_moment
from core.work import LEASE, run_leased, sweep
from mail import fetch as fetching
from mail import intake, spool
from mail.letters import send_letter as deliver_letter
from mail.models import Account, Incoming, Letter, Outgoing
from mail.sending import send

FETCHING_SECONDS = 40


@shared_task
def process_incoming(pk: int) -> None:
    with for_a_moment():
        intake.process(pk)


@shared_task
def sweep_incoming() -> None:
    spool.bring_in()
    sweep(Incoming)


@shared_task
def send_outgoing(pk: int) -> None:
    run_leased(Outgoing, pk, send, lease=LEASE)


@shared_task
def sweep_outgoing() -> None:
    sweep(Outgoing)
    sweep(Letter)


@shared_task
def send_letter(pk: int) -> None:
    run_leased(Letter, pk, deliver_letter, lease=LEASE)


@shared_task
def fetch_all() -> None:
    """One task per account, so that one account's trouble stops no other."""
    for pk in Account.objects.filter(is_active=True).values_list("pk", flat=True):
        fetch.delay(pk)


@shared_task
def fetch(pk: int) -> None:
    """For less than a task may last; what is left then waits in the next task."""
    summary = fetching.fetch_account(Account.objects.get(pk=pk), seconds=FETCHING_SECONDS)
    if summary.more:
        fetch.delay(pk)
