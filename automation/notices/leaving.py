"""Notices that leave the house, when their time has come: the right is looked at once more, then they are sent.

Leased work: a crash after the server has taken a mail sends it once more with the same Message-ID. Several events on
one ticket for one person leave as one mail, and so does a wave (automation/notices/folding.py) when it has calmed down;
the first of their rows carries the others.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from automation.models import NoticeDelivery
from automation.notices.choosing import is_fixed
from automation.notices.digest import digest_for
from automation.notices.folding import FEW
from automation.notices.house import house, levels_of
from automation.notices.occasions import OCCASIONS, TOLD, Audience, Channel, rank
from automation.notices.stopping import stop_link
from automation.notices.texts import SETTINGS, words_for
from automation.notices.webhooks import call_endpoint
from core import logs
from core.links import absolute
from mail.posting import Busy, Outcome, Posting, post
from tickets.actions.replying import TAKEN_BACK
from tickets.models import Ticket
from tickets.readers import customers_of
from tickets.secret_links import with_link

State = NoticeDelivery.State

# Why nothing was sent, for administrators.
NO_RIGHT, TAKEN, OFF, IMPOSSIBLE = "right", "taken back", "off", "impossible"
ROOM = timedelta(seconds=5)
# A wave is waited for no longer than this, however long it goes on.
LONGEST_WAVE = timedelta(minutes=15)


def send(row: NoticeDelivery) -> None:
    """Send a notice that is due, with whatever waits beside it. Raises `mail.pools.TryLater`."""
    logs.note(ticket=row.ticket.number)
    if row.channel == Channel.WEBHOOK:
        _settle([row], *_call(row))
        return
    if row.state != State.WAITING or _is_carried(row):
        return
    wave = _wave(row)
    if wave is not None and _waits_for(wave, row):
        return
    rows = sorted([row, *_gather(row, of_wave=wave is not None)], key=lambda one: one.event_id)
    told = [one for one in rows if _may_still_hear(one)]
    _settle([one for one in rows if one not in told], State.DROPPED, NO_RIGHT)
    if told:
        _mail(row, told)


def may_see(user: User, ticket: Ticket, audience: str) -> bool:
    """Whether somebody may know of this ticket now."""
    if ticket.is_removed or not user.is_active:
        return False
    if audience == Audience.CUSTOMERS:
        return any(one.pk == user.pk for one in customers_of(ticket))
    return ticket.allows(user, "read")


def _is_carried(row: NoticeDelivery) -> bool:
    """Another row took it while a worker was about to: that one sends it, now or in a later try."""
    carrier = row.carrier
    if carrier is None or carrier.due_at is None:
        return False
    row.due_at = max(carrier.due_at, timezone.now()) + ROOM
    row.attempts -= 1  # nothing was tried
    return True


def _waits_for(rows: QuerySet[NoticeDelivery], row: NoticeDelivery) -> bool:
    """Whether its time has not come after all: others of a large wave still come, or another row carries it."""
    first = rows.order_by("pk").values_list("pk", "due_at").first()
    if first is not None and first[0] != row.pk:
        row.due_at = max(first[1] or timezone.now(), timezone.now()) + ROOM
        row.attempts -= 1  # nothing was tried
        return True
    now, times = timezone.now(), rows.aggregate(first=Min("created_at"), last=Max("created_at"))
    calm = times["last"] + timedelta(seconds=house().hold_seconds)
    if row.attempts > 1 or calm <= now or times["first"] + LONGEST_WAVE <= now:
        return False
    # all of them at one go: none of them needs a worker to find that out
    rows.exclude(pk=row.pk).filter(due_at__lt=calm + ROOM).update(due_at=calm + ROOM)
    row.due_at = calm
    row.attempts -= 1
    return True


def _wave(row: NoticeDelivery) -> QuerySet[NoticeDelivery] | None:
    """All that waits of the row's wave, where that is large enough to be one mail."""
    if not row.wave:
        return None
    rows = NoticeDelivery.objects.unfinished().filter(
        user=row.user_id, channel=row.channel, wave=row.wave, state=State.WAITING, carrier=None
    )
    return rows if rows.count() >= FEW or row.carried.exists() else None


