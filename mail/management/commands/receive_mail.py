"""`receive_mail < message.eml`: the command that a mail server pipes messages into.

Exit 0 means that the message is ours now, 75 that the mail server shall keep it and try again (sysexits.h).
"""

import json
import logging
import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, transaction

from mail import intake, spool
from mail.ledger import reason_shown
from mail.models import Incoming

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Takes one message from standard input and says in one line of JSON what became of it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--mailbox", default="", help="the name of an account, or an address of ours")

    def handle(self, *args, mailbox: str, **options):
        raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
        if len(raw) > settings.MAIL_MAX_BYTES:
            self.stderr.write(f"The message is larger than {settings.MAIL_MAX_BYTES} bytes.")
            sys.exit(os.EX_DATAERR)
        try:
            report = self._take(raw, mailbox)
        except spool.UnknownMailbox:
            self.stderr.write(f"There is no account and no address {mailbox!r}.")
            sys.exit(os.EX_TEMPFAIL)
        except OSError as error:
            self.stderr.write(f"The message cannot be stored: {error}")
            sys.exit(os.EX_TEMPFAIL)
        self.stdout.write(json.dumps(report))

    def _take(self, raw: bytes, mailbox: str) -> dict[str, object]:
        try:
            incoming = intake.keep(raw, spool.envelope_for(mailbox))
        except spool.UnknownMailbox:
            raise
        except Exception as error:
            log.warning("a message goes into the spool, because it cannot be stored: %s", error)
            spool.put_aside(raw, mailbox)
            reason = "put aside until the database is back"
            return {"outcome": "accepted", "ticket": None, "article": None, "reason": reason}
        try:
            intake.process(incoming.pk)
            incoming = _settled(incoming.pk)
        except Exception:  # it is stored, and a worker tries again
            log.exception("message %s could not be dealt with yet", incoming.pk)
        return report_on(incoming)


def _settled(pk: int) -> Incoming:
    """The row after whoever is at it has finished: a worker may have been faster."""
    with transaction.atomic():
        try:
            Incoming.objects.select_for_update(of=("self",)).get(pk=pk)
        except DatabaseError:
            transaction.set_rollback(True)
    return Incoming.objects.select_related("article__ticket").get(pk=pk)


def report_on(incoming: Incoming) -> dict[str, object]:
    """What became of a message, in the words of the contract."""
    article = incoming.article
    outcome = {
        Incoming.State.RECEIVED: "accepted",
        Incoming.State.TICKETED: incoming.outcome,
        Incoming.State.IGNORED: "ignored",
        Incoming.State.QUARANTINED: "quarantined",
    }[Incoming.State(incoming.state)]
    steps = [f"{step['step']} {step['found']}: {step['result']}" for step in incoming.trace]
    return {
        "outcome": str(outcome),
        "ticket": article.ticket.number if article else None,
        "article": article.pk if article else None,
        "reason": reason_shown(incoming) or incoming.last_error or "; ".join(steps),
    }
