"""From an event to rows: who hears of it, once each, by which channels. What leaves the house waits in rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from automation.models import Notice, NoticeDelivery
from automation.notices.choosing import NO_WISH, Wish, channels_for, first_relation
from automation.notices.folding import wave_of
from automation.notices.happenings import Happening, happenings_of
from automation.notices.house import house, known_levels
from automation.notices.occasions import OCCASIONS, TOLD, Audience, Channel, Levels, rank
from automation.notices.people import people_of
from automation.notices.wishes import wishes_of
from core.text import normalise_address
from tickets.fresh import as_it_is
from tickets.models import Event, Ticket


@dataclass(frozen=True)
class Told:
    """One person and one event: what it is told as, why, and by which channels."""

    user: User
    occasion: str
    relation: str
    channels: frozenset[str]


def notify(event: Event) -> None:
    """Leave word for everybody who wants to hear of this event. Doing it twice changes nothing."""
    happenings = happenings_of(event)
    if not happenings:
        return
    # As it is by now: rules and assignment have been at it since.
    event.ticket = as_it_is(event.ticket)
    if not _is_off(event.ticket):
        write(event, plan(event, happenings))


def plan(event: Event, happenings: Sequence[Happening]) -> list[Told]:
    """Who would hear of it, and how; nothing is written."""
    levels = known_levels(one.occasion for one in happenings)
    people = people_of(event, happenings, levels)
    wishes = wishes_of(people.users) if people.users else {}
    near = _near(event.ticket) if any(wish.muted for wish in wishes.values()) else set()
    by_person: dict[int, list[Told]] = {}
    for one in sorted(happenings, key=lambda happening: rank(happening.occasion)):
        silent = _silent(event, one)
        for pk, relations in people.by_occasion[one.occasion].items():
            if pk not in silent:
                wish = wishes.get(pk, NO_WISH)
                channels = _channels(event, one.occasion, relations, levels, wish, in_muted=bool(wish.muted & near))
                told = Told(people.users[pk], one.occasion, first_relation(relations), channels)
                by_person.setdefault(pk, []).append(told)
    found = (_together(told) for told in by_person.values())
    return [told for told in found if told.channels and not _has_it_anyway(event, told)]


def write(event: Event, told: Iterable[Told]) -> None:
    """The rows, once each: unique by event, person and channel. The sweep wakes what leaves when its time has come."""
    told, now = list(told), timezone.now()
    if not told:
        return
    hold = timedelta(seconds=house().hold_seconds)
    bell = [
        Notice(
            user=one.user,
            ticket_id=event.ticket_id,
            event=event,
            occasion=one.occasion,
            relation=one.relation,
            wave=wave_of(event, one.occasion),
        )
        for one in told
        if Channel.BELL in one.channels
    ]
    leaving = [
        NoticeDelivery(
            user=one.user,
            ticket_id=event.ticket_id,
            event=event,
            channel=channel,
            occasion=one.occasion,
            relation=one.relation,
            wave=wave_of(event, one.occasion) if channel == Channel.MAIL else 0,
            due_at=now + hold if channel == Channel.MAIL else now,
        )
        for one in told
        for channel in (Channel.MAIL, Channel.WEBHOOK)
        if channel in one.channels
    ]
    with transaction.atomic():
        Notice.objects.bulk_create(bell, ignore_conflicts=True)
        NoticeDelivery.objects.bulk_create(_with_the_others(leaving), ignore_conflicts=True)


def _with_the_others(rows: list[NoticeDelivery]) -> list[NoticeDelivery]:
    """A mail leaves when the first that waits about its ticket does: no stream of events puts it off for ever."""
    mails = [row for row in rows if row.channel == Channel.MAIL]
    if mails:
        waiting = NoticeDelivery.objects.unfinished().filter(
            ticket_id=mails[0].ticket_id, user__in=[row.user_id for row in mails], channel=Channel.MAIL, attempts=0
        )
        # The first of each person comes last here, and stays.
        first = dict(waiting.order_by("-due_at").values_list("user_id", "due_at"))
        for row in mails:
            row.due_at = min(filter(None, (row.due_at, first.get(row.user_id))))
    return rows


def _near(ticket: Ticket) -> set[int]:
    """Its queue and those above: to mute one mutes what is inside."""
    return {*ticket.queue.line}


def _is_off(ticket: Ticket) -> bool:
    """Nobody hears of spam and of what lies in the trash."""
    return ticket.queue.is_junk or ticket.is_removed


def _silent(event: Event, happening: Happening) -> set[int]:
    """Own actions, and small changes by which rules answer to them."""
    silent = {event.actor_id}
    if happening.is_quiet and event.cause_event is not None:
        silent.add(event.cause_event.actor_id)
    return silent if happening.occasion != TOLD else set()


def _channels(
    event: Event, key: str, relations: set[str], levels: Mapping[str, Levels], wish: Wish, *, in_muted: bool
) -> frozenset[str]:
    if key == TOLD:
        return frozenset(event.data["channels"]["now"])
    return channels_for(OCCASIONS[key], relations, levels[key], wish, in_muted=in_muted)


def _together(told: Sequence[Told]) -> Told:
    """One notice for each person and event: as the most important that is on, by all channels that are."""
    first = next((one for one in told if one.channels), told[0])
    return Told(first.user, first.occasion, first.relation, frozenset().union(*(one.channels for one in told)))


def _has_it_anyway(event: Event, told: Told) -> bool:
    """A customer to whom the message itself goes, or who wrote it, needs no notice of it."""
    article = event.article
    if article is None or OCCASIONS[told.occasion].audience != Audience.CUSTOMERS:
        return False
    addressed = [*article.to, *article.cc, *article.bcc, article.sent_from]
    known = {normalise_address(one["address"]) for one in addressed if one.get("address")}
    return told.user.email in known
