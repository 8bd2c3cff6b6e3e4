"""Fetching through the right: what an agent may not see, or may not change, is not there."""

from django.http import Http404, HttpRequest

from tickets.models import Article, Ticket

SHOWN_WITH = (
    "queue",
    "state",
    "priority",
    "type",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "merged_into",
)


def ticket_or_404(request: HttpRequest, number: str, right: str = "read") -> Ticket:
    """The ticket with everything its page shows."""
    allowed = Ticket.objects.allowing(request.user, right)
    ticket = allowed.select_related(*SHOWN_WITH).filter(number=number).first()
    if ticket is None:
        raise Http404
    return ticket


def article_or_404(request: HttpRequest, pk: int) -> Article:
    allowed = Ticket.objects.allowing(request.user, "read")
    articles = Article.objects.select_related("ticket", "incoming", "outgoing")
    article = articles.filter(pk=pk, ticket__in=allowed).first()
    if article is None:
        raise Http404
    return article
