"""One ticket, to read: the conversation, what is new in it, its history, its files, and the list beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.pagination import page_of
from mail.models import Outgoing
from tickets.models import Article, Attachment, Ticket
from tickets.reading import mark_read
from tickets.sentences import cause_of, icon_of, sentence_of
from web.common.access import agent_required
from web.desk.answers import number_in, parts
from web.desk.delivery import Delivery, delivery_of
from web.desk.lists import remembered
from web.desk.page import conversation, head
from web.desk.panel import panel_of
from web.desk.tickets import ticket_or_404
from web.desk.timeline import timeline_of

PANE_ROWS = 40
PAGE = 50
MESSAGES, CHANGES = "messages", "changes"


@require_safe
@agent_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    return conversation(request, ticket_or_404(request, number))


@require_safe
@agent_required
def earlier(request: HttpRequest, number: str) -> HttpResponse:
    """The block before the one whose cursor is `?before=`, as a part; as a page the conversation up to there."""
    found = ticket_or_404(request, number)
    timeline = timeline_of(found, read_at=None, reader=request.user, cursor=request.GET.get("before", ""))
    context = head(found, request.user, tab="conversation") | {"timeline": timeline, "panel": None}
    if not request.htmx:
        context["panel"] = panel_of(found, request.user)
    response = render(request, "desk/earlier.html" if request.htmx else "desk/earlier_page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def news(request: HttpRequest, number: str) -> HttpResponse:
    """Whatever the page does not show yet: `?shown=` is the version it shows, `?waiting=` messages not sent yet."""
    found = ticket_or_404(request, number)
    settled = _settled(found, request.GET.getlist("waiting"))
    if found.version <= (number_in(request, "shown") or 0) and not settled:
        return HttpResponse(status=204)
    mark_read(found, by=request.user)
    return parts(request, found, deliveries=settled)


@require_safe
@agent_required
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that ever happened, newest first; `?show=messages` or `?show=changes` narrows it."""
    found = ticket_or_404(request, number)
    show = request.GET.get("show", "")
    events = found.events.select_related("actor", "on_behalf_of", "article")
    if show == MESSAGES:
        events = events.filter(article__isnull=False)
    elif show == CHANGES:
        events = events.filter(article__isnull=True)
    after = request.GET.get("after", "")
    page = page_of(events, order=("-id",), cursor=after, size=PAGE)
    rows = [
        {"event": event, "text": sentence_of(event), "icon": icon_of(event), "cause": cause_of(event)}
        for event in page.rows
    ]
    context = {"rows": rows, "show": show, "next": f"?show={show}&after={page.next}" if page.next else ""}
    return _tab(request, found, "history", context, part="more" if after else "")


@require_safe
@agent_required
def files(request: HttpRequest, number: str) -> HttpResponse:
    found = ticket_or_404(request, number)
    after = request.GET.get("after", "")
    of_ticket = Attachment.objects.filter(article__ticket=found, is_inline=False)
    page = page_of(of_ticket.select_related("article__author"), order=("-id",), cursor=after, size=PAGE)
    context = {"rows": page.rows, "next": f"?after={page.next}" if page.next else ""}
    return _tab(request, found, "files", context, part="more" if after else "")


@require_safe
@agent_required
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """The list the agent came from, with this ticket marked, and the tickets before and after it."""
    found, listing = ticket_or_404(request, number), remembered(request)
    shown = Ticket.objects.for_list(request.user)
    rows = page_of(listing.tickets, order=listing.order, size=PANE_ROWS, shown=shown).rows
    at = next((index for index, row in enumerate(rows) if row.pk == found.pk), None)
    context = {
        "listing": listing,
        "rows": rows,
        "number": number,
        "before": rows[at - 1] if at else None,
        "after": rows[at + 1] if at is not None and at + 1 < len(rows) else None,
    }
    return render(request, "desk/pane.html", context)


def _tab(request: HttpRequest, found: Ticket, tab: str, context: dict, *, part: str) -> HttpResponse:
    if request.htmx and part:
        return render(request, f"desk/{tab}.html#{part}", context | {"ticket": found})
    context |= head(found, request.user, tab=tab) | {"panel": panel_of(found, request.user)}
    response = render(request, f"desk/{tab}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _settled(found: Ticket, waiting: list[str]) -> list[Delivery]:
    """Of the messages that the page shows as waiting, those that wait no longer."""
    ids = [int(pk) for pk in waiting[:50] if pk.isdecimal() and len(pk) < 19]
    if not ids:
        return []
    articles = Article.objects.filter(pk__in=ids, ticket=found).select_related("outgoing", "author")
    settled = articles.exclude(outgoing__state=Outgoing.State.QUEUED, outgoing__last_error="")
    return [delivery for article in settled if (delivery := delivery_of(article))]
