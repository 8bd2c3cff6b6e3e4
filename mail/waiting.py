"""A message that waits: for what, how often it was tried and when it is tried next."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.moments import by_when
from mail.models import Outgoing
from mail.plain_words import in_plain_words
from tickets.models.article import Sender

# What is due later than it was to leave has been put off; what the clocks of two machines may differ by does not count.
SLACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Trouble:
    """`reason`: a sentence about the last try; `said`: what the server said itself, when that is something else;
    `tries`: how often it was tried and when again, empty when it is tried no more."""

    reason: str
    said: str
    tries: str


def trouble_of(outgoing: Outgoing) -> Trouble | None:
    """None when the last try did not go wrong, or there was none."""
    if not outgoing.last_error:
        return None
    said = outgoing.error_said
    reason = in_plain_words(said)
    return Trouble(reason or said, said if reason else "", _tries(outgoing) if outgoing.due_at else "")


def _tries(outgoing: Outgoing) -> str:
    moment = timezone.now()
    if outgoing.leased_until and outgoing.leased_until > moment:
        return _("It is being tried at this moment.")
    words = {"number": outgoing.attempts, "when": by_when(outgoing.due_at or moment)}
    if outgoing.attempts == 0:
        return _("Next try: %(when)s.") % words
    tried = ngettext("Tried %(number)s time.", "Tried %(number)s times.", outgoing.attempts) % words
    is_due = outgoing.due_at is None or outgoing.due_at <= moment
    return f"{tried} {_('It is tried again in a moment.') if is_due else _('Next try: %(when)s.') % words}"


def earlier_than(outgoing: Outgoing) -> QuerySet[Outgoing]:
    """The messages of its ticket that go first where they have the same recipients.

    What the system writes is no reason to wait once it is in trouble: a receipt must not delay what a person says.
    """
    earlier = Outgoing.objects.filter(
        ticket=outgoing.ticket_id, pk__lt=outgoing.pk, due_at__isnull=False, state=Outgoing.State.QUEUED
    )
    return earlier.exclude(Q(article__sender=Sender.SYSTEM) & ~Q(last_error=""))


def waits_for_earlier(outgoing: Outgoing) -> bool:
    """It was put off, and not by trouble of its own: an earlier message to one of its recipients goes first."""
    began = max(outgoing.article.send_at or outgoing.created_at, outgoing.created_at)
    if outgoing.last_error or outgoing.due_at is None or outgoing.due_at <= began + SLACK:
        return False
    mine = _awaited(outgoing.recipients)
    earlier = earlier_than(outgoing).values_list("recipients", flat=True)
    return any(mine & _awaited(recipients) for recipients in earlier)


def _awaited(recipients: list[dict[str, str]]) -> set[str]:
    return {one["address"] for one in recipients if one["state"] == "queued"}
