"""The outbox: every message we sent or tried to, who got it and what it says."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.pagination import page_of
from mail.holding import in_words
from mail.models import Outgoing
from mail.plain_words import in_plain_words
from mail.resending import may_be_sent_again, release_outgoing, send_again
from mail.waiting import trouble_of, waits_for_earlier
from mail.ways import is_anything_set_up
from mail.withdrawing import may_be_withdrawn, withdraw_outgoing
from tickets.models import Ticket
from tickets.scanning import give_out_message
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.email_tabs import tabs
from web.setup.forms.outbox import OutboxFilter
from web.setup.letter import read_letter
from web.setup.pages import done, listing, page
from web.setup.sections import EMAIL
from web.setup.states import OUTGOING, choices

# What can be done with many, by the state they are in.
ACTIONS: Mapping[str, Callable[..., bool]] = {
    "again": send_again,
    "anyway": release_outgoing,
    "withdraw": withdraw_outgoing,
}
OFFERED: Mapping[str, Sequence[str]] = {
    Outgoing.State.QUEUED: ("again", "withdraw"),
    Outgoing.State.HELD: ("anyway", "withdraw"),
    Outgoing.State.FAILED: ("again",),
    Outgoing.State.KEPT: ("again",),
}
# Messages at a time; for more one presses again.
MOST = 500
# Of those with which nothing was done so many are named.
NAMED = 20


@require_safe
@administrator_required
def outgoing_list(request: HttpRequest) -> HttpResponse:
    form = OutboxFilter(request.GET)
    found = page_of(form.rows(), order=("-created_at", "-pk"), cursor=request.GET.get("cursor", ""))
    _mark(found.rows, request.user)
    context = {"form": form, "state": form.state_chosen, "rest": form.rest(), "states": choices(OUTGOING)}
    context |= {"leaves": is_anything_set_up(), "query": form.query(), "offered": OFFERED.get(form.state_chosen, ())}
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
        may_withdraw=may_be_withdrawn(shown),
        waits_for_earlier=shown.state == Outgoing.State.QUEUED and waits_for_earlier(shown),
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


@require_POST
@administrator_required
def outgoing_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A message that nobody has got does not leave."""
    if withdraw_outgoing(get_object_or_404(Outgoing, pk=pk), by=request.user):
        messages.success(request, _("The message was taken back. It does not leave."))
    else:
        messages.warning(request, _("It is too late to take the message back, its email is on its way."))
    return done(request, "setup:outgoing", pk)


@require_POST
@administrator_required
def outgoing_selected(request: HttpRequest) -> HttpResponse:
    """What was ticked, or everything that the filter shows, in one go: each message for itself."""
    act = ACTIONS.get(request.POST.get("do", ""))
    if act is None:
        raise BadRequest("No such action.")
    form = OutboxFilter(QueryDict(request.POST.get("query", "")))
    all_of_them = bool(request.POST.get("all"))
    rows = list(_all(form) if all_of_them else _ticked(request))
    untouched = [row.pk for row in rows if not act(row, by=request.user)]
    _tell(request, len(rows) - len(untouched), untouched)
    if all_of_them and len(rows) == MOST:
        messages.info(request, _("There are more: press again for the next ones."))
    response = done(request, "setup:outgoing_list")
    name = "HX-Redirect" if request.htmx else "Location"
    response[name] = f"{response[name]}?{form.query()}" if form.query() else response[name]
    return response


def _all(form: OutboxFilter) -> Iterable[Outgoing]:
    """The oldest first: the order within a ticket."""
    if form.state_chosen not in OFFERED:
        raise BadRequest("Of all states at once nothing can be done with all.")
    return form.rows().order_by("pk")[:MOST]


def _ticked(request: HttpRequest) -> Iterable[Outgoing]:
    numbers = [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return Outgoing.objects.select_related("ticket").filter(pk__in=numbers[:MOST]).order_by("pk")


def _tell(request: HttpRequest, number: int, untouched: Sequence[int]) -> None:
    if not number and not untouched:
        messages.warning(request, _("Tick the messages first."))
    if number:
        words = ngettext("Done with %(number)s message.", "Done with %(number)s messages.", number)
        messages.success(request, words % {"number": number})
    if untouched:
        words = ngettext(
            "Nothing was done with %(number)s message, because it has left, is leaving or was settled: %(which)s",
            "Nothing was done with %(number)s messages, because they have left, are leaving or were settled: %(which)s",
            len(untouched),
        )
        which = ", ".join(str(pk) for pk in untouched[:NAMED]) + (", …" if len(untouched) > NAMED else "")
        messages.warning(request, words % {"number": len(untouched), "which": which})


def _found(request: HttpRequest, pk: int) -> Outgoing:
    shown = get_object_or_404(Outgoing.objects.select_related("ticket", "article"), pk=pk)
    _mark([shown], request.user)
    return shown


def _mark(rows: Iterable[Outgoing], user: User) -> None:
    """`is_hidden`: it is part of a ticket that this administrator may not see; then its words stay hidden too.
    `state_word`: its state for people; `trouble`: what went wrong with the last try, and when the next one comes."""
    tickets = {row.ticket_id for row in rows}
    visible = set(Ticket.objects.allowing(user, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in rows:
        row.state_word = OUTGOING.get(row.state, row.state)
        row.trouble = trouble_of(row)
        row.is_hidden = row.ticket_id not in visible
