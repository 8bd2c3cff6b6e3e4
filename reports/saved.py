"""Reports and dashboards that people keep: who sees which, and what happens to them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.text import clean_line
from reports.models import Dashboard, Report, Widget
from reports.questions import QuestionError, read, written
from reports.ready import ready_dashboards, ready_reports

MOST = 100
MOST_WIDGETS = 24


def reports_for(user: User) -> QuerySet[Report]:
    """The person's own reports, and those shared with one of their roles."""
    shared = Report.roles.through.objects.filter(group__in=user.groups.all()).values("report")
    return Report.objects.filter(Q(owner=user) | Q(pk__in=shared)).select_related("owner")


def dashboards_for(user: User) -> QuerySet[Dashboard]:
    """The person's own dashboards, and those shared with one of their roles; the first one first."""
    shared = Dashboard.roles.through.objects.filter(group__in=user.groups.all()).values("dashboard")
    return Dashboard.objects.filter(Q(owner=user) | Q(pk__in=shared)).select_related("owner")


def widgets_of(dashboard: Dashboard, user: User) -> list[Widget]:
    """In their order. A report that was shared with the owner alone is not shown to others by its dashboard."""
    widgets = dashboard.widgets.select_related("report")
    return list(widgets.filter(Q(report__isnull=True) | Q(report__in=reports_for(user).values("pk"))))


def save_report(report: Report, *, roles: Sequence[Group], by: User) -> Report:
    """Keep a new or changed report of `by`. It can be shared with roles that `by` has; administrators with any.

    Raises `ValidationError`.
    """
    _require_owner(report, by)
    report.owner, report.name = by, clean_line(report.name, 80)
    report.description = clean_line(report.description, 300)
    try:
        report.question = written(read(report.question, by))
    except QuestionError as error:
        raise ValidationError({"question": str(error)}) from error
    _check_name(report, Report.objects.filter(owner=by))
    with transaction.atomic():
        report.save()
        _share(report, roles, by)
    return report


def remove_report(report: Report, *, by: User) -> None:
    """Also from dashboards, and nobody gets it by mail any more. Raises `ValidationError`."""
    _require_owner(report, by)
    report.delete()


def save_dashboard(dashboard: Dashboard, *, roles: Sequence[Group], by: User) -> Dashboard:
    """Like `save_report`."""
    _require_owner(dashboard, by)
    dashboard.owner, dashboard.name = by, clean_line(dashboard.name, 80)
    _check_name(dashboard, Dashboard.objects.filter(owner=by))
    with transaction.atomic():
        dashboard.save()
        _share(dashboard, roles, by)
    return dashboard


def remove_dashboard(dashboard: Dashboard, *, by: User) -> None:
    _require_owner(dashboard, by)
    dashboard.delete()


def put_first(dashboard: Dashboard, *, by: User) -> None:
    """What `by` sees first from now on. Raises `ValidationError`."""
    _require_owner(dashboard, by)
    with transaction.atomic():
        Dashboard.objects.filter(owner=by, is_first=True).update(is_first=False)
        Dashboard.objects.filter(pk=dashboard.pk).update(is_first=True)
    dashboard.is_first = True


def copy_ready_dashboard(key: str, *, by: User) -> Dashboard:
    """One that is ready as one's own, to be changed. Raises `ValidationError` for a key that is none."""
    ready = ready_dashboards(by).get(key)
    if ready is None:
        raise ValidationError(_("There is no such dashboard."))
    with transaction.atomic():
        name = _free_name(str(ready.label), Dashboard.objects.filter(owner=by))
        dashboard = save_dashboard(Dashboard(name=name), roles=(), by=by)
        Widget.objects.bulk_create(
            Widget(dashboard=dashboard, ready=each.ready, display=each.display, width=each.width, position=position)
            for position, each in enumerate(ready.widgets)
        )
    return dashboard


def add_widget(
    dashboard: Dashboard, *, report: Report | None = None, ready: str = "", display: str, width: int, by: User
) -> Widget:
    """Put a report, or one that is ready, at the end. Raises `ValidationError`."""
    with _changed(dashboard, by) as widgets:
        if len(widgets) >= MOST_WIDGETS:
            raise ValidationError(_("A dashboard takes at most %(number)s reports.") % {"number": MOST_WIDGETS})
        if report is not None and not reports_for(by).filter(pk=report.pk).exists():
            raise ValidationError(_("There is no such report."))
        if report is None and ready not in ready_reports():
            raise ValidationError(_("There is no such report."))
        ready = "" if report else ready
        widget = Widget(dashboard=dashboard, report=report, ready=ready, display=display, width=width)
        widget.position = widgets[-1].position + 1 if widgets else 0
        widget.full_clean()
        widget.save()
        return widget


def change_widget(widget: Widget, *, display: str, width: int, by: User) -> Widget:
    with _changed(widget.dashboard, by):
        widget.display, widget.width = display, width
        widget.full_clean()
        widget.save(update_fields=["display", "width"])
    return widget


def move_widget(widget: Widget, *, to: int, by: User) -> None:
    """To this place among the others, 0 for the first."""
    with _changed(widget.dashboard, by) as widgets:
        others = [each for each in widgets if each.pk != widget.pk]
        others.insert(max(0, min(to, len(others))), widget)
        for position, each in enumerate(others):
            each.position = position
        Widget.objects.bulk_update(others, ["position"])


def remove_widget(widget: Widget, *, by: User) -> None:
    with _changed(widget.dashboard, by):
        widget.delete()


@contextmanager
def _changed(dashboard: Dashboard, by: User) -> Iterator[list[Widget]]:
    """The widgets of a dashboard that nobody else changes meanwhile."""
    _require_owner(dashboard, by)
    with transaction.atomic():
        Dashboard.objects.select_for_update(of=("self",), no_key=True).get(pk=dashboard.pk)
        yield list(dashboard.widgets.all())


def _require_owner(row: Report | Dashboard, by: User) -> None:
    if row.pk and row.owner_id != by.pk:
        raise ValidationError(_("Only who made it can change it."))


def _check_name(row: Model, own: QuerySet) -> None:
    others = own.exclude(pk=row.pk)
    if not row.name:  # type: ignore[attr-defined]
        raise ValidationError({"name": _("Give it a name.")})
    if others.filter(name=row.name).exists():  # type: ignore[attr-defined]
        raise ValidationError({"name": _("You have one with this name already.")})
    if others.count() >= MOST:
        raise ValidationError(_("You have %(number)s of them already.") % {"number": MOST})


def _share(row: Report | Dashboard, roles: Sequence[Group], by: User) -> None:
    allowed = Group.objects.all() if by.is_administrator else by.groups.all()
    row.roles.set(allowed.filter(pk__in=[role.pk for role in roles]))


def _free_name(name: str, own: QuerySet) -> str:
    taken = set(own.values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in range(2, MOST + 2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
