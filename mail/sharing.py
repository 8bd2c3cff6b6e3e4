"""One mail to several of our addresses is one ticket in each of their queues, and the tickets know of each other.

Our own receiver stores such a mail once for each queue. A mailbox on another server holds it once: there it is shared
out here, but only when no other mailbox could hold a copy of its own.
"""

import hashlib

from django.utils import timezone

from accounts.people import system_actor
from core.database import hold
from core.text import normalise_address
from core.work import wake
from mail.addressing import by_queue, is_ours
from mail.models import Account, Incoming
from mail.parse import Message
from tickets.actions.linking import NotLinkable, link
from tickets.events import Cause
from tickets.models import Article, LinkKind

MAX_QUEUES = 10


def share_out(incoming: Incoming, mail: Message) -> None:
    """Rows for the other queues that the mail of a mailbox is for; this row keeps the first. At most once."""
    if incoming.account is None or incoming.account.queue_id or incoming.envelope_to:
        return
    recipients = _ours(mail)
    groups = by_queue(recipients) if len(recipients) > 1 else []
    if len(groups) < 2 or Account.objects.filter(is_active=True).exclude(pk=incoming.account.pk).exists():
        return
    incoming.envelope_to = list(groups[0])
    incoming.trace = [*incoming.trace, {"step": "shared", "found": ", ".join(groups[0]), "result": "first"}]
    incoming.save(update_fields=["envelope_to"])
    for group in groups[1:MAX_QUEUES]:
        _share(incoming, group)


def link_shares(incoming: Incoming, mail: Message, article: Article, *, cause: Cause) -> None:
    """Link the tickets that the same mail of the same person has opened in other queues."""
    if not mail.message_id or len(_named(mail)) < 2:
        return
    hold(f"shares {mail.message_id}")  # of two that are written at once, the second sees the first
    same = Article.objects.filter(message_id=article.message_id, author=article.author, incoming__outcome="new")
    others = same.exclude(ticket=article.ticket).exclude(ticket__queue=article.ticket.queue)
    for other in others.select_related("ticket").order_by("pk")[:MAX_QUEUES]:
        try:
            link(article.ticket, other.ticket, LinkKind.NORMAL, by=system_actor("mail"), cause=cause)
        except NotLinkable:
            continue
        incoming.trace = [*incoming.trace, {"step": "shared", "found": other.ticket.number, "result": "linked"}]


def _share(incoming: Incoming, group: tuple[str, ...]) -> None:
    identity = hashlib.sha256(f"{incoming.identity} {','.join(sorted(group))}".encode()).hexdigest()
    if Incoming.objects.filter(identity=identity).exists():
        return
    share = Incoming(
        source=incoming.source,
        account=incoming.account,
        mailbox=incoming.mailbox,
        digest=incoming.digest,
        size=incoming.size,
        identity=identity,
        envelope_from=incoming.envelope_from,
        envelope_to=[address[:320] for address in group],
        received_at=incoming.received_at or timezone.now(),
        trace=[{"step": "shared", "found": str(incoming.pk), "result": "further"}],
    )
    share.note("received")
    share.save(force_insert=True)
    wake(share)


def _ours(mail: Message) -> list[str]:
    """Addresses of ours that the mail is for. A copy that says to whom it was delivered is for nobody else."""
    delivered = [normalise_address(address) for address in mail.delivered_to if is_ours(address)]
    return list(dict.fromkeys(delivered)) or _named(mail)


def _named(mail: Message) -> list[str]:
    addresses = (normalise_address(one.address) for one in (*mail.to, *mail.cc))
    return list(dict.fromkeys(address for address in addresses if is_ours(address)))
