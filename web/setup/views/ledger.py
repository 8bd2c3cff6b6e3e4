"""The ledger: every message that came in, what became of it and why; what is decided about one of them."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from mail.finding import find
from mail.ledger import delete_incoming, discard_incoming, reason_shown, retry_incoming
from mail.mailboxes import mailbox_names
from mail.models import Incoming
from tickets.models import Ticket
from tickets.scanning import give_out_message
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.email_tabs import tabs
from web.setup.forms.ledger import LedgerFilter
from web.setup.journey import journey
from web.setup.pages import done, listing, page
from web.setup.sections import EMAIL
from web.setup.states import INCOMING, choices


@require_safe
@administrator_required
def incoming_list(request: HttpRequest) -> HttpResponse:
    form = LedgerFilter(request.GET)
    readable = Ticket.objects.allowing(request.user, "read")
    cursor = request.GET.get("cursor", "")
    found = find(form.wanted, readable=readable, before=_before(request), cursor=cursor)
    mark(found.page.rows, request.user)
    state = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "state": state,
        "states": choices(INCOMING),
        "rest": form.query(without=("state", "outcome")),
        "query": form.query(),
        "selects": state in (Incoming.State.QUARANTINED, Incoming.State.IGNORED),
        "looked_until": found.looked_until,
        "further": _further(request, found.looked_until),
    }
    return listing(request, "email/incoming", found.page, section=EMAIL, tabs=tabs("incoming_list"), **context)


@require_safe
@administrator_required
def incoming(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this message landed where it did."""
    shown = found(request, pk)
    mailbox = mailbox_names([shown.mailbox])[shown.mailbox]
    return page(request, "email/trace", section=EMAIL, incoming=shown, steps=journey(shown), mailbox=mailbox)


@require_safe
@administrator_required
def incoming_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it came, as a download."""
    shown = found(request, pk)
    if shown.is_hidden or not shown.has_raw:
        raise Http404
    give_out_message(shown.article)
    return send_blob(shown.digest, content_type="message/rfc822", name=f"incoming-{shown.pk}.eml")


@require_POST
@administrator_required
def incoming_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if retry_incoming(get_object_or_404(Incoming, pk=pk), by=request.user):
        messages.success(request, _("The message is looked at again. Its page shows what comes of it."))
    else:
        messages.warning(request, _("This message is on a ticket already, or its source is gone."))
    return done(request, "setup:incoming", pk)


@require_POST
@administrator_required
def incoming_discard(request: HttpRequest, pk: int) -> HttpResponse:
    if discard_incoming(get_object_or_404(Incoming, pk=pk), by=request.user):
        messages.success(request, _("The message was set aside. It stays in the ledger and can be tried again."))
    else:
        messages.warning(request, _("This message is on a ticket already, or its source is gone."))
    return done(request, "setup:incoming", pk)


@require_POST
@administrator_required
def incoming_delete(request: HttpRequest, pk: int) -> HttpResponse:
    if delete_incoming(get_object_or_404(Incoming, pk=pk), by=request.user):
        messages.success(request, _("The source of the message is deleted. Its line stays in the ledger."))
    else:
        messages.warning(request, _("This message is on a ticket already, or its source is gone."))
    return done(request, "setup:incoming", pk)


def found(request: HttpRequest, pk: int) -> Incoming:
    """The message, marked for this administrator, or 404."""
    shown = get_object_or_404(Incoming.objects.select_related("article__ticket__queue", "account"), pk=pk)
    mark([shown], request.user)
    return shown


def mark(rows: Iterable[Incoming], user: User) -> None:
    """`is_hidden`: it is part of a ticket that this administrator may not see; then its words stay hidden too.
    `state_word` and `reason_words`: its state, and why it is no ticket, for people. `has_raw`: its bytes are here."""
    tickets = {row.article.ticket_id for row in rows if row.article_id}
    visible = set(Ticket.objects.allowing(user, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in rows:
        row.state_word = INCOMING.get(row.state, row.state)
        row.reason_words = reason_shown(row)
        row.is_hidden = row.article_id is not None and row.article.ticket_id not in visible
        row.has_raw = bool(row.digest) and row.raw_removed_at is None


def _before(request: HttpRequest) -> datetime | None:
    """Where an earlier search stopped looking."""
    text = request.GET.get("before", "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("That is no moment.") from error
    if timezone.is_naive(at):
        raise BadRequest("That is no moment.")
    return at


def _further(request: HttpRequest, until: datetime | None) -> str:
    if until is None:
        return ""
    query: QueryDict = request.GET.copy()
    query.pop("cursor", None)
    query["before"] = until.isoformat()
    return f"?{query.urlencode()}"
