"""What is done with the tickets selected in a list: each in a transaction of its own, each through its right."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tickets import vocabulary
from tickets.actions.progress import set_state
from tickets.actions.routing import assign
from tickets.models import StateType, Ticket
from tickets.reading import mark_read
from web.common.access import agent_required
from web.desk.lists import remembered

MOST = 500


@require_POST
@agent_required
def take(request: HttpRequest) -> HttpResponse:
    done = _each(request, "owner", lambda ticket: assign(ticket, request.user, by=request.user))
    return _answer(
        request, ngettext("%(number)s ticket is yours now.", "%(number)s tickets are yours now.", done), done
    )


@require_POST
@agent_required
def close(request: HttpRequest) -> HttpResponse:
    closed = vocabulary.first_state(StateType.CLOSED)
    done = _each(request, "write", lambda ticket: set_state(ticket, closed, by=request.user))
    return _answer(request, ngettext("%(number)s ticket is closed.", "%(number)s tickets are closed.", done), done)


def _each(request: HttpRequest, right: str, act: Callable[[Ticket], object]) -> int:
    """Open tickets only; whatever the agent may not do this with is left alone."""
    ids = [int(pk) for pk in request.POST.getlist("ticket")[:MOST] if pk.isdecimal() and len(pk) < 19]
    done = 0
    for ticket in Ticket.objects.allowing(request.user, right).open().filter(pk__in=ids).order_by("pk"):
        if act(ticket):
            done += 1
        ticket.refresh_from_db(fields=["changed_at"])
        mark_read(ticket, by=request.user)
    return done


def _answer(request: HttpRequest, text: str, done: int) -> HttpResponse:
    """The list asks what is new by itself after the event `tick`."""
    if not request.htmx:
        messages.success(request, text % {"number": done})
        return redirect(remembered(request).url)
    response = render(request, "desk/done.html", {"done": text % {"number": done}})
    response["HX-Trigger"] = "tick"
    return response
