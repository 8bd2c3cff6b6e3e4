"""Service levels: in their order, with what they promise to which tickets, how many have them, and what a change of one
would have meant."""

from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import Max, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.counting import LIMIT, capped
from sla.arranging import move_policy
from sla.configuring import remove_policy, save_policy
from sla.hours import read
from sla.models import Policy, Target
from sla.preview import Preview, preview
from web.common.access import administrator_required
from web.common.condition_words import in_words
from web.setup.changes import history_of
from web.setup.following import progress_about, progress_in, progress_of
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.past_tickets import Past, refused, told
from web.setup.promises import promises_of
from web.setup.retiring import before_retiring
from web.setup.sections import SLAS
from web.setup.sla_conditions import SlaChoices, fitting_now
from web.setup.sla_page import SlaPage
from web.setup.week import drawn


@require_safe
@administrator_required
def slas(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def sla_new(request: HttpRequest) -> HttpResponse:
    """`?copy=` begins with all of another one but its name."""
    text = request.GET.get("copy", "")
    copied = Policy.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    last = Policy.objects.aggregate(last=Max("position"))["last"] or 0
    if copied is None:
        return _edit(request, Policy(position=last + 1), [])
    targets = list(copied.targets.select_related("calendar"))
    copied.pk, copied.position = None, last + 1
    copied.name = _("%(name)s (copy)") % {"name": copied.name[:90]}
    return _edit(request, copied, targets)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def sla(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(Policy, pk=pk)
    return _edit(request, policy, list(policy.targets.select_related("calendar")))


@require_POST
@administrator_required
def sla_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: the first that fits is taken."""
    moved = get_object_or_404(Policy, pk=pk)
    move_policy(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:slas")


@require_POST
@administrator_required
def sla_remove(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(Policy, pk=pk)
    name = policy.name
    try:
        remove_policy(policy, by=request.user)
    except ProtectedError:
        text = _("“%(name)s” has been promised or is named by a queue. Make it inactive instead.")
        messages.warning(request, text % {"name": name})
        return done(request, "setup:sla", pk)
    messages.success(request, _("The SLA %(name)s is gone.") % {"name": name})
    return done(request, "setup:slas")


@require_safe
@administrator_required
def sla_progress(request: HttpRequest) -> HttpResponse:
    """How far the clocks have followed, for the pages that ask until they have; `?row` is one duty."""
    row = request.GET.get("row", "")
    progress = progress_in(int(row)) if row.isdecimal() and len(row) < 19 else progress_of()
    return render(request, "setup/parts/following.html", {"progress": progress})


def _list(request: HttpRequest) -> HttpResponse:
    policies = list(Policy.objects.select_related("calendar").prefetch_related("targets__priority"))
    matching = [policy for policy in policies if policy.condition is not None]
    words = dict(zip(matching, in_words([p.condition for p in matching], SlaChoices(request.user)), strict=True))
    numbers = _open_tickets()
    rows = [
        (policy, words.get(policy, ""), promises_of(policy.targets.all()), numbers[policy.pk]) for policy in policies
    ]
    return page(request, "sla/list", section=SLAS, rows=rows, progress=progress_of())


def _edit(request: HttpRequest, policy: Policy, targets: list[Target]) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row of the condition more or less; `preview` tries it on the past.
    Neither keeps anything."""
    title, dependents = policy.name if policy.pk else "", []
    shown, past = _page_of(request, policy, targets), Past()
    is_valid = shown.form.is_bound and shown.is_valid()
    if "preview" in request.POST:
        past = _past(request, shown) if is_valid else refused(request.POST)
    elif is_valid:
        dependents = before_retiring(policy, shown.form, request)
        if not dependents and _save(request, shown):
            messages.success(request, _("Saved: %(name)s") % {"name": policy})
            return redirect("setup:sla", policy.pk)
        if not title:
            policy.pk = None  # a refused save has given it one
    calendar = shown.table.calendar_named(shown.form.calendar_id)
    number = _open_tickets().get(policy.pk) if policy.pk else None
    context: dict[str, Any] = {
        "shown": shown,
        "form": shown.form,
        "pk": policy.pk,
        "title": title,
        "is_new": policy.pk is None,
        "top": shown.drawn_condition(),
        "fields": shown.choices.fields,
        "rows_url": f"{request.path}?draw=rows",
        "targets_url": f"{request.path}?draw=targets",
        "calendar": calendar,
        "week": drawn(read({"zone": calendar.zone, "hours": calendar.hours}), now()) if calendar else None,
        "fitting": fitting_now(policy, shown.group, shown.choices) if not shown.form.is_bound else None,
        "facts": _have_it(number) if number else "",
        "dependents": dependents,
        "problems": shown.problems() if shown.form.is_bound else [],
        "history": history_of(policy),
        "progress": progress_about(title) if policy.pk else None,
        "past": past,
        **standing(request, policy, shown.form),
    }
    if request.htmx and request.GET.get("draw") == "rows":
        response = render(request, "setup/sla/edit.html#builder", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "sla/edit", section=SLAS, **context)


def _page_of(request: HttpRequest, policy: Policy, targets: list[Target]) -> SlaPage:
    choices = SlaChoices(request.user)
    if request.method != "POST":
        return SlaPage.of(policy, targets, choices)
    if "draw" not in request.GET:
        return SlaPage.sent(policy, targets, request.POST, choices)
    shown = SlaPage.typed(policy, targets, request.POST, choices)
    shown.edit(request.POST.get("edit", ""))
    return shown


def _save(request: HttpRequest, shown: SlaPage) -> Policy | None:
    policy = shown.policy
    return attempt_on(policy, request, shown.form, lambda: save_policy(policy, shown.targets(), by=request.user))


def _past(request: HttpRequest, shown: SlaPage) -> Past:
    def run(days: int) -> Preview:
        return preview(shown.policy, shown.targets(), days=days)

    return told(request.POST, run, reader=request.user)


def _have_it(number: str) -> str:
    counter = int(number) if number.isdecimal() else LIMIT
    words = ngettext("%(number)s open ticket has it now.", "%(number)s open tickets have it now.", counter)
    return words % {"number": number}


def _open_tickets() -> dict[int, str]:
    """How many open tickets have each SLA, counted no further than others are counted; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT policy.id, number FROM sla_policy AS policy, LATERAL (SELECT count(*) AS number FROM ("
            "SELECT 1 FROM sla_tickettargets AS targets JOIN tickets_ticket AS ticket ON ticket.id = targets.ticket_id "
            "WHERE targets.policy_id = policy.id AND ticket.closed_at IS NULL LIMIT %s) AS few) AS counted",
            [LIMIT],
        )
        return {pk: capped(number)["number"] for pk, number in cursor.fetchall()}
