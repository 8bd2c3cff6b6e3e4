"""Handing messages to the mail server: leased work, so a crash repeats the same message with the same Message-ID."""

import smtplib
import ssl
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.people import system_actor
from core.blobs import load
from mail.models import Outgoing
from tickets.changes import locked
from tickets.events import Cause, record

TIMEOUT = 30


class TryLater(Exception):
    """The server cannot take it now (4xx, or no connection); the row backs off."""


def send(outgoing: Outgoing) -> None:
    """Deliver to every recipient that still waits; notes each answer. Raises `TryLater` while some must wait."""
    if not settings.SMTP_URL:
        _settle(outgoing, Outgoing.State.KEPT)
        return
    waiting = [r for r in outgoing.recipients if r["state"] == "queued"]
    refused = _hand_over(outgoing, [r["address"] for r in waiting])
    for recipient in waiting:
        code, answer = refused.get(recipient["address"], (250, ""))
        recipient["answer"] = f"{code} {answer}".strip()
        recipient["state"] = "sent" if code < 400 else "queued" if code < 500 else "failed"
    outgoing.save(update_fields=["recipients"])
    failed = [r for r in waiting if r["state"] == "failed"]
    if any(r["state"] == "queued" for r in waiting):
        raise TryLater("; ".join(r["answer"] for r in waiting if r["state"] == "queued"))
    delivered = any(r["state"] == "sent" for r in outgoing.recipients)
    with transaction.atomic():
        _settle(outgoing, Outgoing.State.SENT if delivered else Outgoing.State.FAILED)
        if failed:
            note_failure(outgoing, [r["address"] for r in failed], failed[0]["answer"])


def note_failure(outgoing: Outgoing, recipients: list[str], answer: str) -> None:
    """The ticket's history says who did not get the message and why."""
    data = {
        "recipients": {"was": None, "now": recipients},
        "answer": {"was": None, "now": answer[:300]},
    }
    with locked(outgoing.ticket) as ticket:
        record(
            ticket,
            "mail.failed",
            by=system_actor("mail"),
            cause=Cause("delivery", str(outgoing.pk)),
            article=outgoing.article,
            data=data,
        )


def _settle(outgoing: Outgoing, state: str) -> None:
    outgoing.state = state
    outgoing.sent_at = timezone.now()
    outgoing.save(update_fields=["state", "sent_at"])


def _hand_over(outgoing: Outgoing, recipients: list[str]) -> dict[str, tuple[int, str]]:
    """One SMTP transaction; returns the recipients that were refused with the server's answer."""
    try:
        with _connection() as server:
            refused = server.sendmail(outgoing.envelope_from, recipients, load(outgoing.digest))
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPResponseException as error:
        refused = {recipient: (error.smtp_code, error.smtp_error) for recipient in recipients}
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(str(error) or type(error).__name__) from error
    return {r: (code, _readable(answer)) for r, (code, answer) in refused.items()}


def _readable(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


@contextmanager
def _connection():
    """`smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start)."""
    url = urlsplit(settings.SMTP_URL)
    options = dict(parse_qsl(url.query))
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls") and options.get("starttls") != "no":
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
