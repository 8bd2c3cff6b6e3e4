"""Dashboards: looked at, as a wallboard too, and changed by whoever they belong to."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from reports.models import Dashboard, Display, Widget
from reports.questions import PERIODS
from reports.ready import ready_dashboards, ready_reports
from reports.saved import (
    add_widget,
    change_widget,
    copy_ready_dashboard,
    dashboards_for,
    move_widget,
    put_first,
    remove_dashboard,
    remove_widget,
    reports_for,
    save_dashboard,
)
from web.common.access import agent_required
from web.common.toasts import say
from web.desk.answers import number_in
from web.desk.forms.reports import DashboardForm
from web.desk.reports.page import page, ready_or_404
from web.desk.reports.tiles import Tile, Wish, tiles_of, tiles_of_ready, wish_of, with_missed

ask_or_change = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@agent_required
def ready(request: HttpRequest, key: str) -> HttpResponse:
    found = ready_dashboards(request.user).get(key)
    if found is None:
        raise Http404
    wish = wish_of(request.GET, request.user)
    return _shown(request, found.label, tiles_of_ready(found, request.user, wish), wish, key=key)


@require_safe
@agent_required
def dashboard(request: HttpRequest, pk: int) -> HttpResponse:
    """`?change=1` with what changes it, for its owner; `?wall=1` for a screen on the wall."""
    found = get_object_or_404(dashboards_for(request.user), pk=pk)
    is_own = found.owner_id == request.user.pk
    more = _changing(request) if is_own and "change" in request.GET else {}
    return _dashboard(request, found, is_own=is_own, **more)


@ask_or_change
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, Dashboard(owner=request.user))


@ask_or_change
@agent_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, _own_or_404(request, pk))


@require_POST
@agent_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_or_404(request, pk)
    remove_dashboard(found, by=request.user)
    messages.success(request, _("The dashboard “%(name)s” is gone.") % {"name": found.name})
    return redirect("desk:reports")


@require_POST
@agent_required
def first(request: HttpRequest, pk: int) -> HttpResponse:
    """It opens before all others."""
    found = _own_or_404(request, pk)
    put_first(found, by=request.user)
    say(request, _("“%(name)s” is your first dashboard now.") % {"name": found.name})
    return redirect("desk:dashboard", found.pk)


@require_POST
@agent_required
def copy(request: HttpRequest, key: str) -> HttpResponse:
    """One that is ready as one's own, to be changed."""
    if key not in ready_dashboards(request.user):
        raise Http404
    try:
        return _changed(request, copy_ready_dashboard(key, by=request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("desk:dashboard_ready", key)


@require_POST
@agent_required
def widget_add(request: HttpRequest, pk: int) -> HttpResponse:
    """`what` is the id of a report, or the key of one that is ready."""
    found, what = _own_or_404(request, pk), request.POST.get("what", "")
    if what.isdecimal() and len(what) < 19:
        report = get_object_or_404(reports_for(request.user), pk=int(what))
        display, chosen = report.display, {"report": report}
    else:
        display, chosen = ready_or_404(what).display, {"ready": what}
    width = Widget.Width.QUARTER if display == Display.NUMBER else Widget.Width.HALF
    try:
        add_widget(found, **chosen, display=display, width=width, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _changed(request, found)


@require_POST
@agent_required
def widget_change(request: HttpRequest, pk: int) -> HttpResponse:
    """How wide, and what it is drawn as."""
    found, width = _own_widget_or_404(request, pk), number_in(request, "width")
    display = request.POST.get("display", found.display)
    if width not in Widget.Width.values or display not in Display.values:
        raise Http404
    change_widget(found, display=display, width=width, by=request.user)
    return _changed(request, found.dashboard)


@require_POST
@agent_required
def widget_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place earlier or later."""
    found = _own_widget_or_404(request, pk)
    order = list(found.dashboard.widgets.values_list("pk", flat=True))
    to = order.index(found.pk) + (-1 if request.POST.get("to") == "earlier" else 1)
    if 0 <= to < len(order):
        move_widget(found, to=to, by=request.user)
    return _changed(request, found.dashboard)


@require_POST
@agent_required
def widget_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_widget_or_404(request, pk)
    remove_widget(found, by=request.user)
    return _changed(request, found.dashboard)


def _dashboard(request: HttpRequest, found: Dashboard, **context: Any) -> HttpResponse:
    wish = wish_of(request.GET, request.user)
    tiles = tiles_of(found, request.user, wish)
    if "is_changed" in context:
        tiles = with_missed(tiles, found)
    return _shown(request, found.name, tiles, wish, dashboard=found, **context)


def _shown(request: HttpRequest, title: str | Promise, tiles: list[Tile], wish: Wish, **context: Any) -> HttpResponse:
    template = "wallboard" if "wall" in request.GET else "dashboard"
    context |= {"title": title, "tiles": tiles, "wish": wish, "periods": PERIODS.items(), "made_at": now()}
    return page(request, template, part="news", refresh=request.get_full_path(), **context)


def _changing(request: HttpRequest) -> dict[str, Any]:
    """What can be put on it, and how."""
    return {
        "is_changed": True,
        "ready": ready_reports().items(),
        "reports": reports_for(request.user),
        "widths": Widget.Width.choices,
        "displays": Display.choices,
    }


def _changed(request: HttpRequest, dashboard: Dashboard) -> HttpResponse:
    """The widgets as they are now, or the page on which they are changed."""
    if request.htmx:
        return _dashboard(request, dashboard, is_own=True, **_changing(request))
    response = redirect("desk:dashboard", dashboard.pk)
    response["Location"] += "?change=1"
    return response


def _own_or_404(request: HttpRequest, pk: int) -> Dashboard:
    return get_object_or_404(dashboards_for(request.user).filter(owner=request.user), pk=pk)


def _own_widget_or_404(request: HttpRequest, pk: int) -> Widget:
    return get_object_or_404(Widget.objects.select_related("dashboard"), pk=pk, dashboard__owner=request.user)


def _form(request: HttpRequest, found: Dashboard) -> HttpResponse:
    name = found.name
    form = DashboardForm(request.POST if request.method == "POST" else None, instance=found, agent=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_dashboard(form.instance, roles=form.cleaned_data["roles"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("desk:dashboard", saved.pk) if name else _changed(request, saved)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return page(request, "dashboard_form", form=form, dashboard=found, title=name, status=status)
