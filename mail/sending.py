"""Handing messages to the mail server: leased work, so a crash repeats the same message with the same Message-ID."""

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.people import system_actor
from core import logs
from core.blobs import load
from core.text import clean_line
from core.work import KILLED, wake
from mail import pacing
from mail.models import Outgoing
from mail.plain_words import said_by_ours, said_of_file
from mail.pools import Answers, BeingTried, TryLater, being_tried_until, by_any, readable
from mail.refusals import about_us
from mail.waiting import earlier_than
from mail.way_troubles import text_of
from mail.ways import Way, ways_for
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models.article import Sender
from tickets.scanning import Withheld, give_out_message

# The longest answer of a server that is kept, in characters.
ANSWER = 300
# After an earlier message of the ticket to the same person has had its next try.
AFTER_THE_EARLIER = timedelta(seconds=2)

# Until the virus scanner has looked at its files; whatever it says then, the message is taken up at once.
FOR_THE_SCANNER = timedelta(minutes=1)


@dataclass(frozen=True)
class Turn:
    """Who may be written to now, and when to look again for the others."""

    ready: Sequence[str]
    again_at: datetime | None


def send(outgoing: Outgoing) -> None:
    """Deliver to every recipient that still waits; notes each answer. Raises `TryLater` while some must wait.

    After the last try nobody waits any more: what was not delivered has failed, and the ticket says so.
    """
    logs.note(ticket=outgoing.ticket.number)
    if outgoing.attempts > len(outgoing.backoff) + 1:
        _give_up(outgoing, KILLED)
        return
    ways = ways_for(outgoing.article.sent_from.get("address", ""), outgoing.ticket.queue)
    if not ways:
        _settle(outgoing, Outgoing.State.KEPT)
        return
    if _is_kept_by_files(outgoing):
        return
    try:
        _deliver(outgoing, ways)
    except Exception as error:
        if outgoing.attempts <= len(outgoing.backoff):
            raise
        _give_up(outgoing, _reason(error))


def send_now(rows: QuerySet[Outgoing]) -> None:
    """What is to leave in a while may leave now; not what its author can still take back, nor what was tried before."""
    moment = timezone.now()
    waiting = rows.filter(state=Outgoing.State.QUEUED, due_at__gt=moment, attempts=0)
    for outgoing in waiting.exclude(article__send_at__gt=moment).select_for_update(of=("self",), skip_locked=True):
        outgoing.due_at = moment
        outgoing.save_work()
        wake(outgoing)


def _is_kept_by_files(outgoing: Outgoing) -> bool:
    """A file that the virus scanner has not looked at yet keeps the message here; one that is not given out, for good:
    the ticket says so, and it can be sent again by hand."""
    if outgoing.article.sender == Sender.SYSTEM:  # words alone
        return False
    try:
        give_out_message(outgoing.article)
    except Withheld as held:
        if held.verdict.is_refused:
            _give_up(outgoing, said_of_file(held.name, held.verdict.found))
        else:
            _wait(outgoing, timezone.now() + FOR_THE_SCANNER)
        return True
    return False


def _deliver(outgoing: Outgoing, ways: Sequence[Way]) -> None:
    turn = _turn(outgoing)
    if turn.ready:
        try:
            _hand_over_to(outgoing, turn.ready, ways)
        except BeingTried:
            _wait(outgoing, being_tried_until())
            return
    _tell_failures(outgoing)
    still = _in_state(outgoing, "queued")
    put_off = [recipient["answer"] for recipient in still if recipient["address"] in turn.ready]
    if put_off:
        raise TryLater("; ".join(put_off), is_said_to_each=True)
    if still:
        _wait(outgoing, turn.again_at or timezone.now() + AFTER_THE_EARLIER)
        return
    _settle_by_recipients(outgoing)


