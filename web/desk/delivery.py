"""What became of a message that was to leave by email, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mail.models import Outgoing
from tickets.models import Article
from tickets.models.article import Sender
from tickets.models.ticket import Channel


@dataclass(frozen=True)
class Delivery:
    """`kind` is quiet, waiting or failed; `problems` are the recipients who did not get it, with the reason."""

    article_id: int
    kind: str
    icon: str
    text: str
    problems: Sequence[tuple[str, str]] = ()


def delivery_of(article: Article) -> Delivery | None:
    """Ask for `outgoing` in the query (`select_related`). None for what was never meant to leave."""
    if article.channel != Channel.EMAIL or article.sender == Sender.CUSTOMER or not article.visible_to_customer:
        return None
    outgoing: Outgoing | None = getattr(article, "outgoing", None)
    if outgoing is None:
        return Delivery(article.pk, "failed", "warn", _("Not sent, because no address is set up to send from."))
    failed = [(r["address"], r["answer"]) for r in outgoing.recipients if r["state"] == "failed"]
    if failed:
        return Delivery(article.pk, "failed", "warn", _("Could not be delivered to everybody."), failed)
    return Delivery(article.pk, *_STATES[Outgoing.State(outgoing.state)](outgoing))


def _queued(outgoing: Outgoing) -> tuple[str, str, str]:
    if outgoing.last_error:
        reason = outgoing.last_error.rpartition("TryLater: ")[2]
        return "waiting", "clock", _("Not sent yet, it is tried again: %(reason)s") % {"reason": reason}
    return "waiting", "clock", _("Waiting to be sent")


_STATES = {
    Outgoing.State.QUEUED: _queued,
    Outgoing.State.SENT: lambda _outgoing: ("quiet", "check", _("Sent")),
    Outgoing.State.FAILED: lambda _outgoing: ("failed", "warn", _("Could not be delivered.")),
    Outgoing.State.KEPT: lambda _outgoing: ("quiet", "archive", _("Kept here, because no mail server is set up.")),
}
