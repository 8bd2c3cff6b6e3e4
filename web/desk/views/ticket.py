"""One ticket, to read: the conversation, what is new in it, its files, and the list beside it."""

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.pagination import page_of
from mail.models import Outgoing
from tickets.models import Article, Attachment, Ticket
from tickets.reading import mark_read
from tickets.scanning import look_up
from web.common.access import agent_required
from web.desk.answers import number_in, parts
from web.desk.deadlines import mark_of, with_deadlines
from web.desk.delivery import Delivery, delivery_of
from web.desk.neighbours import neighbours
from web.desk.page import conversation, head, wish_of
from web.desk.panel import panel_of
from web.desk.recent import remember_recent
from web.desk.tickets import article_or_404, ticket_or_404
from web.desk.timeline import MOST_PRINTED, around, everything_said, is_among_newest, timeline_of, whole_said

PAGE = 50
MOST_WAITING = 50
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Where nobody can write, nothing is offered that leads into the text.
WITHOUT_BOX = {"may_reply": False, "may_note": False}


@require_safe
@agent_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    found = ticket_or_404(request, number)
    remember_recent(request, found)
    return conversation(request, found)


@require_safe
@agent_required
def earlier(request: HttpRequest, number: str) -> HttpResponse:
    """The block before the one whose cursor is `?before=`, as a part; as a page the conversation up to there."""
    found = ticket_or_404(request, number)
    before, wish = request.GET.get("before", ""), wish_of(request)
    timeline = timeline_of(found, read_at=None, reader=request.user, cursor=before, wish=wish)
    context = head(found, request.user, tab="conversation") | {"timeline": timeline, "panel": None}
    if not request.htmx:
        context |= {"panel": panel_of(found, request.user), **WITHOUT_BOX}
    response = render(request, "desk/earlier.html" if request.htmx else "desk/earlier_page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """The lasting address of one message: the conversation around it."""
    found = article_or_404(request, pk)
    if is_among_newest(found):
        return redirect(f"{reverse('desk:ticket', args=[found.ticket.number])}?at={pk}#a-{pk}")
    whole = ticket_or_404(request, found.ticket.number)
    timeline = around(found, reader=request.user)
    context = head(whole, request.user, tab="conversation")
    context |= {"timeline": timeline, "panel": panel_of(whole, request.user), **WITHOUT_BOX}
    return render(request, "desk/earlier_page.html", context)


@require_safe
@agent_required
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """All words of a message of which its ticket shows the beginning: in their place, or as a page."""
    found = article_or_404(request, pk)
    context = {"said": whole_said(found, reader=request.user), "ticket": found.ticket, "section": "tickets"}
    response = render(request, f"desk/words.html{'#words' if request.htmx else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """All messages on one page, for paper; `?notes` adds the internal ones."""
    found = ticket_or_404(request, number)
    with_notes = "notes" in request.GET
    said = everything_said(found, reader=request.user, with_notes=with_notes)
    context = {"ticket": found, "said": said, "with_notes": with_notes, "section": "tickets"}
    context |= {"panel": panel_of(found, request.user), "most": MOST_PRINTED if len(said) >= MOST_PRINTED else 0}
    return render(request, "desk/paper.html", context)


@require_safe
@agent_required
def news(request: HttpRequest, number: str) -> HttpResponse:
    """Whatever the page does not show yet: `?shown=` is the version it shows, `?waiting=` messages not sent yet and
    files not checked yet, `?chip=` the mark of its deadline, which another calendar changes without an event."""
    found = ticket_or_404(request, number)
    waiting = request.GET.getlist("waiting")[:MOST_WAITING]
    settled, checked = _settled(found, waiting), _checked(found, waiting)
    is_news = found.version > (number_in(request, "shown") or 0) or settled or checked
    if not is_news and _shows_deadline(request, found):
        return HttpResponse(status=204)
    mark_read(found, by=request.user)
    return parts(request, found, deliveries=settled, checked=checked)


@require_safe
@agent_required
def files(request: HttpRequest, number: str) -> HttpResponse:
    found = ticket_or_404(request, number)
    after = request.GET.get("after", "")
    of_ticket = Attachment.objects.filter(article__ticket=found, is_inline=False)
    page = page_of(of_ticket.select_related("article__author"), order=("-id",), cursor=after, size=PAGE)
    look_up(page.rows)
    context = {"rows": page.rows, "next": f"?after={page.next}" if page.next else ""}
    return _tab(request, found, "files", context, part="more" if after else "")


@require_safe
@agent_required
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """The list the agent came from, with this ticket marked, and the tickets before and after it.

    Where the ticket is not in that list, its queue.
    """
    found = ticket_or_404(request, number)
    beside = neighbours(request, found)
    context = {
        "listing": beside.listing,
        "rows": with_deadlines(beside.rows),
        "number": number,
        "before": beside.before,
        "after": beside.after,
    }
    return render(request, "desk/pane.html", context)


def _tab(request: HttpRequest, found: Ticket, tab: str, context: dict, *, part: str) -> HttpResponse:
    if request.htmx and part:
        return render(request, f"desk/{tab}.html#{part}", context | {"ticket": found})
    context |= head(found, request.user, tab=tab) | {"panel": panel_of(found, request.user)}
    response = render(request, f"desk/{tab}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _shows_deadline(request: HttpRequest, found: Ticket) -> bool:
    with_deadlines([found])
    return request.GET.get("chip", "") == mark_of(found.deadline)


def _checked(found: Ticket, waiting: list[str]) -> list[Attachment]:
    """Of the files that the page shows as being checked, those of which more is known."""
    wanted = [UUID(one) for one in waiting if _UUID.fullmatch(one)]
    files = list(Attachment.objects.filter(article__ticket=found, uuid__in=wanted)) if wanted else []
    look_up(files)
    return [file for file in files if not file.verdict.is_awaited]


def _settled(found: Ticket, waiting: list[str]) -> list[Delivery]:
    """Of the messages that the page shows as waiting, those that wait no longer."""
    ids = [int(pk) for pk in waiting if pk.isdecimal() and len(pk) < 19]
    if not ids:
        return []
    articles = Article.objects.filter(pk__in=ids, ticket=found).select_related("outgoing", "author")
    settled = articles.exclude(outgoing__state=Outgoing.State.QUEUED, outgoing__last_error="")
    return [delivery for article in settled if (delivery := delivery_of(article))]
