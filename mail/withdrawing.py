"""A message that does not leave after all: taken back on its ticket while nobody has got it, or from the outbox."""

from django.db import transaction

from accounts.audit import note_change
from accounts.models import User
from core.clock import now
from mail.models import Outgoing
from mail.sending import send_now
from tickets.actions import replying
from tickets.actions.replying import TooLate
from tickets.events import Cause
from tickets.models import Article, Event
from tickets.models.article import Sender


def take_back(article: Article, *, by: User, cause: Cause | None = None) -> Event | None:
    """An agent's message does not leave, and the ticket says who took it back. None when it was taken back before.

    For as long as its author thinks it over, that is up to him alone. What is held back, or waits for its next try, may
    be taken back by anybody who may answer on the ticket: the caller has asked for that right. Raises
    `replying.NotYours`, and `TooLate` once somebody has it or a worker is at it.
    """
    outgoing = Outgoing.objects.select_related("article").filter(article=article).first()
    if outgoing is None or article.sender != Sender.AGENT or _is_thought_over(outgoing):
        return replying.take_back(article, by=by, cause=cause)
    if outgoing.state == Outgoing.State.WITHDRAWN:
        return None
    if not may_be_taken_back(outgoing):
        raise TooLate
    return replying.withdraw(article, by=by, cause=cause)


def may_be_taken_back(outgoing: Outgoing) -> bool:
    """It is held back, or put off until its next try: not what leaves at this moment."""
    is_put_off = outgoing.due_at is None or bool(outgoing.last_error) or outgoing.due_at > now()
    return is_put_off and may_be_withdrawn(outgoing)


def may_be_withdrawn(outgoing: Outgoing) -> bool:
    """Nobody has got it, no worker is at it, and its author has thought it over."""
    return _may_stop(outgoing) and not _is_thought_over(outgoing)


def withdraw_outgoing(outgoing: Outgoing, *, by: User) -> bool:
    """`take_back` by an administrator, who may not even see the ticket, of automatic messages too; the audit notes it.

    False when there is nothing to withdraw.
    """
    with transaction.atomic():
        fresh = Outgoing.objects.select_related("article", "ticket").get(pk=outgoing.pk)
        if not may_be_withdrawn(fresh):
            return False
        try:
            withdrawn = replying.withdraw(fresh.article, by=by)
        except TooLate:
            return False
        after = {"state": Outgoing.State.WITHDRAWN}
        note_change(fresh, before={"state": fresh.state}, after=after, by=by)
    return withdrawn is not None


def stop_mail(article: Article) -> None:
    """The article's mail does not leave; what waited for it behind it goes. Raises `TooLate` when somebody has it, or a
    worker is at it: also one that is gone, because nobody knows how far it came."""
    outgoing = Outgoing.objects.select_for_update(of=("self",)).filter(article=article).first()
    if outgoing is None:
        return
    if not _may_stop(outgoing):
        raise TooLate
    outgoing.finish()
    outgoing.state = Outgoing.State.WITHDRAWN
    outgoing.recipients = [{**recipient, "state": "withdrawn"} for recipient in outgoing.recipients]
    outgoing.save_work("state", "recipients")
    send_now(Outgoing.objects.filter(ticket=outgoing.ticket_id, pk__gt=outgoing.pk))


def _may_stop(outgoing: Outgoing) -> bool:
    waits = outgoing.state in (Outgoing.State.QUEUED, Outgoing.State.HELD) and not outgoing.leased_until
    return waits and not any(recipient["state"] == "sent" for recipient in outgoing.recipients)


def _is_thought_over(outgoing: Outgoing) -> bool:
    """It leaves in a moment, which its author has asked for."""
    send_at = outgoing.article.send_at
    return outgoing.state == Outgoing.State.QUEUED and send_at is not None and send_at > now()
