"""Wake-ups for mail: each names a row, looks whether it is due, and leaves if it is not."""

import logging

from celery import shared_task

from core.database import in_hand
from core.memo import for_a_moment
from core.turns import take_turn
from core.work import LEASE, run_leased, sweep
from mail import alarms, intake, keeping, pacing, reconcile, spool, storms
from mail.fetching.troubles import SORTED
from mail.fetching.visiting import due_accounts, fetch_account
from mail.letters import send_letter as deliver_letter
from mail.models import Account, Incoming, Letter, Outgoing
from mail.sending import send

log = logging.getLogger(__name__)

FETCHING_SECONDS = 40
READING = 0x72656164  # in_hand: (this number, message)


@shared_task
def process_incoming(pk: int) -> None:
    take_turn(Incoming, pk, _process)


@shared_task
def sweep_incoming() -> None:
    spool.bring_in()
    storms.calm()
    sweep(Incoming)


@shared_task
def watch_mail() -> None:
    """Trouble that lasts, told once; and bytes that nobody needs any more, a few at a time."""
    alarms.watch()
    pacing.forget()
    keeping.forget_raw()
    keeping.clear_away()


@shared_task
def reconcile_accounts() -> None:
    """One task per account, as with fetching."""
    for pk in Account.objects.filter(is_active=True).values_list("pk", flat=True):
        reconcile_account.delay(pk)


@shared_task
def reconcile_account(pk: int) -> None:
    """Trouble with the mailbox fetching tells about, too; the comparison is made the next time."""
    account = Account.objects.get(pk=pk)
    try:
        reconcile.reconcile(account)
    except SORTED:
        log.warning("%s could not be compared with the ledger", account, exc_info=True)


@shared_task
def send_outgoing(pk: int) -> None:
    take_turn(Outgoing, pk, _send)


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
    for pk in due_accounts().values_list("pk", flat=True):
        fetch.delay(pk)


@shared_task
def fetch(pk: int) -> None:
    """For less than a task may last; what is left then waits in the next task. Late doubles of it find nothing due."""
    account = due_accounts().filter(pk=pk).first()
    if account and fetch_account(account, seconds=FETCHING_SECONDS).more:
        fetch.delay(pk)


def _process(pk: int) -> bool:
    """To read a message takes long before its row is claimed; nobody else reads the same in vain."""
    with in_hand(READING, pk) as is_ours, for_a_moment():
        if is_ours:
            intake.process(pk)
    return is_ours


def _send(pk: int) -> bool:
    with for_a_moment():  # the servers are the same for each of many
        return run_leased(Outgoing, pk, send, lease=LEASE)
