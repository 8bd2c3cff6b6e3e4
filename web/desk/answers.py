"""What goes back after something was done: the changed parts for htmx, a redirect to the page otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from tickets.changes import Stale
from tickets.events import Refused
from tickets.models import Event, Ticket
from tickets.reading import mark_read
from tickets.undoing import can_be_undone
from web.common.toasts import Undo, say
from web.desk.lists import remembered
from web.desk.page import Shown, conflict_of, conversation, head
from web.desk.panel import panel_of
from web.desk.said import Said
from web.desk.tickets import SHOWN_WITH, ticket_or_404
from web.desk.timeline import since

# A form in a dialog carries it (web/desk/asking.py).
ASKED = "ask"


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number that a form or address carries; None when it is not there, 400 when it is something else."""
    text = request.POST.get(name) or request.GET.get(name) or ""
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(f"{name} is a number.")
    return int(text)


def change(request: HttpRequest, ticket: Ticket, act: Callable[[int | None], object], *, done: str) -> HttpResponse:
    """Call a verb with the version the person saw; answer with what has changed, or with who was faster (409)."""
    try:
        happened = act(number_in(request, "seen"))
    except Stale as stale:
        return was_faster(request, ticket, stale)
    except Refused as reason:
        return refused(request, ticket, str(reason))
    return went_well(request, ticket, done if happened else "", undo_url=undo_url(happened))


def undo_url(happened: object) -> str:
    """Where the change is taken back; empty where it cannot be."""
    if not isinstance(happened, Event) or not can_be_undone(happened):
        return ""
    return reverse("desk:undo", args=[happened.ticket.number, happened.pk])


def went_well(
    request: HttpRequest, ticket: Ticket, done: str, *, first: str = "", anchor: str = "", **more: Any
) -> HttpResponse:
    """`done` is the toast, without it nothing is said. `first` is a template for the element that asked, `anchor`
    where the page is opened without htmx.

    The agent may have moved the ticket out of his own sight: then he lands in the list he came from.
    """
    fresh = Ticket.objects.allowing(request.user, "read").select_related(*SHOWN_WITH).filter(pk=ticket.pk).first()
    if fresh is None:
        text = _("#%(number)s is now in a queue you may not see.") % {"number": ticket.number}
        messages.success(request, text)
        target = remembered(request).url
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    mark_read(fresh, by=request.user)
    if not request.htmx:
        if done:
            url = more.get("undo_url")
            say(request, done, undo=Undo(url, more.get("undo_seconds", 0)) if url else None)
        return redirect(f"{reverse('desk:ticket', args=[ticket.number])}{anchor}")
    return parts(request, fresh, done=done, first=first, **more)


def refused(request: HttpRequest, ticket: Ticket, reason: str) -> HttpResponse:
    """422: what was chosen cannot be; nothing has changed."""
    if request.htmx:
        return parts(request, ticket, status=422, refused=reason)
    messages.error(request, reason)
    return conversation(request, ticket, Shown(status=422))


def was_faster(request: HttpRequest, ticket: Ticket, stale: Stale) -> HttpResponse:
    """409 with what was changed meanwhile; the page shows the present values beside it."""
    fresh = ticket_or_404(request, ticket.number)
    if request.htmx:
        return parts(request, fresh, status=409, conflict=conflict_of(stale))
    return conversation(request, fresh, Shown(status=409, conflict=conflict_of(stale)))


def parts(request: HttpRequest, ticket: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    """Header, details and whatever the page does not show yet, each to its place."""
    shown = number_in(request, "shown")
    context = head(ticket, request.user, tab="conversation" if shown is not None else request.POST.get("tab", ""))
    items = since(ticket, shown, reader=request.user) if shown is not None else []
    context |= {
        "panel": panel_of(ticket, request.user),
        "items": items,
        "newest": max((item.article.pk for item in items if isinstance(item, Said)), default=None),
        **more,
    }
    response = render(request, "desk/parts.html", context, status=status)
    if ASKED in request.POST and status != 422:
        response["HX-Trigger"] = "close-dialog"
    patch_vary_headers(response, ["HX-Request"])
    return response
