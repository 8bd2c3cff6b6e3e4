"""What belongs to tickets, sent with them: as many queries for a page of tickets as for one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import ApiToken, User
from api.v1.access import articles_for, tickets_of
from api.v1.belonging import NEAR, LinkShape, read
from api.v1.effort import TimeEntryShape
from api.v1.levels.clocks import clocks_of
from api.v1.levels.shapes import ClockShape
from api.v1.people_shapes import OrganisationShape, PersonDetailShape, people_shown
from api.v1.shapes import ArticleShape, EventShape, PersonShape, QueueShape, TicketShape
from tickets.models import Article, Event, Link, Ticket, TimeEntry, Watcher
from tickets.rights import RIGHTS, rights_of

# Of what can be long, the latest so many are sent with a ticket, and pages are no longer than that.
MOST, LONGEST_PAGE = 50, 25
LATEST = f"The latest {MOST}, the oldest of them first."

Found = Mapping[int, Any]
Fetch = Callable[[Sequence[Ticket], User], Found]


class IncludedShape(serializers.Serializer):
    """What was asked for, each under its name."""

    articles = ArticleShape(many=True, required=False, help_text=f"{LATEST} Customers get what they may read.")
    clocks = ClockShape(many=True, required=False)
    customer = PersonDetailShape(required=False)
    history = EventShape(many=True, required=False, help_text=LATEST)
    links = LinkShape(many=True, required=False, help_text="To tickets that the token's person may read.")
    organisation = OrganisationShape(required=False, allow_null=True)
    queue = QueueShape(required=False)
    time = TimeEntryShape(many=True, required=False)
    watchers = PersonShape(many=True, required=False)

    def to_representation(self, found: Mapping[str, Any]) -> dict[str, Any]:
        shown = super().to_representation(found)
        return {name: shown[name] for name in found}


class TicketWithMoreShape(TicketShape):
    """A ticket, and with it what `include` asks for."""

    included = IncludedShape(required=False, help_text="Only where `include` asks for something.")


def _articles(tickets: Sequence[Ticket], reader: User) -> Found:
    mine = articles_for(reader).filter(ticket__in=tickets)
    rows = Article.objects.filter(pk__in=_latest(mine, "-created_at")).select_related("ticket", "author")
    return _by_ticket(rows.prefetch_related("attachments").order_by("created_at", "id"))


def _clocks(tickets: Sequence[Ticket], _reader: User) -> Found:
    return _by_ticket(clocks_of(tickets).order_by("id"))


def _customer(tickets: Sequence[Ticket], _reader: User) -> Found:
    people = people_shown().in_bulk({ticket.customer_id for ticket in tickets})
    return {ticket.pk: people[ticket.customer_id] for ticket in tickets}


def _history(tickets: Sequence[Ticket], _reader: User) -> Found:
    rows = Event.objects.filter(pk__in=_latest(Event.objects.filter(ticket__in=tickets)))
    return _by_ticket(rows.select_related("actor", "on_behalf_of", "article").order_by("id"))


def _links(tickets: Sequence[Ticket], reader: User) -> Found:
    seen = tickets_of(reader)
    near = Q(source__in=tickets, target__in=seen) | Q(target__in=tickets, source__in=seen)
    found: dict[int, list[Any]] = {ticket.pk: [] for ticket in tickets}
    by_pk = {ticket.pk: ticket for ticket in tickets}
    for link in Link.objects.filter(near).select_related(*NEAR).order_by("id"):
        for pk in (link.source_id, link.target_id):
            if pk in by_pk:
                found[pk].append(read(link, by_pk[pk]))
    return found


def _organisation(tickets: Sequence[Ticket], _reader: User) -> Found:
    return {ticket.pk: ticket.organisation for ticket in tickets}


def _queue(tickets: Sequence[Ticket], reader: User) -> Found:
    held = rights_of(reader)
    for ticket in tickets:
        ticket.queue.rights = [right for right in RIGHTS if held.covers(ticket.queue_id, right)]  # type: ignore[attr-defined]
    return {ticket.pk: ticket.queue for ticket in tickets}


def _time(tickets: Sequence[Ticket], _reader: User) -> Found:
    return _by_ticket(TimeEntry.objects.filter(ticket__in=tickets).select_related("user").order_by("id"))


def _watchers(tickets: Sequence[Ticket], _reader: User) -> Found:
    found = defaultdict(list)
    for watcher in Watcher.objects.filter(ticket__in=tickets).select_related("user").order_by("id"):
        found[watcher.ticket_id].append(watcher.user)
    return found


FETCHES: Mapping[str, Fetch] = {
    "articles": _articles,
    "clocks": _clocks,
    "customer": _customer,
    "history": _history,
    "links": _links,
    "organisation": _organisation,
    "queue": _queue,
    "time": _time,
    "watchers": _watchers,
}
ONE = ("customer", "organisation", "queue")
LONG = {"articles", "history"}
# What the part of people shows in full: tokens that do not open that get none of it here.
OF_PEOPLE = {"customer", "organisation"}
# What else the desk knows of a ticket is nothing for customers.
FOR_CUSTOMERS = ("articles",)
INCLUDE = OpenApiParameter(
    "include",
    {"type": "array", "items": {"type": "string", "enum": [*FETCHES]}},
    description="What is sent with it, with commas between: see `included`. With articles or history a page has "
    f"{LONGEST_PAGE} tickets at most. Customers can ask for their articles. "
    "`customer` and `organisation` need a token that opens people.",
    style="form",
    explode=False,
)


def wanted(text: str | None, reader: User, token: ApiToken) -> list[str]:
    """The names in `include`. One that is unknown is refused, and so is what the token does not open."""
    if text is None:
        return []
    known = FETCHES if reader.is_agent else FOR_CUSTOMERS
    names = list(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in known]:
        words = {"names": ", ".join(unknown), "known": ", ".join(known)}
        raise serializers.ValidationError(
            {"include": [_("This cannot be included: %(names)s. Known are: %(known)s.") % words]}
        )
    opens_people = not token.queues and (not token.areas or ApiToken.Area.PEOPLE in token.areas)
    if OF_PEOPLE & {*names} and not opens_people:
        raise PermissionDenied(_("This token does not open this part of the interface."))
    return names


def include(tickets: Sequence[Ticket], names: Iterable[str], reader: User) -> None:
    """Give each ticket its `included`; nothing when nothing is asked for."""
    found = {name: FETCHES[name](tickets, reader) for name in names}
    for ticket in tickets if found else ():
        ticket.included = {  # type: ignore[attr-defined]
            name: rows.get(ticket.pk, None if name in ONE else []) for name, rows in found.items()
        }


def _latest(rows: QuerySet, *order: str) -> list[int]:
    """The ids of the latest few rows of each ticket."""
    place = Window(RowNumber(), partition_by=F("ticket"), order_by=(*order, "-id"))
    return list(rows.order_by().annotate(place=place).filter(place__lte=MOST).values_list("pk", flat=True))


def _by_ticket(rows: Iterable[Any]) -> Found:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.ticket_id].append(row)
    return found
