"""Fetching through the right: what an agent may not see, or may not change, is not there."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core.prepared import IDS, prepared
from tickets.models import Article, Ticket
from tickets.rights import queues_for

SHOWN_WITH = (
    "queue__brand",
    "state",
    "priority",
    "type",
    "service",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "merged_into",
)


def ticket_or_404(request: HttpRequest, number: str, right: str = "read") -> Ticket:
    """The ticket with everything its page shows."""
    found = _with_number(number, queues_for(request.user, right))
    if not found:
        raise Http404
    return found[0]


@prepared(str, IDS)
def _with_number(number: str, queues: Collection[int]) -> QuerySet[Ticket]:
    return Ticket.objects.in_queues(queues).select_related(*SHOWN_WITH).filter(number=number)


def article_or_404(request: HttpRequest, pk: int, right: str = "read") -> Article:
    allowed = Ticket.objects.allowing(request.user, right)
    articles = Article.objects.select_related("ticket", "incoming", "outgoing")
    return get_object_or_404(articles, pk=pk, ticket__in=allowed)
