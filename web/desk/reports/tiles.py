"""A dashboard as it is looked at: each widget with its answer, all of them of one time and queue if so wished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from reports.models import Dashboard, Widget
from reports.questions import PERIODS
from reports.ready import ReadyDashboard, ready_reports
from reports.saved import widgets_of
from tickets.models import Queue
from tickets.options import queues_to_read
from web.desk.reports.page import Answer, Named, answer_to, named, ready_or_404
from web.desk.reports.side import report_url


@dataclass(frozen=True)
class Wish:
    """What the whole dashboard is to be about: a period and a queue, or what each widget says."""

    period: str = ""
    queue: Queue | None = None
    queues: Sequence[Queue] = ()

    def put_into(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        changed = dict(data)
        if self.period:
            changed["period"] = {"name": self.period}
        if self.queue:
            only = {"field": "queue", "is": self.queue.pk}
            before = data.get("condition")
            changed["condition"] = {"all": [before, only]} if before else {"all": [only]}
        return changed


@dataclass(frozen=True)
class Tile:
    """`key` finds it again on the page. `widget`: where it can be changed. `missed_by`: the roles that share the
    dashboard and not this report."""

    key: str
    title: str | Promise
    url: str
    width: int
    answer: Answer
    widget: Widget | None = None
    missed_by: Sequence[str] = ()


def wish_of(sent: QueryDict, user: User) -> Wish:
    queues = list(queues_to_read(user).order_by("path"))
    queue = next((one for one in queues if str(one.pk) == sent.get("queue", "")), None)
    period = sent.get("period", "")
    return Wish(period if period in PERIODS else "", queue, queues)


def tiles_of(dashboard: Dashboard, user: User, wish: Wish) -> list[Tile]:
    found = [(widget, _named(widget)) for widget in widgets_of(dashboard, user)]
    return [
        _tile(f"w{widget.pk}", one, widget.display, widget.width, user, wish, widget) for widget, one in found if one
    ]


def with_missed(tiles: Sequence[Tile], dashboard: Dashboard) -> list[Tile]:
    """For whoever changes it: which roles do not see a tile, as its report is not shared with them."""
    roles = {role.pk: role.name for role in dashboard.roles.order_by("name")}
    reports = [tile.widget.report for tile in tiles if tile.widget and tile.widget.report]
    prefetch_related_objects(reports, "roles")
    return [replace(tile, missed_by=_missing(tile.widget, roles)) for tile in tiles]


def _missing(widget: Widget | None, roles: Mapping[int, str]) -> list[str]:
    if widget is None or widget.report is None:
        return []
    shared = {role.pk for role in widget.report.roles.all()}
    return [name for pk, name in roles.items() if pk not in shared]


def tiles_of_ready(dashboard: ReadyDashboard, user: User, wish: Wish) -> list[Tile]:
    return [
        _tile(f"r{index}", ready_or_404(widget.ready), widget.display, widget.width, user, wish)
        for index, widget in enumerate(dashboard.widgets)
    ]


def _named(widget: Widget) -> Named | None:
    """None for what was ready in an older version and is no more."""
    if widget.report:
        return named(widget.report)
    return ready_or_404(widget.ready) if widget.ready in ready_reports() else None


def _tile(key: str, one: Named, display: str, width: int, user: User, wish: Wish, widget: Widget | None = None) -> Tile:
    url = report_url(one.report) if one.report else reverse("desk:report_ready", args=[one.ready])
    return Tile(key, one.title, url, width, answer_to(wish.put_into(one.data), user, display=display), widget)
