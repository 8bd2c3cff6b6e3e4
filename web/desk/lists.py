"""The lists of the desk (a view, a queue, a search): which tickets, under which address, and what an empty one says.

The list somebody looked at last is remembered in the session, so that the ticket page can show it beside the ticket.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from tickets.models import Queue, Ticket
from tickets.models.queue import SEPARATOR
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of
from tickets.search import MAX_QUERY, search
from tickets.views import VIEW, View, tickets_in

REMEMBERED = "desk_list"
NEWEST = ("-changed_at", "-id")
ROWS = 50


@dataclass(frozen=True)
class Nothing:
    """What an empty list says: why it is empty, and what to do."""

    title: str | Promise
    text: str | Promise
    art: str = "done"


@dataclass(frozen=True)
class Listing:
    """A list of tickets. `key` finds it again: in the session, in the side panel, beside a ticket."""

    key: str
    title: str
    url: str
    tickets: TicketQuerySet
    nothing: Nothing
    order: tuple[str, ...] = NEWEST
    # Where to ask what is new; a search is not live.
    news_url: str = ""
    words: str = ""
    queue: Queue | None = None
    is_closed: bool = False


EMPTY = {
    "mine": Nothing(
        gettext_lazy("You have no open tickets"),
        gettext_lazy("Take one from the unassigned tickets, or enjoy the calm."),
    ),
    "open": Nothing(
        gettext_lazy("No open tickets"),
        gettext_lazy("Everything you may see is closed. New tickets appear here by themselves."),
    ),
    "unassigned": Nothing(
        gettext_lazy("Every ticket has somebody"), gettext_lazy("New tickets appear here until somebody takes them.")
    ),
    "new": Nothing(
        gettext_lazy("Nothing new"), gettext_lazy("Tickets nobody has looked after yet appear here by themselves.")
    ),
    "waiting": Nothing(
        gettext_lazy("Nothing is waiting"), gettext_lazy("Tickets that wait for an answer or a date appear here.")
    ),
    "closed": Nothing(
        gettext_lazy("Nothing was closed lately"), gettext_lazy("Tickets closed in the last 30 days appear here.")
    ),
}
EMPTY_QUEUE = Nothing(
    gettext_lazy("This queue is empty"), gettext_lazy("New tickets appear here by themselves, no need to reload.")
)
EMPTY_CLOSED = Nothing(
    gettext_lazy("No closed tickets"), gettext_lazy("Tickets of this queue appear here when they are closed.")
)
NOT_FOUND = Nothing(
    gettext_lazy("Nothing found"),
    gettext_lazy("No ticket you may see contains all these words. Try fewer words, or a ticket number."),
    art="search",
)
NOT_SEARCHED = Nothing(
    gettext_lazy("What are you looking for?"),
    gettext_lazy("Search for words in subjects, messages and names of files, or go straight to a ticket number."),
    art="search",
)
SEARCH = pgettext_lazy("list", "Search")


def view_listing(view: View, user: User) -> Listing:
    return Listing(
        key=f"view:{view.key}",
        title=str(view.title),
        url=reverse("desk:view", args=[view.key]),
        tickets=tickets_in(view, user),
        order=view.order,
        nothing=EMPTY.get(view.key, EMPTY_QUEUE),
        news_url=reverse("desk:view_news", args=[view.key]),
    )


def queue_listing(queue: Queue, user: User, *, closed: bool) -> Listing:
    """Tickets of the queue and of those queues below it that the agent may see."""
    query = "?closed=1" if closed else ""
    below = Queue.objects.filter(path__startswith=f"{queue.path}{SEPARATOR}").values_list("pk", flat=True)
    tickets = Ticket.objects.allowing(user, "read").filter(queue__in=[queue.pk, *below])
    return Listing(
        key=f"queue:{queue.pk}:closed" if closed else f"queue:{queue.pk}",
        title=queue.name,
        url=reverse("desk:queue", args=[queue.pk]) + query,
        tickets=tickets.filter(closed_at__isnull=not closed),
        nothing=EMPTY_CLOSED if closed else EMPTY_QUEUE,
        news_url=reverse("desk:queue_news", args=[queue.pk]) + query,
        queue=queue,
        is_closed=closed,
    )


def search_listing(words: str, user: User) -> Listing:
    words = words.strip()[:MAX_QUERY]
    return Listing(
        key=f"search:{words}",
        title=_("Search for “%(words)s”") % {"words": words} if words else str(SEARCH),
        url=f"{reverse('desk:search')}?{urlencode({'q': words})}",
        tickets=search(words, user) if words else Ticket.objects.none(),
        nothing=NOT_FOUND if words else NOT_SEARCHED,
        words=words,
    )


def queue_of(user: User, pk: int) -> Queue | None:
    """The queue, when the agent may see its tickets."""
    return Queue.objects.filter(pk=pk).first() if rights_of(user).covers(pk, "read") else None


def remember(request: HttpRequest, listing: Listing) -> None:
    if request.session.get(REMEMBERED) != listing.key:
        request.session[REMEMBERED] = listing.key


def remembered(request: HttpRequest) -> Listing:
    """The list that was looked at last, when it is still there; else all open tickets."""
    found = _listing(str(request.session.get(REMEMBERED, "")), request.user)
    return found or view_listing(VIEW["open"], request.user)


def _listing(key: str, user: User) -> Listing | None:
    kind, _colon, rest = key.partition(":")
    if kind == "view" and rest in VIEW:
        return view_listing(VIEW[rest], user)
    if kind == "search" and rest:
        return search_listing(rest, user)
    if kind == "queue":
        pk, _colon, closed = rest.partition(":")
        queue = queue_of(user, int(pk)) if pk.isdecimal() else None
        return queue_listing(queue, user, closed=bool(closed)) if queue else None
    return None
