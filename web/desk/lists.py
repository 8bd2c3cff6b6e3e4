"""The lists of the desk (a view, a queue, a search): which tickets, under which address, and what an empty one says.

The list somebody looked at last is remembered in the session, so that the ticket page can show it beside the ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from core.prepared import prepared
from sla.queries import Due, due_in
from tickets.finding import find_best, words_in
from tickets.language import LanguageError
from tickets.language.reader import MAX_LENGTH
from tickets.models import Queue, SavedView, Ticket
from tickets.models.queue import SEPARATOR
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of
from tickets.saved import GROUPS, ORDERS, USUAL_COLUMNS, USUAL_ORDER, order_by, tickets_in_saved, views_for
from tickets.views import VIEW, View, tickets_in
from web.desk.emptiness import (
    EMPTY,
    EMPTY_CLOSED,
    EMPTY_QUEUE,
    EMPTY_SAVED,
    NOT_FOUND,
    NOT_SEARCHED,
    NOT_UNDERSTOOD,
    NOTHING_DUE,
    Nothing,
)

REMEMBERED = "desk_place"
ROWS = 50
# The order of a search: what has the words in its subject comes first (tickets/closeness.py).
BEST, BEST_FIRST = "best", ("-closeness", "-changed_at", "-id")
# The view of everything that is due, which can be narrowed to a time.
DEADLINES = "deadlines"


@dataclass(frozen=True)
class Listing:
    """A list of tickets. `key` finds it again: in the session, in the side panel, beside a ticket."""

    key: str
    title: str
    url: str
    tickets: TicketQuerySet
    nothing: Nothing
    order: tuple[str, ...] = order_by(USUAL_ORDER)
    # Keys of tickets/saved.py: what `order` is made of.
    sorted_by: str = USUAL_ORDER
    group_by: str = ""
    columns: Sequence[str] = USUAL_COLUMNS
    # Where to ask what is new; a search is not live.
    news_url: str = ""
    # What was typed into the search box, and the words of it that are marked where they stand.
    query: str = ""
    words: str = ""
    # Of the deadlines: only those of this time.
    due: str = ""
    # Why the query cannot be read.
    error: LanguageError | None = None
    queue: Queue | None = None
    is_closed: bool = False
    saved: SavedView | None = None
    # Whether it can be put into another order: where the list may be as long as the table it cannot.
    is_sortable: bool = True
    # A search that knows which tickets match best.
    is_ranked: bool = False

    @property
    def is_plain(self) -> bool:
        """Newest change first and no groups: what is new belongs at the top."""
        return self.sorted_by == USUAL_ORDER and not self.group_by


SEARCH = pgettext_lazy("list", "Search")


def view_listing(view: View, user: User, *, due: str = "") -> Listing:
    """`due`: of the deadlines only those of this time; unknown ones are as good as none."""
    if view.key == DEADLINES and due in Due.values:
        return _due_listing(view, user, Due(due))
    return Listing(
        key=f"view:{view.key}",
        title=str(view.title),
        url=reverse("desk:view", args=[view.key]),
        tickets=tickets_in(view, user),
        order=view.order,
        sorted_by="due" if view.order[0] == "due_at" else USUAL_ORDER,
        group_by="due" if view.order[0] == "due_at" else "",
        nothing=EMPTY.get(view.key, EMPTY_QUEUE),
        news_url=reverse("desk:view_news", args=[view.key]),
        # the trash is found by its state alone, so it is walked in the order of an index
        is_sortable=view.key not in ("closed", "trash"),
    )


def _due_listing(view: View, user: User, due: Due) -> Listing:
    listing, query = view_listing(view, user), {"due": due.value}
    return replace(
        listing,
        key=f"{listing.key}:{due}",
        title=str(due.label),
        url=with_query(listing.url, query),
        news_url=with_query(listing.news_url, query),
        tickets=due_in(listing.tickets, due, now()),
        nothing=NOTHING_DUE[due],
        group_by="",
        due=due.value,
    )


def saved_listing(view: SavedView, user: User) -> Listing:
    return Listing(
        key=f"saved:{view.pk}",
        title=view.name,
        url=reverse("desk:saved", args=[view.pk]),
        tickets=tickets_in_saved(view, user),
        order=order_by(view.order, view.group_by),
        sorted_by=view.order if view.order in ORDERS else USUAL_ORDER,
        group_by=view.group_by if view.group_by in GROUPS else "",
        columns=view.columns or USUAL_COLUMNS,
        nothing=EMPTY_SAVED,
        news_url=reverse("desk:saved_news", args=[view.pk]),
        words=words_in(view.condition),
        saved=view,
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
        tickets=(tickets.filter(closed_at__isnull=False).not_removed() if closed else tickets.open()).with_due_order(),
        nothing=EMPTY_CLOSED if closed else EMPTY_QUEUE,
        news_url=reverse("desk:queue_news", args=[queue.pk]) + query,
        queue=queue,
        is_closed=closed,
        is_sortable=not closed,
    )


def search_listing(query: str, user: User) -> Listing:
    """What the query finds; when it cannot be read, an empty list that says why."""
    query = query.strip()[:MAX_LENGTH]
    listing = Listing(
        key=f"search:{query}",
        title=_("Search for “%(words)s”") % {"words": query} if query else str(SEARCH),
        url=f"{reverse('desk:search')}?{urlencode({'q': query})}",
        tickets=Ticket.objects.none().with_due_order(),
        nothing=NOT_FOUND if query else NOT_SEARCHED,
        query=query,
    )
    if not query:
        return listing
    try:
        found = find_best(query, user)
    except LanguageError as error:
        return replace(listing, error=error, nothing=NOT_UNDERSTOOD)
    listing = replace(listing, tickets=found.tickets, words=found.words)
    return replace(listing, order=BEST_FIRST, sorted_by=BEST, is_ranked=True) if found.is_ranked else listing


def arranged(listing: Listing, sorted_by: str, group_by: str) -> Listing:
    """The same tickets in another order or in other groups, under an address that says so.

    What is empty or unknown stays as the list has it; "-" means no groups.
    """
    if not listing.is_sortable:
        return listing
    wanted = {
        "order": sorted_by if sorted_by in ORDERS and sorted_by != listing.sorted_by else "",
        "group": group_by if group_by in {*GROUPS, "-"} and group_by != (listing.group_by or "-") else "",
    }
    if not any(wanted.values()):
        return listing
    sorted_by = wanted["order"] or listing.sorted_by
    group_by = "" if wanted["group"] == "-" else wanted["group"] or listing.group_by
    if group_by and sorted_by == BEST:
        sorted_by = USUAL_ORDER
    query = {name: value for name, value in wanted.items() if value}
    return replace(
        listing,
        url=with_query(listing.url, query),
        news_url=with_query(listing.news_url, query) if listing.news_url else "",
        order=order_by(sorted_by, group_by),
        sorted_by=sorted_by,
        group_by=group_by,
    )


def with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url


def queue_of(user: User, pk: int) -> Queue | None:
    """The queue, when the agent may see its tickets."""
    if not rights_of(user).covers(pk, "read"):
        return None
    found = _queue(pk)
    return found[0] if found else None


@prepared(int)
def _queue(pk: int) -> QuerySet[Queue]:
    return Queue.objects.filter(pk=pk)


def remember(request: HttpRequest, listing: Listing) -> None:
    place = [listing.key, listing.sorted_by, listing.group_by or "-"]
    if request.session.get(REMEMBERED) != place:
        request.session[REMEMBERED] = place


def remembered(request: HttpRequest) -> Listing:
    """The list that was looked at last, when it is still there; else all open tickets."""
    key, sorted_by, group_by = request.session.get(REMEMBERED) or ("", "", "")
    found = listing_with_key(key, request.user)
    return arranged(found, sorted_by, group_by) if found else view_listing(VIEW["open"], request.user)


def listing_with_key(key: str, user: User) -> Listing | None:
    """None when there is no such list for `user` (any more)."""
    kind, _colon, rest = key.partition(":")
    view_key, _colon, due = rest.partition(":")
    if kind == "view" and view_key in VIEW:
        return view_listing(VIEW[view_key], user, due=due)
    if kind == "search" and rest:
        listing = search_listing(rest, user)
        return None if listing.error else listing
    if kind == "saved" and rest.isdecimal() and len(rest) < 19:
        view = views_for(user).filter(pk=int(rest)).first()
        return saved_listing(view, user) if view else None
    if kind == "queue":
        pk, _colon, closed = rest.partition(":")
        queue = queue_of(user, int(pk)) if pk.isdecimal() else None
        return queue_listing(queue, user, closed=bool(closed)) if queue else None
    return None
