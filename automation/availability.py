"""Who takes tickets now: the agents' own switch, and what waits for somebody who is there again."""

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from automation.models import AgentProfile, Waiting
from core.work import wake
from tickets.rights import rights_of

# Of the tickets that wait so many are looked at when somebody has closed one, and when somebody comes back.
FEW, MANY = 5, 50


def resting_among(people: Iterable[User]) -> frozenset[int]:
    """Ids of those whose own switch says that they take nothing new; one query."""
    found = AgentProfile.objects.filter(user__in=people, is_available=False)
    return frozenset(found.values_list("user", flat=True))


def set_available(user: User, *, is_available: bool) -> None:
    """The agent takes new tickets from now on, or takes none."""
    profile, _is_new = AgentProfile.objects.get_or_create(user=user)
    if profile.is_available != is_available:
        profile.is_available = is_available
        profile.save(update_fields=["is_available"])
    if is_available:
        come_back(user)


def set_wishes(user: User, *, is_available: bool, when_away: str) -> None:
    """What agents say of themselves: whether they take tickets, and what becomes of theirs while they are away."""
    AgentProfile.objects.update_or_create(user=user, defaults={"when_away": when_away})
    set_available(user, is_available=is_available)


def come_back(user: User) -> None:
    """What waits for somebody is tried again, because this one is there."""
    _offer(user, MANY)


def offer_waiting_to(pk: int) -> None:
    """The same for somebody who has a ticket less; nothing is looked at while nothing waits."""
    if not Waiting.objects.unfinished().exists():
        return
    user = User.objects.agents().filter(pk=pk).first()
    if user is not None:
        _offer(user, FEW)


def _offer(user: User, number: int) -> None:
    """The most important first. The number of tries is also the fence of whoever is just trying in vain."""
    mine = Waiting.objects.unfinished().filter(ticket__queue__in=rights_of(user).queues["read"])
    chosen = list(mine.order_by("-ticket__priority__level", "since", "pk").values_list("pk", flat=True)[:number])
    again = {"due_at": timezone.now(), "leased_until": None, "attempts": F("attempts") + 1}
    Waiting.objects.filter(pk__in=chosen).update(**again)
    for waiting in Waiting.objects.filter(pk__in=chosen):
        wake(waiting)
