"""Calendars: when teams work, drawn as a week; holidays; what uses them; how a target would run in them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.counting import capped, counts
from sla.arranging import Uses, remove_calendar, uses_of_calendars
from sla.configuring import save_calendar
from sla.hours import read
from sla.instants import zone_of
from sla.models import Calendar, Clock
from sla.preview import Preview, preview_calendar
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.following import progress_about, progress_of
from web.setup.forms.calendars import CalendarPage
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.past_tickets import Past, refused, told
from web.setup.sections import CALENDARS
from web.setup.trials import short_day, tried, untried
from web.setup.week import drawn, in_a_line

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# So many coming days off are shown.
COMING = 8


@require_safe
@administrator_required
def calendars(request: HttpRequest) -> HttpResponse:
    uses = uses_of_calendars()
    rows = [
        (calendar, in_a_line(read({"zone": calendar.zone, "hours": calendar.hours})), uses.get(calendar.pk, Uses()))
        for calendar in Calendar.objects.all()
    ]
    return page(request, "calendars/list", section=CALENDARS, rows=rows, progress=progress_of())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def calendar_new(request: HttpRequest) -> HttpResponse:
    """`?copy=` begins with the hours and days of another one."""
    text = request.GET.get("copy", "")
    copied = Calendar.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if copied is None:
        return _edit(request, Calendar(zone=timezone.get_current_timezone_name(), hours=OFFICE))
    copied.pk, copied.is_default = None, False
    copied.name = _("%(name)s (copy)") % {"name": copied.name[:90]}
    return _edit(request, copied)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Calendar, pk=pk))


@require_POST
@administrator_required
def calendar_remove(request: HttpRequest, pk: int) -> HttpResponse:
    removed = get_object_or_404(Calendar, pk=pk)
    name = removed.name
    try:
        remove_calendar(removed, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return done(request, "setup:calendar", pk)
    messages.success(request, _("The calendar %(name)s is gone.") % {"name": name})
    return done(request, "setup:calendars")


def _edit(request: HttpRequest, calendar: Calendar) -> HttpResponse:
    """A POST with `?draw` or `edit` draws the page as it is typed, with a row more or less; nothing is kept."""
    title, data = calendar.name if calendar.pk else "", request.POST
    usual = "redraw" if "draw" in request.GET else ""
    edit = data.get("edit", usual) if request.method == "POST" else None
    shown, past = _page_of(calendar, request, edit), Past()
    is_valid = request.method == "POST" and not edit and shown.is_valid()
    if "preview" in data:
        past = _past(request, shown) if is_valid else refused(data)
    elif is_valid:
        if attempt_on(calendar, request, shown.form, lambda: save_calendar(calendar, by=request.user)):
            messages.success(request, _("Saved: %(name)s") % {"name": calendar})
            return redirect("setup:calendar", calendar.pk)
        if not title:
            calendar.pk = None  # a refused save has given it one
    today = now().astimezone(zone_of(shown.hours({}).zone)).date()
    days = shown.single_days(range(today.year, today.year + 2))
    context: dict[str, Any] = {
        "shown": shown,
        "form": shown.form,
        "pk": calendar.pk,
        "draw_url": f"{request.path}?draw=1",
        "title": title,
        "is_new": calendar.pk is None,
        "week": drawn(shown.hours(days), now()),
        "coming": _coming(days, today),
        "trial": tried(shown, data) if edit == "try" else untried(shown),
        "uses": uses_of_calendars().get(calendar.pk, Uses()) if calendar.pk else Uses(),
        "note": _note(calendar),
        "problems": [*problems(shown.form), *shown.problems()] if shown.form.is_bound else [],
        "history": history_of(calendar),
        "progress": progress_about(title) if calendar.pk else None,
        "past": past,
        **standing(request, calendar, shown.form),
    }
    return form_page(request, "calendars/edit", section=CALENDARS, **context)


def _page_of(calendar: Calendar, request: HttpRequest, edit: str | None) -> CalendarPage:
    if edit is None:
        return CalendarPage.of(calendar)
    if not edit:
        return CalendarPage.sent(calendar, request.POST)
    shown = CalendarPage.typed(calendar, request.POST)
    shown.edit(edit)
    return shown


def _coming(days: Mapping[str, Any], today: date) -> list[tuple[str, Any]]:
    found = ((date.fromisoformat(day), facts) for day, facts in days.items())
    return [(short_day(day), facts) for day, facts in found if day >= today][:COMING]


def _past(request: HttpRequest, shown: CalendarPage) -> Past:
    def run(days: int) -> Preview:
        return preview_calendar(shown.form.instance, days=days)

    return told(request.POST, run, reader=request.user)


def _note(calendar: Calendar) -> str:
    """What saving means to the tickets that count by it now."""
    if calendar.pk is None:
        return ""
    going = Clock.objects.going().filter(calendar__calendar=calendar)
    number = counts(clocks=going)["clocks"]
    words = ngettext("%(number)s clock counts by it now.", "%(number)s clocks count by it now.", number)
    return words % capped(number)
