"""The runs of a schedule, and what became of each ticket of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from automation.models import Schedule, ScheduleItem, ScheduleRun
from automation.schedules import go_on, stop_run
from core.pagination import page_of
from web.common.access import administrator_required
from web.setup.pages import done, listing
from web.setup.schedule_rows import told_items, told_runs
from web.setup.sections import SCHEDULES

RUNS, ITEMS = 30, 50
FAILED = "failed"


@require_safe
@administrator_required
def schedule_runs(request: HttpRequest, pk: int) -> HttpResponse:
    """`?show=failed`: only those in which something was not possible."""
    one = get_object_or_404(Schedule, pk=pk)
    runs: QuerySet[ScheduleRun] = one.runs.select_related("asked_by")
    show = request.GET.get("show", "")
    if show == FAILED:
        runs = runs.filter(failed__gt=0) | runs.exclude(problem="") | runs.filter(parked_at__isnull=False)
    found = page_of(runs, order=("-id",), cursor=request.GET.get("cursor", ""), size=RUNS)
    context = {
        "schedule": one,
        "told": told_runs(found.rows),
        "tabs": _tabs(reverse("setup:schedule_runs", args=[pk]), show),
    }
    return listing(request, "automation/schedule_runs", found, section=SCHEDULES, **context)


@require_safe
@administrator_required
def schedule_one_run(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """`?show=failed` narrows it to the tickets with which it was not possible."""
    row, show = _run_or_404(pk, run), request.GET.get("show", "")
    items = row.items.select_related("ticket")
    if show == FAILED:
        items = items.filter(state=ScheduleItem.State.FAILED)
    found = page_of(items, order=("id",), cursor=request.GET.get("cursor", ""), size=ITEMS)
    (told,) = told_runs([row])
    context = {
        "schedule": row.schedule,
        "one": told,
        "items": told_items(found.rows, request.user),
        "tabs": _tabs(reverse("setup:schedule_one_run", args=[pk, run]), show),
    }
    return listing(request, "automation/schedule_run", found, section=SCHEDULES, **context)


@require_POST
@administrator_required
def schedule_run_stop(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    row = _run_or_404(pk, run)
    if stop_run(row, by=request.user):
        messages.success(request, _("No further ticket is touched."))
    else:
        messages.warning(request, _("The run is over already."))
    return done(request, "setup:schedule_one_run", pk, run)


@require_POST
@administrator_required
def schedule_run_again(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """A run that was given up goes on with the tickets that are left."""
    row = _run_or_404(pk, run)
    try:
        go_on(row)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return done(request, "setup:schedule_one_run", pk, run)


def _run_or_404(pk: int, run: int) -> ScheduleRun:
    return get_object_or_404(ScheduleRun.objects.select_related("schedule", "asked_by"), pk=run, schedule=pk)


def _tabs(url: str, show: str) -> list[dict[str, object]]:
    return [
        {"label": pgettext("runs", "All"), "url": url, "current": show != FAILED},
        {"label": _("With failures"), "url": f"{url}?show={FAILED}", "current": show == FAILED},
    ]
