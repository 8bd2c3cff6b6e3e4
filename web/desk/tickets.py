"""Fetching through the right: what an agent may not see, or may not change, is not there."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from tickets.models import Article, Ticket

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
    allowed = Ticket.objects.allowing(request.user, right)
    return get_object_or_404(allowed.select_related(*SHOWN_WITH), number=number)


def article_or_404(request: HttpRequest, pk: int, right: str = "read") -> Article:
    allowed = Ticket.objects.allowing(request.user, right)
    articles = Article.objects.select_related("ticket", "incoming", "outgoing")
    return get_object_or_404(articles, pk=pk, ticket__in=allowed)
