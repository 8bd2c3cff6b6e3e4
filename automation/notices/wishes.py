"""What people want to hear of: read for many at once, written one by one."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from automation.models import NoticeWishes
from automation.notices.choosing import ALL, Wish
from automation.notices.occasions import OCCASIONS, ORGANISATION, Audience, Channel, Occasion
from core.memo import remembered
from core.prepared import IDS, prepared


def wishes_of(people: Iterable[int]) -> dict[int, Wish]:
    """By the number of the person; who has said nothing is missing."""
    return {row.pk: _wish(row) for row in _rows_of({*people})}


@prepared(IDS)
def _rows_of(people: Collection[int]) -> QuerySet[NoticeWishes]:
    return NoticeWishes.objects.filter(pk__among=people)


def wish_of(user: User) -> Wish:
    return wishes_of([user.pk]).get(user.pk, Wish())


@remembered
def who_wants_more(occasion: str) -> set[int]:
    """Whoever may want to hear of an occasion although it is off for his relation."""
    more = Q(scope=ALL) | Q(choices__has_key=occasion)
    return set(NoticeWishes.objects.filter(more).values_list("pk", flat=True))


def save_wishes(
    user: User, *, scope: str, choices: Mapping[str, Mapping[str, bool]], muted: Iterable[int] | None = None
) -> None:
    """Keep what somebody wants. Where nothing is chosen it stays as administrators have it, also when they change it.

    An occasion that is not in `choices` stays as it was; so do the queues where `muted` is None.
    """
    with transaction.atomic():
        row = NoticeWishes.objects.select_for_update().filter(pk=user.pk).first() or NoticeWishes(pk=user.pk)
        row.scope = scope
        row.choices = {**row.choices, **choices}
        row.choices = {key: said for key, one in row.choices.items() if (said := _own(key, one))}
        row.muted = row.muted if muted is None else sorted(set(muted))
        row.save()


def stop_mails(user: User, occasion: str) -> None:
    """No more mail about this, by a link in one of them."""
    with transaction.atomic():
        row = NoticeWishes.objects.select_for_update().filter(pk=user.pk).first() or NoticeWishes(pk=user.pk)
        row.choices = {**row.choices, occasion: {**row.choices.get(occasion, {}), Channel.MAIL.value: False}}
        row.save()


def occasions_for(user: User) -> list[Occasion]:
    """What somebody may hear of at all: as an agent, as a customer, as one who sees the requests of colleagues."""
    shares = user.is_customer and user.memberships.filter(sees_all=True).exists()
    audiences = {Audience.AGENTS: user.is_agent, Audience.CUSTOMERS: user.is_customer}
    return [
        occasion
        for occasion in OCCASIONS.values()
        if audiences[occasion.audience] and (occasion.relations != [ORGANISATION] or shares)
    ]


def _own(key: str, said: Mapping[str, bool]) -> dict[str, bool]:
    occasion = OCCASIONS.get(key)
    return {name: on for name, on in said.items() if name in occasion.channels} if occasion else {}


def _wish(row: NoticeWishes) -> Wish:
    return Wish(row.scope, row.choices, frozenset(row.muted))
