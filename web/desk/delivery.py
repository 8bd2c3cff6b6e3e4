"""What became of a message that was to leave by email, in plain words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mail.holding import in_words
from mail.models import Outgoing
from mail.plain_words import in_plain_words
from mail.resending import may_be_sent_again
from mail.waiting import trouble_of, waits_for_earlier
from mail.withdrawing import may_be_taken_back
from tickets.models import Article
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.scanning import waits_for_scanner


@dataclass(frozen=True)
class Problem:
    """One recipient: what happened in a sentence, and the server's own words where there are some."""

    address: str
    words: str
    answer: str = ""


@dataclass(frozen=True)
class Delivery:
    """`kind` is quiet, waiting, late, kept, held or failed; `problems` are the recipients who did not get it, with the
    reason; `doubts` why it is held; `tries` how often one was made and when comes the next. `can_resend`, `can_release`
    and `can_take_back`: what an agent may do about it."""

    article_id: int
    kind: str
    icon: str
    text: str
    problems: Sequence[Problem] = ()
    doubts: Sequence[str] = ()
    can_resend: bool = False
    can_release: bool = False
    can_take_back: bool = False
    tries: str = ""
    # Nobody received it, though by now mail leaves: worth a quiet word where it is folded.
    is_left: bool = False

    @property
    def is_trouble(self) -> bool:
        """Somebody has to do something about it, also where the message is folded."""
        return self.kind in {"failed", "held"}


def delivery_of(article: Article) -> Delivery | None:
    """Ask for `outgoing` in the query (`select_related`). None for what was never meant to leave from here."""
    if article.channel != Channel.EMAIL or article.sender == Sender.CUSTOMER:
        return None
    outgoing: Outgoing | None = getattr(article, "outgoing", None)
    if outgoing is None and not article.visible_to_customer:
        return None
    if outgoing is None:
        return Delivery(article.pk, "failed", "warn", _("Not sent, because no address is set up to send from."))
    if outgoing.state == Outgoing.State.QUEUED and waits_for_scanner(article):
        text = _("Not sent yet, its files are being checked for viruses")
        delivery = Delivery(article.pk, "waiting", "hourglass", text)
    else:
        delivery = _of(article.pk, outgoing)
    is_agents = article.sender == Sender.AGENT
    return replace(delivery, can_take_back=True) if is_agents and may_be_taken_back(outgoing) else delivery


def _of(pk: int, outgoing: Outgoing) -> Delivery:
    failed = [_problem(one, one["answer"]) for one in outgoing.recipients if one["state"] == "failed"]
    late = [_problem(one, one["delay"]) for one in outgoing.recipients if one["state"] == "sent" and one.get("delay")]
    if outgoing.state == Outgoing.State.HELD:
        text, doubts = _("Held back: look at the recipients."), [in_words(doubt) for doubt in outgoing.doubts]
        return Delivery(pk, "held", "warn", text, failed, doubts=doubts, can_release=True)
    if outgoing.state == Outgoing.State.QUEUED and not failed:
        return _queued(pk, outgoing)
    if failed:
        several = len(outgoing.recipients) > 1
        text = _("Could not be delivered to everybody.") if several else _("Could not be delivered.")
        trouble = trouble_of(outgoing)
        tries = trouble.tries if trouble else ""
        return Delivery(pk, "failed", "warn", text, failed, can_resend=may_be_sent_again(outgoing), tries=tries)
    if late:
        text = ngettext("Sent, but it is late with a recipient:", "Sent, but it is late with some:", len(late))
        return Delivery(pk, "late", "clock", text, late)
    state = Outgoing.State(outgoing.state)
    return Delivery(pk, *_STATES[state](), can_resend=state == Outgoing.State.KEPT)


def _problem(recipient: Mapping[str, Any], answer: str) -> Problem:
    words = in_plain_words(answer)
    return Problem(recipient["address"], words or answer, answer if words else "")


def _queued(pk: int, outgoing: Outgoing) -> Delivery:
    if trouble := trouble_of(outgoing):
        text = _("Not sent yet, it is tried again: %(reason)s") % {"reason": trouble.reason}
        return Delivery(pk, "waiting", "clock", text, tries=trouble.tries)
    if waits_for_earlier(outgoing):
        return Delivery(pk, "waiting", "clock", _("Waits for an earlier message of this ticket"))
    return Delivery(pk, "waiting", "clock", _("Waiting to be sent"))


_STATES: Mapping[Outgoing.State, Callable[[], tuple[str, str, str]]] = {
    Outgoing.State.SENT: lambda: ("quiet", "check", _("Sent")),
    Outgoing.State.FAILED: lambda: ("failed", "warn", _("Could not be delivered.")),
    Outgoing.State.WITHDRAWN: lambda: ("quiet", "undo", _("Taken back before it was sent")),
    Outgoing.State.KEPT: lambda: ("kept", "archive", _("Kept here, because no mail server is set up.")),
    Outgoing.State.HELD: lambda: ("held", "warn", _("Held back: look at the recipients.")),
}
