"""The outbox: every message we sent or tried to, who got it and what it says."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.pagination import page_of
from mail.holding import in_words
from mail.models import Outgoing
from mail.plain_words import in_plain_words
from mail.resending import may_be_sent_again, release_outgoing, send_again
from mail.ways import is_anything_set_up
from tickets.models import Ticket
from tickets.scanning import give_out_message
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.email_tabs import tabs
from web.setup.forms.outbox import OutboxFilter
from web.setup.letter import read_letter
from web.setup.pages import listing, page
from web.setup.sections import EMAIL
from web.setup.states import OUTGOING, choices


@require_safe
@administrator_required
def outgoing_list(request: HttpRequest) -> HttpResponse:
    form = OutboxFilter(request.GET)
    found = page_of(form.rows(), order=("-created_at", "-pk"), cursor=request.GET.get("cursor", ""))
    _mark(found.rows, request.user)
    context = {"form": form, "state": form.state_chosen, "rest": form.rest(), "states": choices(OUTGOING)}
    context["leaves"] = is_anything_set_up()
    return listing(request, "email/outgoing", found, section=EMAIL, tabs=tabs("outgoing_list"), **context)


@require_safe
@administrator_required
def outgoing(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _found(request, pk)
    return page(
        request,
        "email/letter",
        section=EMAIL,
        outgoing=shown,
        letter=None if shown.is_hidden else read_letter(shown.digest),
        leaves=is_anything_set_up(),
        recipients=[(one, in_plain_words(one.get("delay") or one["answer"])) for one in shown.recipients],
        doubts=[in_words(doubt) for doubt in shown.doubts] if shown.state == Outgoing.State.HELD else [],
        again=may_be_sent_again(shown) and any(r["state"] in ("failed", "queued") for r in shown.recipients),
    )


@require_safe
@administrator_required
def outgoing_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it left, as a download."""
    shown = _found(request, pk)
    if shown.is_hidden:
        raise Http404
    give_out_message(shown.article)
    return send_blob(shown.digest, content_type="message/rfc822", name=f"outgoing-{shown.pk}.eml")


@require_POST
@administrator_required
def outgoing_again(request: HttpRequest, pk: int) -> HttpResponse:
    if send_again(get_object_or_404(Outgoing, pk=pk), by=request.user):
        messages.success(request, _("The message is on its way again."))
    else:
        messages.warning(request, _("There is nothing to send again."))
    return redirect("setup:outgoing", pk)


@require_POST
@administrator_required
def outgoing_anyway(request: HttpRequest, pk: int) -> HttpResponse:
    """A held message leaves although its recipients look unusual."""
    if release_outgoing(get_object_or_404(Outgoing, pk=pk), by=request.user):
        messages.success(request, _("Your message is on its way."))
    else:
        messages.warning(request, _("The message is not held back any more."))
    return redirect("setup:outgoing", pk)


def _found(request: HttpRequest, pk: int) -> Outgoing:
    shown = get_object_or_404(Outgoing.objects.select_related("ticket"), pk=pk)
    _mark([shown], request.user)
    return shown


def _mark(rows: Iterable[Outgoing], user: User) -> None:
    """`is_hidden`: it is part of a ticket that this administrator may not see; then its words stay hidden too.
    `state_word`: its state for people."""
    tickets = {row.ticket_id for row in rows}
    visible = set(Ticket.objects.allowing(user, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in rows:
        row.state_word = OUTGOING.get(row.state, row.state)
        row.is_hidden = row.ticket_id not in visible
