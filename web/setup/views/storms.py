"""Storms of mail: what is kept back, and the decision about all of it at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.counting import capped, counts
from core.pagination import page_of
from mail.models import Storm
from mail.storms import came_of, drop, held_by, release
from tickets.models import Ticket
from web.common.access import administrator_required
from web.setup.email_tabs import tabs
from web.setup.pages import listing, page
from web.setup.sections import EMAIL
from web.setup.states import STORMS

SHOWN = 50


@require_safe
@administrator_required
def storms(request: HttpRequest) -> HttpResponse:
    found = page_of(Storm.objects.all(), order=("-pk",), cursor=request.GET.get("cursor", ""))
    for row in found.rows:
        row.state_word = STORMS.get(row.state, row.state)
    return listing(request, "email/storms", found, section=EMAIL, tabs=tabs("storms"))


@require_safe
@administrator_required
def storm(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Storm.objects.select_related("ticket"), pk=pk)
    shown.state_word = STORMS.get(shown.state, shown.state)
    readable = Ticket.objects.allowing(request.user, "read").filter(pk=shown.ticket_id).exists()
    rows = list(held_by(shown).order_by("pk")[:SHOWN])
    found = counts(held=held_by(shown), **came_of(shown))
    numbers = {name: capped(number)["number"] for name, number in found.items()}
    context = {"storm": shown, "messages_held": rows, "numbers": numbers, "readable": readable}
    return page(request, "email/storm", section=EMAIL, is_decided=shown.state in DECIDED, **context)


@require_POST
@administrator_required
def storm_release(request: HttpRequest, pk: int) -> HttpResponse:
    if release(get_object_or_404(Storm, pk=pk), by=request.user):
        messages.success(request, _("Its messages become tickets now."))
    else:
        messages.warning(request, _("Somebody has decided already."))
    return redirect("setup:storm", pk)


@require_POST
@administrator_required
def storm_drop(request: HttpRequest, pk: int) -> HttpResponse:
    if drop(get_object_or_404(Storm, pk=pk), by=request.user):
        messages.success(request, _("Its messages are dropped. They stay in the ledger."))
    else:
        messages.warning(request, _("Somebody has decided already."))
    return redirect("setup:storm", pk)


DECIDED = (Storm.State.RELEASED, Storm.State.DROPPED)
