"""Dashboards that are there from the first day: for agents, for who leads them, and for who answers for the service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.models import Display, Widget

Width = Widget.Width


@dataclass(frozen=True)
class ReadyWidget:
    ready: str
    display: Display
    width: int


@dataclass(frozen=True)
class ReadyDashboard:
    key: str
    label: Promise
    widgets: tuple[ReadyWidget, ...] = field(default=())


def ready_dashboards(user: User) -> Mapping[str, ReadyDashboard]:
    """By key. For now the same for everybody: what they show is what `user` may see."""
    return _dashboards()


@cache
def _dashboards() -> Mapping[str, ReadyDashboard]:
    number, line, bars, table = Display.NUMBER, Display.LINE, Display.BARS, Display.TABLE
    found = (
        ReadyDashboard(
            "agent",
            _("My work"),
            (
                ReadyWidget("my_sla", number, Width.QUARTER),
                ReadyWidget("my_times", number, Width.QUARTER),
                ReadyWidget("my_backlog", bars, Width.HALF),
                ReadyWidget("my_work", line, Width.HALF),
                ReadyWidget("volume", line, Width.HALF),
            ),
        ),
        ReadyDashboard(
            "team_lead",
            _("Team"),
            (
                ReadyWidget("volume", line, Width.HALF),
                ReadyWidget("backlog_now", Display.STACKED, Width.HALF),
                ReadyWidget("open_by_owner", bars, Width.HALF),
                ReadyWidget("load", Display.HEAT, Width.HALF),
                ReadyWidget("agents", table, Width.WHOLE),
            ),
        ),
        ReadyDashboard(
            "service_manager",
            _("Service"),
            (
                ReadyWidget("sla_by_week", line, Width.HALF),
                ReadyWidget("backlog", line, Width.HALF),
                ReadyWidget("sla_by_queue", table, Width.WHOLE),
                ReadyWidget("resolution", table, Width.WHOLE),
                ReadyWidget("satisfaction", line, Width.HALF),
                ReadyWidget("arrivals", Display.HEAT, Width.HALF),
            ),
        ),
    )
    return {dashboard.key: dashboard for dashboard in found}
