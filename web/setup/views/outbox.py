"""The outbox: every message we sent or tried to, who got it and what it says."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.pagination import page_of
from mail.ledger import may_be_sent_again, send_again
from mail.models import Outgoing
from tickets.models import Ticket
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.email_tabs import tabs
from web.setup.letter import read_letter
from web.setup.pages import listing, page
from web.setup.sections import EMAIL
from web.setup.states import OUTGOING, choices


@require_safe
@administrator_required
def outgoing_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = Outgoing.objects.select_related("ticket")
    if state in Outgoing.State.values:
        rows = rows.filter(state=state)
    found = page_of(rows, order=("-pk",), cursor=request.GET.get("cursor", ""))
    _mark(found.rows, request.user)
    context = {"state": state, "states": choices(OUTGOING), "leaves": bool(settings.SMTP_URL)}
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
        leaves=bool(settings.SMTP_URL),
        again=may_be_sent_again(shown) and any(r["state"] != "sent" for r in shown.recipients),
    )


@require_safe
@administrator_required
def outgoing_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it left, as a download."""
    shown = _found(request, pk)
    if shown.is_hidden:
        raise Http404
    return send_blob(shown.digest, content_type="message/rfc822", name=f"outgoing-{shown.pk}.eml")


@require_POST
@administrator_required
def outgoing_again(request: HttpRequest, pk: int) -> HttpResponse:
    if send_again(get_object_or_404(Outgoing, pk=pk), by=request.user):
        messages.success(request, _("The message is on its way again."))
    else:
        messages.warning(request, _("There is nothing to send again."))
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
