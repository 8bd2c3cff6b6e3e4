"""The ledger: every message that came in, what became of it and why."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.pagination import page_of
from mail.ledger import discard_incoming, reason_shown, retry_incoming
from mail.models import Incoming
from tickets.models import Ticket
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.email_tabs import tabs
from web.setup.pages import listing, page
from web.setup.sections import EMAIL
from web.setup.states import INCOMING, choices
from web.setup.trace import in_words


@require_safe
@administrator_required
def incoming_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = Incoming.objects.select_related("article__ticket")
    if state in Incoming.State.values:
        rows = rows.filter(state=state)
    found = page_of(rows, order=("-pk",), cursor=request.GET.get("cursor", ""))
    _mark(found.rows, request.user)
    context = {"state": state, "states": choices(INCOMING)}
    return listing(request, "email/incoming", found, section=EMAIL, tabs=tabs("incoming_list"), **context)


@require_safe
@administrator_required
def incoming(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this message landed where it did."""
    shown = _found(request, pk)
    steps = in_words(shown)
    return page(request, "email/trace", section=EMAIL, incoming=shown, steps=steps)


@require_safe
@administrator_required
def incoming_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it came, as a download."""
    shown = _found(request, pk)
    if shown.is_hidden or not shown.digest:
        raise Http404
    return send_blob(shown.digest, content_type="message/rfc822", name=f"incoming-{shown.pk}.eml")


@require_POST
@administrator_required
def incoming_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if retry_incoming(get_object_or_404(Incoming, pk=pk), by=request.user):
        messages.success(request, _("The message is looked at again. Its page shows what comes of it."))
    else:
        messages.warning(request, _("This message is on a ticket already."))
    return redirect("setup:incoming", pk)


@require_POST
@administrator_required
def incoming_discard(request: HttpRequest, pk: int) -> HttpResponse:
    if discard_incoming(get_object_or_404(Incoming, pk=pk), by=request.user):
        messages.success(request, _("The message was set aside. It stays in the ledger and can be tried again."))
    else:
        messages.warning(request, _("This message is on a ticket already."))
    return redirect("setup:incoming", pk)


def _found(request: HttpRequest, pk: int) -> Incoming:
    shown = get_object_or_404(Incoming.objects.select_related("article__ticket", "account"), pk=pk)
    _mark([shown], request.user)
    return shown


def _mark(rows: Iterable[Incoming], user: User) -> None:
    """`is_hidden`: it is part of a ticket that this administrator may not see; then its words stay hidden too.
    `state_word` and `reason_words`: its state, and why it is no ticket, for people."""
    tickets = {row.article.ticket_id for row in rows if row.article_id}
    visible = set(Ticket.objects.allowing(user, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in rows:
        row.state_word = INCOMING.get(row.state, row.state)
        row.reason_words = reason_shown(row)
        row.is_hidden = row.article_id is not None and row.article.ticket_id not in visible