def _hand_over_to(outgoing: Outgoing, ready: Sequence[str], ways: Sequence[Way]) -> None:
    """Within the pace of their domains; each recipient's answer is noted. Silence is one, too: it says "later"."""
    domains = pacing.domains_of(ready)
    put_off: set[str] = set()
    took: set[str] = set()
    try:
        try:
            answers = _hand_over(outgoing, list(ready), ways)
        except TryLater as error:
            put_off = set(domains) if error.is_silence else set()
            raise
        theirs = {address: code for address, (code, answer) in answers.items() if not about_us(code, answer)}
        put_off = {pacing.domain_of(address) for address, code in theirs.items() if 400 <= code < 500}
        took = {pacing.domain_of(address) for address, code in theirs.items() if code < 400} - put_off
        # On its own, before anything else can go wrong: who has it must not get it again.
        with locked_recipients(outgoing):
            for recipient in _in_state(outgoing, "queued"):
                if recipient["address"] in ready:
                    recipient |= _noted(*answers[recipient["address"]])
    finally:
        pacing.leave(outgoing.pk, domains, took=took, put_off=put_off)


def _turn(outgoing: Outgoing) -> Turn:
    """Recipients for whom no earlier message of the ticket waits and whose domain has room."""
    waiting = [recipient["address"] for recipient in _in_state(outgoing, "queued")]
    behind, times = _behind_earlier(outgoing)
    free = [address for address in waiting if address not in behind]
    admitted = pacing.admit(outgoing.pk, pacing.domains_of(free)) if free else pacing.Admitted(frozenset(), None)
    times += [admitted.again_at] if admitted.again_at else []
    ready = [address for address in free if pacing.domain_of(address) in admitted.domains]
    return Turn(ready, min(times, default=None))


def _behind_earlier(outgoing: Outgoing) -> tuple[set[str], list[datetime]]:
    """Who gets an earlier message of the ticket first, and when that has had its try: order is kept per ticket."""
    behind: set[str] = set()
    times = []
    mine = {recipient["address"] for recipient in _in_state(outgoing, "queued")}
    for recipients, due_at in earlier_than(outgoing).values_list("recipients", "due_at"):
        same = mine & {one["address"] for one in recipients if one["state"] == "queued"}
        if same:
            behind |= same
            times.append(max(due_at or timezone.now(), timezone.now()) + AFTER_THE_EARLIER)
    return behind, times


def _wait(outgoing: Outgoing, until: datetime) -> None:
    """Nothing was tried for those who are left, so it costs no try."""
    outgoing.due_at = max(until, timezone.now() + timedelta(seconds=1))
    outgoing.attempts -= 1


def _reason(error: Exception) -> str:
    """Why nobody waits any more; empty where the answer that each got says it."""
    is_said = isinstance(error, TryLater) and error.is_said_to_each
    return "" if is_said else str(error) or type(error).__name__


def _give_up(outgoing: Outgoing, reason: str) -> None:
    """Nobody waits any more. Without a reason of its own, what the server last said to each stands."""
    with transaction.atomic():
        with locked_recipients(outgoing):
            for recipient in _in_state(outgoing, "queued"):
                recipient |= {"state": "failed", "answer": reason or recipient["answer"], "told": False}
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


def _hand_over(outgoing: Outgoing, recipients: list[str], ways: Sequence[Way]) -> Answers:
    """One SMTP transaction with the first server that takes mail from us; returns the answer for each recipient.

    Only what is said about this message and these people counts as an answer to it; a server that is away, busy, or
    takes nothing from us, is trouble of the way.
    """
    raw = load(outgoing.digest)
    try:
        taken = by_any(ways, lambda server: server.sendmail(outgoing.envelope_from, recipients, raw))
    except smtplib.SMTPRecipientsRefused as error:
        # When the server breaks off in the middle (421), those it had taken already did not get anything.
        return dict.fromkeys(recipients, (451, "The server broke off.")) | readable(error.recipients)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return dict.fromkeys(recipients, (error.smtp_code, text_of(error.smtp_error)))
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater.of(error) from error
    return {**dict.fromkeys(recipients, taken.good), **taken.refused}


def _noted(code: int, answer: str) -> dict[str, Any]:
    """What a recipient's row says after this answer. What is about us fails nobody: it waits for a server of ours."""
    said = clean_line(f"{code} {answer}", ANSWER)
    if about_us(code, answer):
        return {"state": "queued", "answer": said_by_ours(said), "told": False}
    state = "sent" if code < 400 else "queued" if code < 500 else "failed"
    return {"state": state, "answer": said, "told": False}
