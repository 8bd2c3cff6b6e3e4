"""One go at an account, by one fetcher at a time: all its folders, and a note of what came of it."""

import logging
import time

from django.db import Error
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.database import in_hand
from core.work import nudge
from mail.fetching import parts
from mail.fetching.imap import Folder
from mail.fetching.pausing import next_visit
from mail.fetching.pop3 import Maildrop
from mail.fetching.taking import Summary
from mail.fetching.troubles import Trouble, trouble_of
from mail.fetching.visits import FolderVisit, MaildropVisit
from mail.models import Account

log = logging.getLogger(__name__)

LOCK_SPACE = 0x6D61696C  # in_hand: (this number, account), for two fetchers never work on one account


def due_accounts() -> QuerySet[Account]:
    """Active accounts whose next visit is due; none that a person must connect with its provider first."""
    now = timezone.now()
    due = Q(next_visit_at=None) | Q(next_visit_at__lte=now)
    return Account.objects.filter(due, is_active=True).exclude(trouble__in=Account.STOPPED).order_by("pk")


def hint(account: Account) -> None:
    """The server says that something is there: visit now, unless it is in trouble and has its pause."""
    if Account.objects.filter(pk=account.pk, failures=0, is_active=True).update(next_visit_at=timezone.now()):
        nudge("mail.tasks.fetch", account.pk)


def fetch_account(account: Account, *, seconds: float | None = None) -> Summary:
    """Fetch what is new, for at most about so many seconds. Never raises: trouble is noted on the account."""
    summary = Summary(account.name)
    try:
        with in_hand(LOCK_SPACE, account.pk) as alone:
            if not alone:
                summary.busy = True
                return summary
            _visit(account, summary, None if seconds is None else time.monotonic() + seconds)
    except Exception as error:  # noted on the account and in the log: nothing may end the visits of a mailbox
        log.warning("fetching from %s failed", account.name, exc_info=True)
        summary.fail(error)
    _note(account, summary)
    return summary


def _visit(account: Account, summary: Summary, deadline: float | None) -> None:
    """All folders, one after the other; trouble with one (it was renamed, say) does not keep the others waiting."""
    parts.clear_old()
    if account.protocol == Account.Protocol.POP3:
        summary.can_idle = False
        with Maildrop(account) as maildrop:
            MaildropVisit(maildrop, summary, deadline).run()
        return
    failed: Exception | None = None
    for name in account.folders:
        try:
            with Folder(account, name) as folder:
                summary.can_idle = folder.can_idle
                FolderVisit(folder, summary, deadline).run()
        except Exception as error:
            if trouble_of(error) not in (Trouble.NO_FOLDER, Trouble.ANSWER):
                raise
            failed = error
    if failed is not None:
        raise failed


def _note(account: Account, summary: Summary) -> None:
    now = timezone.now()
    failures = 0 if not summary.error or summary.trouble == Trouble.SETTLING else account.failures + 1
    noted: dict[str, object] = {
        "last_error": summary.error[:1000],
        "trouble": summary.trouble,
        "failures": failures,
        "next_visit_at": now if summary.more else next_visit(now, failures=failures, trouble=summary.trouble),
        "waiting": summary.waiting,
    }
    if not failures:
        noted["last_success_at"] = now
    if summary.lag is not None:
        noted["lag_seconds"] = min(max(0, int(summary.lag.total_seconds())), 2**31 - 1)
    if summary.can_idle is not None:
        noted["can_idle"] = summary.can_idle
    try:
        Account.objects.filter(pk=account.pk).update(**noted)
    except Error:
        log.exception("the outcome of fetching from %s cannot be noted", account.name)
