"""Handing messages to the mail server: leased work, so a crash repeats the same message with the same Message-ID."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.people import system_actor
from core import logs
from core.blobs import load
from mail.models import Outgoing
from tickets.changes import locked
from tickets.events import Cause, record

TIMEOUT = 30
# Answers to MAIL that mean our own password or its lack (RFC 4954), never the message.
MUST_SIGN_IN = (530, 534, 535, 538)

# The code and text that a server answered with, by recipient.
Answers = dict[str, tuple[int, str]]


class TryLater(Exception):
    """The server cannot take it now (4xx, or no connection); the row backs off."""


def send(outgoing: Outgoing) -> None:
    """Deliver to every recipient that still waits; notes each answer. Raises `TryLater` while some must wait.

    After the last try nobody waits any more: what was not delivered has failed, and the ticket says so.
    """
    logs.note(ticket=outgoing.ticket.number)
    if not settings.SMTP_URL:
        _settle(outgoing, Outgoing.State.KEPT)
        return
    try:
        _deliver(outgoing)
    except Exception as error:
        if outgoing.attempts <= len(outgoing.backoff):
            raise
        _give_up(outgoing, str(error) or type(error).__name__)


def _deliver(outgoing: Outgoing) -> None:
    waiting = [recipient["address"] for recipient in _in_state(outgoing, "queued")]
    refused = _hand_over(outgoing, waiting) if waiting else {}
    # On its own, before anything else can go wrong: who has it must not get it again.
    with locked_recipients(outgoing):
        for recipient in _in_state(outgoing, "queued"):
            code, answer = refused.get(recipient["address"], (250, ""))
            state = "sent" if code < 400 else "queued" if code < 500 else "failed"
            recipient |= {"state": state, "answer": f"{code} {answer}".strip(), "told": False}
    _tell_failures(outgoing)
    if still := _in_state(outgoing, "queued"):
        raise TryLater("; ".join(r["answer"] for r in still))
    _settle_by_recipients(outgoing)


def _give_up(outgoing: Outgoing, reason: str) -> None:
    with transaction.atomic():
        with locked_recipients(outgoing):
            for recipient in _in_state(outgoing, "queued"):
                recipient |= {"state": "failed", "answer": recipient["answer"] or reason, "told": False}
        _tell_failures(outgoing)
        _settle_by_recipients(outgoing)


@contextmanager
def locked_recipients(outgoing: Outgoing) -> Iterator[list[dict[str, Any]]]:
    """The recipients as they are now, locked and saved in the end: a server may report a failure at the same time."""
    with transaction.atomic():
        row = Outgoing.objects.select_for_update(of=("self",)).get(pk=outgoing.pk)
        outgoing.recipients = row.recipients
        yield outgoing.recipients
        outgoing.save(update_fields=["recipients"])


def _in_state(outgoing: Outgoing, state: str) -> list[dict[str, Any]]:
    return [recipient for recipient in outgoing.recipients if recipient["state"] == state]


def _tell_failures(outgoing: Outgoing) -> None:
    """Each failure stands in the history once; `told` remembers it together with the event."""
    if not _untold(outgoing):
        return
    with locked_recipients(outgoing):
        untold = _untold(outgoing)
        for recipient in untold:
            recipient["told"] = True
        note_failure(outgoing, [r["address"] for r in untold], untold[0]["answer"])


def _untold(outgoing: Outgoing) -> list[dict[str, Any]]:
    return [recipient for recipient in _in_state(outgoing, "failed") if not recipient.get("told")]


def _settle_by_recipients(outgoing: Outgoing) -> None:
    delivered = any(recipient["state"] == "sent" for recipient in outgoing.recipients)
    _settle(outgoing, Outgoing.State.SENT if delivered else Outgoing.State.FAILED)


def note_failure(outgoing: Outgoing, recipients: list[str], answer: str, *, cause: Cause | None = None) -> None:
    """The ticket's history says who did not get the message and why; `cause` when it was not our own try."""
    data = {
        "recipients": {"was": None, "now": recipients},
        "answer": {"was": None, "now": answer[:300]},
    }
    with locked(outgoing.ticket) as ticket:
        record(
            ticket,
            "mail.failed",
            by=system_actor("mail"),
            cause=cause or Cause("delivery", str(outgoing.pk)),
            article=outgoing.article,
            data=data,
        )


def _settle(outgoing: Outgoing, state: str) -> None:
    outgoing.state = state
    outgoing.sent_at = timezone.now()
    outgoing.save(update_fields=["state", "sent_at"])


def _hand_over(outgoing: Outgoing, recipients: list[str]) -> Answers:
    """One SMTP transaction; returns the recipients that were refused with the server's answer.

    Only what is said about this message and these people counts as an answer to it; a refused password or a server
    that is busy or away is trouble of the way.
    """
    try:
        with connection() as server:
            return _transaction(server, outgoing, recipients)
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(str(error) or type(error).__name__) from error


def _transaction(server: smtplib.SMTP, outgoing: Outgoing, recipients: list[str]) -> Answers:
    try:
        refused = server.sendmail(outgoing.envelope_from, recipients, load(outgoing.digest))
    except smtplib.SMTPRecipientsRefused as error:
        # When the server breaks off in the middle (421), those it had taken already did not get anything.
        return dict.fromkeys(recipients, (451, "The server broke off.")) | _readable(error.recipients)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        if error.smtp_code in MUST_SIGN_IN:
            raise
        return _readable(dict.fromkeys(recipients, (error.smtp_code, error.smtp_error)))
    return _readable(refused)


def _readable(answers: Mapping[str, tuple[int, bytes | str]]) -> Answers:
    return {
        recipient: (code, answer.decode(errors="replace") if isinstance(answer, bytes) else answer)
        for recipient, (code, answer) in answers.items()
    }


@contextmanager
def connection() -> Iterator[smtplib.SMTP]:
    """`smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start).

    How the server says goodbye is of no interest: what it has taken, it has taken.
    """
    url = urlsplit(settings.SMTP_URL)
    options = dict(parse_qsl(url.query))
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls") and options.get("starttls") != "no":
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()
