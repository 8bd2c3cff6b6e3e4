"""Mail that waits for somebody: many at once, made into a ticket by hand, read again with the present parser."""

import io
import zipfile
from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.blobs import load
from core.text import normalise_address
from mail.addresses import is_address
from mail.addressing import address_for, is_ours
from mail.ledger import delete_incoming, discard_incoming, retry_incoming
from mail.models import Incoming
from mail.release import release_incoming
from mail.rereading import is_excerpt, put_right, reread
from web.common.access import administrator_required
from web.setup.forms.ledger import LedgerFilter, ReleaseForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt, done, form_page, page
from web.setup.sections import EMAIL
from web.setup.views.ledger import found, mark

# Messages at a time; for more one presses again.
MOST = 500
MOST_BYTES = 25_000_000

ACTIONS: dict[str, Callable[..., bool]] = {
    "retry": retry_incoming,
    "discard": discard_incoming,
    "delete": delete_incoming,
}


@require_POST
@administrator_required
def incoming_selected(request: HttpRequest) -> HttpResponse:
    """What was ticked, or everything that the filter shows, in one go: each message for itself."""
    rows, all_of_them = _chosen(request)
    action = request.POST.get("do", "")
    if not rows:
        messages.warning(request, _("Tick the messages first."))
    elif action == "download":
        return _download(request, rows)
    elif act := ACTIONS.get(action):
        number = sum(act(row, by=request.user) for row in rows)
        words = ngettext("Done with %(number)s message.", "Done with %(number)s messages.", number)
        more = _("There are more: press again for the next ones.") if all_of_them and len(rows) == MOST else ""
        messages.success(request, f"{words % {'number': number}} {more}".strip())
    else:
        raise BadRequest("No such action.")
    response = done(request, "setup:incoming_list")
    query = LedgerFilter(QueryDict(request.POST.get("query", ""))).query()
    name = "HX-Redirect" if request.htmx else "Location"
    response[name] = f"{response[name]}?{query}" if query else response[name]
    return response


@require_safe
@administrator_required
def incoming_reread(request: HttpRequest, pk: int) -> HttpResponse:
    """What the present parser reads in it, beside what was kept."""
    shown = _readable_one(request, pk)
    try:
        reading = reread(shown)
    except FileNotFoundError:
        raise Http404 from None
    may_put_right = _may_put_right(request, shown)
    return page(request, "email/reread", section=EMAIL, incoming=shown, reading=reading, may_put_right=may_put_right)


@require_POST
@administrator_required
def incoming_put_right(request: HttpRequest, pk: int) -> HttpResponse:
    """The message on the ticket gets what is read today; by who may write on it."""
    shown = _readable_one(request, pk)
    if not _may_put_right(request, shown):
        raise Http404
    try:
        changed = put_right(shown, by=request.user)
    except FileNotFoundError:
        raise Http404 from None
    if changed:
        messages.success(request, _("The message on the ticket now has what is read today."))
    else:
        messages.info(request, _("Nothing was changed: today the same is read."))
    return redirect("setup:incoming", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def incoming_release(request: HttpRequest, pk: int) -> HttpResponse:
    """A ticket of it, in a queue and for a customer that somebody chooses."""
    shown = _readable_one(request, pk)
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial=_meant(shown))
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        made: list[bool] = []

        def release() -> bool:
            article = release_incoming(shown, queue=chosen["queue"], customer=chosen["customer"], by=request.user)
            made.append(article is not None)
            return True

        if attempt(form, release):
            if made[-1]:
                messages.success(request, _("A ticket was made of the message."))
            else:
                messages.warning(request, _("This message is on a ticket already, or its source is gone."))
            return redirect("setup:incoming", pk)
    wrong = problems(form) if form.is_bound else []
    return form_page(request, "email/release", section=EMAIL, incoming=shown, form=form, problems=wrong)


def _meant(incoming: Incoming) -> dict[str, object]:
    """What the message itself says about queue and customer: the way it came in, its sender, its envelope."""
    account = incoming.account
    address = address_for(incoming.envelope_to)
    senders = (one for one in (incoming.sender, normalise_address(incoming.envelope_from)) if is_address(one))
    return {
        "queue": account.queue if account and account.queue else address.queue if address else None,
        "customer": next((one for one in senders if not is_ours(one)), ""),
    }


def _readable_one(request: HttpRequest, pk: int) -> Incoming:
    """With its bytes, for somebody who may read the ticket it is on."""
    shown = found(request, pk)
    if shown.is_hidden or not shown.has_raw:
        raise Http404
    return shown


def _may_put_right(request: HttpRequest, incoming: Incoming) -> bool:
    article = incoming.article
    return article is None or (not is_excerpt(article) and article.ticket.allows(request.user, "write"))


def _chosen(request: HttpRequest) -> tuple[Sequence[Incoming], bool]:
    """The rows, and whether they are all that a filter shows."""
    if request.POST.get("all"):
        wanted = LedgerFilter(QueryDict(request.POST.get("query", ""))).wanted
        if wanted.words:
            raise BadRequest("Words of a subject choose no messages.")
        rows = wanted.rows().filter(wanted.text).exclude(state=Incoming.State.TICKETED)
        return list(rows.order_by("-received_at", "-pk")[:MOST]), True
    numbers = [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(Incoming.objects.filter(pk__in=numbers[:MOST]).order_by("-pk")), False


def _download(request: HttpRequest, rows: Sequence[Incoming]) -> HttpResponse:
    """All in one file, whole and not streamed, so that no thread waits for a slow reader."""
    wanted = _readable(rows, request.user)
    if not wanted or sum(row.size for row in wanted) > MOST_BYTES:
        messages.warning(request, _("Choose fewer messages: together they are too large for one file."))
        return done(request, "setup:incoming_list")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in wanted:
            archive.writestr(f"incoming-{row.pk}.eml", load(row.digest))
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="incoming.zip")
    response["Cache-Control"] = "no-store"
    return response


def _readable(rows: Sequence[Incoming], user: User) -> list[Incoming]:
    rows = list(Incoming.objects.select_related("article__ticket").filter(pk__in=[row.pk for row in rows]))
    mark(rows, user)
    return [row for row in rows if row.has_raw and not row.is_hidden]
