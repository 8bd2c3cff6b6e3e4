"""The panel beside reports: dashboards, then reports that are ready, one's own, and those that others share."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from reports.models import Dashboard, Display, Report
from reports.ready import ReadyReport, ready_dashboards, ready_reports
from reports.saved import dashboards_for, reports_for

_ICONS = {Display.TABLE: "table", Display.NUMBER: "target", Display.HEAT: "clock"}


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    url: str
    icon: str
    text: str | Promise = ""
    # Whose it is, where that is somebody else.
    owner: User | None = None
    is_here: bool = False


@dataclass(frozen=True)
class Panel:
    dashboards: Sequence[Entry]
    ready: Sequence[Entry]
    own: Sequence[Entry]
    shared: Sequence[Entry]

    @property
    def all(self) -> Sequence[Entry]:
        return [*self.dashboards, *self.ready, *self.own, *self.shared]


def panel_of(user: User, *, here: str = "") -> Panel:
    """`here`: the address of the page."""
    reports = list(reports_for(user).select_related("owner"))
    made = list(dashboards_for(user).select_related("owner"))
    first = [one for one in made if one.is_first and one.owner_id == user.pk]
    dashboards = [_dashboard(one, user, here) for one in first]
    dashboards += [
        _entry(one.label, reverse("desk:dashboard_ready", args=[key]), "monitor", here)
        for key, one in ready_dashboards(user).items()
    ]
    dashboards += [_dashboard(one, user, here) for one in made if one not in first]
    ready = [_ready(one, here) for one in ready_reports().values()]
    own = [_report(one, user, here) for one in reports if one.owner_id == user.pk]
    shared = [_report(one, user, here) for one in reports if one.owner_id != user.pk]
    return Panel(dashboards, ready, own, shared)


def report_url(report: Report) -> str:
    return reverse("desk:report", args=[report.pk])


def _ready(one: ReadyReport, here: str) -> Entry:
    url = reverse("desk:report_ready", args=[one.key])
    return _entry(one.label, url, _ICONS.get(one.display, "chart"), here, one.description)


def _report(one: Report, user: User, here: str) -> Entry:
    owner = one.owner if one.owner_id != user.pk else None
    return _entry(one.name, report_url(one), "user" if owner is None else "users", here, one.description, owner)


def _dashboard(one: Dashboard, user: User, here: str) -> Entry:
    url, owner = reverse("desk:dashboard", args=[one.pk]), one.owner if one.owner_id != user.pk else None
    return _entry(one.name, url, "home" if one.is_first and owner is None else "layers", here, owner=owner)


def _entry(
    label: str | Promise, url: str, icon: str, here: str, text: str | Promise = "", owner: User | None = None
) -> Entry:
    return Entry(label, url, icon, text, owner, is_here=url == here)
