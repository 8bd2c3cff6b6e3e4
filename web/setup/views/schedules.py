"""Schedules: effects over a search at set times; written, tried, run now, and what their runs did."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation.models import Schedule
from automation.schedules import pause_schedule, remove_schedule, run_now, save_schedule
from web.common.access import administrator_required
from web.setup.admin_choices import AdminChoices
from web.setup.changes import history_of
from web.setup.effects_editor import drawn
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.schedule_page import SchedulePage
from web.setup.schedule_rows import latest_runs, rows
from web.setup.schedule_trials import Tried, refused, tried
from web.setup.sections import SCHEDULES


@require_safe
@administrator_required
def schedules(request: HttpRequest) -> HttpResponse:
    return page(request, "automation/schedules", section=SCHEDULES, rows=rows(AdminChoices(request.user)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def schedule_new(request: HttpRequest) -> HttpResponse:
    """`?copy=` begins with all of another one but its name. A new one is paused until somebody switches it on."""
    text = request.GET.get("copy", "")
    copied = Schedule.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if copied is None:
        return _edit(request, Schedule(is_active=False))
    copied.pk, copied.next_at, copied.is_active = None, None, False
    copied.name = _("%(name)s (copy)") % {"name": copied.name[:90]}
    return _edit(request, copied)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Schedule, pk=pk))


@require_POST
@administrator_required
def schedule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, or let it run again: times that have passed meanwhile are over."""
    one = get_object_or_404(Schedule, pk=pk)
    if request.POST.get("to") != "on":
        pause_schedule(one, by=request.user)
        messages.success(request, _("%(name)s is paused.") % {"name": one})
        return done(request, "setup:schedule", pk)
    one.is_active = True
    try:
        save_schedule(one, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s is active from now on.") % {"name": one})
    return done(request, "setup:schedule", pk)


@require_POST
@administrator_required
def schedule_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run it as it was saved last."""
    return _run(request, get_object_or_404(Schedule, pk=pk))


@require_POST
@administrator_required
def schedule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Schedule, pk=pk)
    name = one.name
    remove_schedule(one, by=request.user)
    messages.success(request, _("The schedule %(name)s is gone.") % {"name": name})
    return done(request, "setup:schedules")


def _edit(request: HttpRequest, one: Schedule) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row more or less; `preview` says with which tickets it would deal
    now. Neither keeps anything."""
    title, was_active = one.name if one.pk else "", one.is_active
    shown, trial = _page_of(request, one), Tried()
    is_valid = shown.form.is_bound and shown.is_valid()
    if "preview" in request.POST:
        trial = tried(one, reader=request.user) if is_valid else refused()
    elif is_valid and (also := _save(request, shown)) is not None:
        return _go_on(request, one, also)
    elif not title:
        one.pk = None  # a refused save has given it one
    context: dict[str, Any] = {
        "shown": shown,
        "form": shown.form,
        "schedule": one,
        "is_active": was_active,
        "pk": one.pk,
        "title": title,
        "is_new": one.pk is None,
        "editor": shown.editor,
        "top": shown.drawn_condition(),
        "fields": shown.choices.fields,
        "rows_url": f"{request.path}?draw=rows",
        "effects_url": f"{request.path}?draw=effects",
        "times_url": f"{request.path}?draw=times",
        "times": shown.next_times(),
        "problems": shown.problems() if shown.form.is_bound and "preview" not in request.POST else [],
        "history": history_of(one),
        "tried": trial,
        "runs": latest_runs(one) if one.pk else [],
        **standing(request, one, shown.form),
    }
    part = request.GET.get("draw", "") if request.htmx and request.method == "POST" else ""
    if part == "effects":
        return drawn(request, shown.editor, context["effects_url"])
    if part in ("rows", "times"):
        name = "_condition" if part == "rows" else "_times"
        response = render(request, f"setup/automation/{name}.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "automation/schedule", section=SCHEDULES, **context)


def _save(request: HttpRequest, shown: SchedulePage) -> str | None:
    """Save it, and switch it as the pressed button says; what else is wanted, None when it was refused."""
    one, also = shown.schedule, request.POST.get("also", "")
    was_active = one.is_active
    one.is_active = also == "on" or (one.is_active and also != "off")
    if attempt_on(one, request, shown.form, lambda: save_schedule(one, by=request.user)) is None:
        one.is_active = was_active
        return None
    said = _("%(name)s is active from now on.") if one.is_active and not was_active else _("Saved: %(name)s")
    said = _("%(name)s is saved and paused.") if was_active and not one.is_active else said
    messages.success(request, said % {"name": one})
    return also


def _go_on(request: HttpRequest, one: Schedule, also: str) -> HttpResponse:
    return _run(request, one) if also == "run" else redirect("setup:schedule", one.pk)


def _run(request: HttpRequest, one: Schedule) -> HttpResponse:
    try:
        run = run_now(one, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return done(request, "setup:schedule_runs", one.pk)
    return done(request, "setup:schedule_one_run", one.pk, run.pk)


def _page_of(request: HttpRequest, one: Schedule) -> SchedulePage:
    choices = AdminChoices(request.user)
    if request.method != "POST":
        return SchedulePage.of(one, choices)
    if "draw" in request.GET:
        return SchedulePage.typed(one, request.POST, choices)
    return SchedulePage.sent(one, request.POST, choices)
