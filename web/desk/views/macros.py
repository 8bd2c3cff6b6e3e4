"""Macros on a ticket: the menu with what each would do, running one, taking it back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from automation.macros import NotPossible, can_be_undone, run_macro, run_of, runnable_on
from automation.models import Macro
from tickets.changes import Stale
from tickets.models import Event, Ticket
from tickets.steps import Refused
from tickets.undoing import KINDS, undo_together
from web.common.access import agent_required
from web.common.toasts import Undo, say
from web.desk import answers
from web.desk.bulk_actions import reason
from web.desk.lists import remembered
from web.desk.macros import refusal_in_words, told_on
from web.desk.neighbours import neighbours
from web.desk.tickets import ticket_or_404


@require_safe
@agent_required
def macros(request: HttpRequest, number: str) -> HttpResponse:
    """The menu; as a page of its own without script."""
    ticket = ticket_or_404(request, number)
    context = {"ticket": ticket, "told": told_on(ticket, request.user), "section": "tickets"}
    response = render(request, f"desk/macros.html{'#told' if request.htmx else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@agent_required
def run(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """All of it or nothing: 422 with the effect that is not possible, 409 when somebody was faster."""
    ticket = ticket_or_404(request, number)
    macro = next((one for one in runnable_on(ticket, request.user) if one.pk == pk), None)
    if macro is None:
        raise Http404
    target = _afterwards(request, ticket, macro)
    try:
        events = run_macro(macro, ticket, by=request.user, seen=answers.number_in(request, "seen"))
    except Stale as stale:
        return answers.was_faster(request, ticket, stale)
    except NotPossible as refusal:
        return answers.refused(request, ticket, refusal_in_words(refusal))
    except Refused as refusal:
        return answers.refused(request, ticket, reason(refusal.code))
    done = _("Done: %(name)s") % {"name": macro.name} if events else _("There was nothing to change.")
    undo_url = _undo_url(ticket, events)
    if not target:
        return answers.went_well(request, ticket, done, undo_url=undo_url)
    say(request, done, undo=Undo(undo_url) if undo_url else None)
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


@require_POST
@agent_required
def undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Of the agent's own runs only; what was written stays. 409 when somebody has changed the same since."""
    ticket = ticket_or_404(request, number)
    event = get_object_or_404(ticket.events.filter(actor=request.user, cause_kind="macro"), pk=pk)
    events = run_of(event)
    try:
        happened = undo_together(events, by=request.user)
    except Stale as stale:
        return answers.was_faster(request, ticket, stale)
    except Refused as refused:
        return answers.refused(request, ticket, reason(refused.code))
    stays = any(one.kind not in KINDS for one in events)
    done = _("What could be undone is undone. What was written stays.") if stays else _("The change is undone.")
    return answers.went_well(request, ticket, done if happened else "")


def _afterwards(request: HttpRequest, ticket: Ticket, macro: Macro) -> str:
    """Where the agent goes; empty where he stays. The next ticket is known only before this one leaves the list."""
    if macro.then == Macro.Then.STAY:
        return ""
    following = neighbours(request, ticket).after if macro.then == Macro.Then.NEXT else None
    return reverse("desk:ticket", args=[following.number]) if following else remembered(request).url


def _undo_url(ticket: Ticket, events: list[Event]) -> str:
    if not events or not can_be_undone(run_of(events[-1])):
        return ""
    return reverse("desk:macro_undo", args=[ticket.number, events[-1].pk])
