"""What may be put into a text while it is written: templates and snippets, names of colleagues, quotes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.html import from_text
from core.text import clean_line, fold
from tickets.mentions import handle_of, mentionable
from tickets.models import ReplyTemplate, Snippet
from tickets.wordings import offers
from web.common.access import agent_required
from web.common.bodies import shown
from web.desk.knowledge.offers import found as articles_with
from web.desk.quoting import quote_of
from web.desk.tickets import article_or_404, ticket_or_404

MOST_PEOPLE = 8
# Shorter words are in nearly all articles.
SHORTEST = 3


@require_safe
@agent_required
def wordings(request: HttpRequest, number: str) -> HttpResponse:
    """Templates, snippets and articles with the words of `?q=`, each with what it would say; as a page, links that use
    one. Articles for agents alone are offered for notes only."""
    ticket = ticket_or_404(request, number, "note")
    is_note = request.GET.get("for") == "note"
    kinds = [Snippet] if is_note or not ticket.allows(request.user, "write") else [ReplyTemplate, Snippet]
    words = clean_line(request.GET.get("q", ""), 100)
    found = offers(request.user, ticket, words, kinds=kinds)
    rows = [{"offer": offer, "html": shown(offer.text)} for offer in found]
    articles = articles_with(ticket, request.user, words) if len(words) >= SHORTEST else []
    articles = [one for one in articles if is_note or one.may_be_sent]
    context = {"ticket": ticket, "offers": rows, "articles": articles, "words": words, "section": "tickets"}
    response = render(request, "desk/wordings.html#list" if request.htmx else "desk/wordings.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Colleagues who may read the ticket and whose name has the words of `?q=`."""
    ticket = ticket_or_404(request, number, "note")
    everybody = mentionable(ticket.queue)
    words = fold(clean_line(request.GET.get("q", ""), 100)).split()
    today = timezone.localdate()
    found = [
        {"person": person, "handle": handle_of(person, everybody), "is_away": person.is_away(today)}
        for person in everybody
        if person != request.user and all(word in fold(f"{person} {person.email}") for word in words)
    ]
    is_public = request.GET.get("for") != "note"
    context = {"people": found[:MOST_PEOPLE], "is_public": is_public, "words": " ".join(words)}
    return render(request, "desk/mentionable.html", context)


@require_safe
@agent_required
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """The new words of a message as they stand in an answer: as text, or with `?as=html` as HTML."""
    article = article_or_404(request, pk)
    if not article.ticket.allows(request.user, "note"):
        raise Http404
    text = quote_of(article)
    if request.GET.get("as") == "html":
        return HttpResponse(from_text(text))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