def _gather(row: NoticeDelivery, *, of_wave: bool) -> list[NoticeDelivery]:
    """What it carries already, from an earlier try, and what waits for the same person about the same ticket, or of
    the same wave.

    Who takes them changes them first, so no other worker sends one of them.
    """
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    wanted = free & Q(ticket=row.ticket_id, attempts=0)
    if of_wave:  # whoever holds one of it finds that it waits for this one
        wanted |= Q(wave=row.wave, attempts__lte=1)
    waiting = NoticeDelivery.objects.unfinished().filter(
        wanted, user=row.user_id, channel=row.channel, carrier=None, state=State.WAITING
    )
    with transaction.atomic():
        taken = waiting.exclude(pk=row.pk).select_for_update(skip_locked=True, of=("self",))
        others = [pk for pk, key in taken.values_list("pk", "occasion") if _audience(key) == _audience(row.occasion)]
        NoticeDelivery.objects.filter(pk__in=others).update(carrier=row, due_at=None)
    carried = NoticeDelivery.objects.filter(carrier=row, state=State.WAITING)
    return list(carried.select_related("ticket__queue", "event__article", "event__actor", "event__on_behalf_of"))


def _may_still_hear(row: NoticeDelivery) -> bool:
    """Rights, and what was said, may have been taken back while the notice waited."""
    article, audience = row.event.article, _audience(row.occasion)
    if article is not None and TAKEN_BACK in article.marks:
        return False
    if audience == Audience.CUSTOMERS and article is not None and not article.visible_to_customer:
        return False
    return may_see(row.user, row.ticket, audience)


def _mail(carrier: NoticeDelivery, rows: Sequence[NoticeDelivery]) -> None:
    first = min(rows, key=lambda one: rank(one.occasion))
    user, ticket = first.user, first.ticket
    of_many = len({one.ticket_id for one in rows}) > 1
    if of_many:
        words = digest_for(user, rows)
    else:
        words = words_for(user, ticket, [one.event for one in rows], occasion=first.occasion, relation=first.relation)
    is_customers = _audience(first.occasion) == Audience.CUSTOMERS
    posting = Posting(
        ticket,
        user,
        words.subject,
        with_link(words.body, ticket, user) if is_customers and not of_many else words.body,
        uuid=carrier.uuid,
        key=carrier.pk,
        headers=_headers(first),
        of_many=of_many,
    )
    try:
        posted = post(posting)
    except Busy as busy:
        carrier.due_at = max(busy.again_at or timezone.now(), timezone.now() + ROOM)
        carrier.attempts -= 1  # nothing was tried
        return
    _settle(rows, _STATES[posted.outcome], IMPOSSIBLE if posted.outcome == Outcome.IMPOSSIBLE else posted.answer)


def _headers(row: NoticeDelivery) -> Mapping[str, str]:
    """How to hear no more of this: where nobody may switch it off there is nothing to say."""
    occasion = OCCASIONS[row.occasion]
    if row.occasion == TOLD or is_fixed(Channel.MAIL, levels_of(occasion)):
        return {"List-Unsubscribe": f"<{absolute(SETTINGS)}>"}
    return {
        "List-Unsubscribe": f"<{stop_link(row.user, row.occasion)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _call(row: NoticeDelivery) -> tuple[str, str]:
    if not _may_still_hear(row):
        return State.DROPPED, NO_RIGHT
    return (State.SENT, "") if call_endpoint(row) else (State.DROPPED, OFF)


def _settle(rows: Sequence[NoticeDelivery], state: str, reason: str = "") -> None:
    for row in rows:
        row.state, row.reason, row.sent_at = state, reason[:300], timezone.now()
        row.save(update_fields=["state", "reason", "sent_at"])


def _audience(occasion: str) -> str:
    return OCCASIONS[occasion].audience


_STATES: Mapping[Outcome, str] = {
    Outcome.SENT: State.SENT,
    Outcome.KEPT: State.KEPT,
    Outcome.REFUSED: State.FAILED,
    Outcome.IMPOSSIBLE: State.FAILED,
}
