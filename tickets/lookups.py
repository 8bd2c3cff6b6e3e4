"""What names mean in a search, for one reader: rows that this reader may see, compared without regard to case."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import Organisation, User
from tickets import options
from tickets.models import Priority, Service, State, TicketType
from tickets.models.queue import SEPARATOR

# A name that so many people bear is no name; more would only make the query long.
MOST = 200


class ReadersNames:
    """The names that `user` may use (tickets/language): hidden queues do not exist (T48)."""

    def __init__(self, user: User):
        self.user = user

    def rows(self, field: str, text: str) -> Sequence[int]:
        """The ids meant by `text`. Raises `LookupError` when there is nothing of the name.

        Customers and organisations are never missing: an error would tell who is known here.
        """
        return _FIND[field](self.user, text.strip().casefold())


def _queues(user: User, text: str) -> list[int]:
    """A queue by its name or path, and everything below it."""
    readable = list(options.queues_to_read(user))
    tops = [q.path for q in readable if text in (q.name.casefold(), q.path.casefold())]
    below = tuple(f"{path}{SEPARATOR}" for path in tops)
    return _some(q.pk for q in readable if q.path in tops or q.path.startswith(below))


def _vocabulary(model: type[State | Priority | TicketType]) -> Callable[[User, str], list[int]]:
    """By the name that is stored or the one that is shown."""

    def find(_user: User, text: str) -> list[int]:
        return _some(
            row.pk for row in model.objects.all() if text in (row.name.casefold(), gettext(row.name).casefold())
        )

    return find


def _services(_user: User, text: str) -> list[int]:
    """A service by its name or path in any language, or all that lie in a topic."""
    rows = list(Service.objects.all())
    tops = [row.path for row in rows if text in {word.casefold() for word in (row.name, row.path, *row.names.values())}]
    below = tuple(f"{path}{SEPARATOR}" for path in tops)
    return _some(row.pk for row in rows if row.path in tops or row.path.startswith(below))


def _agents(_user: User, text: str) -> list[int]:
    named = Q(email__iexact=text) | Q(email__istartswith=f"{text}@") | Q(name__icontains=text)
    return _some(User.objects.filter(named, is_agent=True).values_list("pk", flat=True)[:MOST])


def _customers(_user: User, text: str) -> list[int]:
    named = Q(addresses__address__iexact=text) | Q(name__icontains=text)
    return list(User.objects.filter(named).values_list("pk", flat=True).distinct()[:MOST])


def _organisations(_user: User, text: str) -> list[int]:
    return list(Organisation.objects.filter(name__icontains=text).values_list("pk", flat=True)[:MOST])


def _some(found: Iterable[int]) -> list[int]:
    ids = list(found)
    if not ids:
        raise LookupError
    return ids


_FIND: Mapping[str, Callable[[User, str], list[int]]] = {
    "queue": _queues,
    "state": _vocabulary(State),
    "priority": _vocabulary(Priority),
    "type": _vocabulary(TicketType),
    "service": _services,
    "owner": _agents,
    "responsible": _agents,
    "watcher": _agents,
    "mentioned": _agents,
    "customer": _customers,
    "organisation": _organisations,
}
