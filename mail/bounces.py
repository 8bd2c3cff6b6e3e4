"""Delivery reports about mail of ours: whom it did not reach is noted at that message (RFC 3464).

A report is a claim that anybody can make. It counts only when it returns one of our Message-IDs with its proof (T34);
every other one is a mail like any other. One about a notice makes no ticket, of which its reader would be told again. A
delay is no failure: it is shown until its sender gives up or succeeds.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from core.secrets import derived_key
from core.text import clean_line, normalise_address
from mail.marks import OwnMessage, own_messages
from mail.models import Incoming, Outgoing
from mail.parse import FailedRecipient, Message
from mail.sending import locked_recipients, note_failure
from tickets.events import Cause


def note_report(incoming: Incoming, mail: Message) -> bool:
    """Note at our message what the report says about it; false when it is no report, or about nothing of ours.

    What came of it stands in the trace. A second report of the same failure changes nothing.
    """
    if mail.bounce is None or not mail.bounce.recipients:
        return False
    own = _reported(mail)
    outgoing = _outgoing(own) if own else None
    if own and not outgoing:
        _note_beside_tickets(incoming, own, mail.bounce.recipients)
        return True
    if outgoing is None:
        incoming.trace = [*incoming.trace, {"step": "report", "found": "", "result": "not proven to be about ours"}]
        return False
    failed = [recipient for recipient in mail.bounce.recipients if _has_failed(recipient)]
    late = [recipient for recipient in mail.bounce.recipients if recipient.action == "delayed"]
    arrived = [recipient for recipient in mail.bounce.recipients if recipient.action in ("delivered", "relayed")]
    if failed:
        _note_failures(outgoing, failed, Cause("mail", str(incoming.pk)))
    if late or arrived:
        _note_delays(outgoing, late, arrived)
    result = "failure noted" if failed else "delay noted" if late else "no failure"
    incoming.trace = [*incoming.trace, {"step": "report", "found": outgoing.ticket.number, "result": result}]
    return True


def _reported(mail: Message) -> OwnMessage | None:
    """Which message of ours the report returns, or answers where the returned part has no Message-ID."""
    original = mail.bounce.original_message_id if mail.bounce else ""
    ids = [original, mail.in_reply_to, *reversed(mail.references)]
    return next(own_messages(derived_key("message ids"), ids), None)


def _outgoing(own: OwnMessage) -> Outgoing | None:
    return Outgoing.objects.select_related("ticket", "article").filter(article__uuid=own.article).first()


def _note_beside_tickets(incoming: Incoming, own: OwnMessage, reports: Sequence[FailedRecipient]) -> None:
    """About a mail of ours that is no message on a ticket, such as a notice: who sent it may want to know."""
    failed = next((report for report in reports if _has_failed(report)), None)
    if failed is not None:
        for note in _takers(tuple(settings.MAIL_REPORTS)):
            note(own.article, _answer(failed))
    result = "failure of a notice" if failed else "no failure of a notice"
    incoming.trace = [*incoming.trace, {"step": "report", "found": own.number, "result": result}]


@cache
def _takers(names: tuple[str, ...]) -> Sequence[Callable[[UUID, str], None]]:
    return [import_string(name) for name in names]


def _has_failed(recipient: FailedRecipient) -> bool:
    return recipient.action == "failed" or (not recipient.action and recipient.status.startswith("5"))


def _note_failures(outgoing: Outgoing, failed: list[FailedRecipient], cause: Cause) -> None:
    news: dict[str, list[str]] = {}
    with locked_recipients(outgoing) as recipients:
        for report in failed:
            answer = _answer(report)
            meant = _meant(recipients, report)
            if meant is None:
                news.setdefault(answer, []).extend(_untold(outgoing, report))
            elif meant["state"] != "failed":
                meant |= {"state": "failed", "answer": answer, "told": True}
                meant.pop("delay", None)
                news.setdefault(answer, []).append(meant["address"])
        if outgoing.state == Outgoing.State.SENT and not any(r["state"] == "sent" for r in recipients):
            outgoing.state = Outgoing.State.FAILED
            outgoing.save(update_fields=["state"])
        for answer, addresses in news.items():
            if addresses:
                note_failure(outgoing, addresses, answer, cause=cause)


def _note_delays(outgoing: Outgoing, late: list[FailedRecipient], arrived: list[FailedRecipient]) -> None:
    """A delay is shown at the recipient until somebody reports how it ended; the history tells failures alone."""
    with locked_recipients(outgoing) as recipients:
        for report in late:
            meant = _meant(recipients, report)
            if meant is not None and meant["state"] == "sent" and not meant.get("arrived"):
                meant["delay"] = _answer(report) or report.status or "4.0.0"
        for report in arrived:
            meant = _meant(recipients, report)
            if meant is not None and meant["state"] == "sent":
                meant["arrived"] = True
                meant.pop("delay", None)


def _meant(recipients: list[dict[str, Any]], report: FailedRecipient) -> dict[str, Any] | None:
    """Our recipient; the report may name the address to which he has his mail forwarded."""
    named = {normalise_address(report.original), normalise_address(report.address)}
    found = [recipient for recipient in recipients if normalise_address(recipient["address"]) in named]
    return found[0] if found else recipients[0] if len(recipients) == 1 else None


def _untold(outgoing: Outgoing, report: FailedRecipient) -> list[str]:
    """The reported address where it is nobody's we wrote to, unless the history has it already."""
    address = clean_line(report.original or report.address, 320)
    events = outgoing.article.events.filter(kind="mail.failed", data__recipients__now__contains=[address])
    return [] if not address or events.exists() else [address]


def _answer(report: FailedRecipient) -> str:
    """What the other server said, without the type in front of it ("smtp; 550 ...")."""
    return clean_line(report.diagnostic.partition(";")[2] or report.diagnostic or report.status, 300)
