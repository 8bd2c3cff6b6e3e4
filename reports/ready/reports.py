"""Reports that are there from the first day. Whoever wants them otherwise makes one of his own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.models import Display
from reports.questions import THEN

# Tickets that were his when it happened.
MINE: Mapping[str, Any] = {"condition": {"field": "owner", "is": {"me": True}}, "as_of": THEN}


@dataclass(frozen=True)
class ReadyReport:
    """`question` as reports/questions.py reads it."""

    key: str
    label: Promise
    description: Promise
    question: Mapping[str, Any]
    display: Display


@cache
def ready_reports() -> Mapping[str, ReadyReport]:
    """By key, in the order in which they are offered."""
    return {report.key: report for report in (*_volume(), *_promises(), *_quality(), *_mine())}


def _volume() -> tuple[ReadyReport, ...]:
    return (
        _report(
            "volume",
            _("Opened and closed"),
            _("How many tickets come and go each day."),
            ["created", "closed"],
            Display.LINE,
            rows="time",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "volume_by_month",
            _("Volume by month and queue"),
            _("Opened tickets of the last twelve months."),
            ["created"],
            Display.STACKED,
            rows="queue",
            columns="time",
            grain="month",
            period="last_12_months",
        ),
        _report(
            "backlog",
            _("Backlog over time"),
            _("Open tickets at the end of each day."),
            ["backlog"],
            Display.LINE,
            rows="time",
            period="last_30_days",
        ),
        _report(
            "backlog_now",
            _("Backlog by queue and status"),
            _("Open tickets now."),
            ["backlog"],
            Display.STACKED,
            rows="queue",
            columns="state",
            period="today",
        ),
        _report(
            "channels",
            _("Channels"),
            _("Ways by which tickets came."),
            ["created"],
            Display.BARS,
            rows="channel",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "arrivals",
            _("When customers write"),
            _("Messages of customers by day of the week and hour."),
            ["messages_in"],
            Display.HEAT,
            rows="weekday",
            columns="hour",
            period="last_90_days",
        ),
    )


def _promises() -> tuple[ReadyReport, ...]:
    return (
        _report(
            "sla_by_month",
            _("Service levels by month"),
            _("Promises kept and broken in the last twelve months."),
            ["sla_share", "sla_kept", "sla_broken"],
            Display.LINE,
            rows="time",
            grain="month",
            period="last_12_months",
        ),
        _report(
            "sla_by_week",
            _("Service levels by week"),
            _("Promises kept and broken in the last 90 days."),
            ["sla_share", "sla_kept", "sla_broken"],
            Display.LINE,
            rows="time",
            grain="week",
            period="last_90_days",
        ),
        _report(
            "sla_by_queue",
            _("Service levels by queue"),
            _("The share of promises kept, by kind."),
            ["sla_share", "sla_first_response_share", "sla_solution_share", "breaches"],
            Display.TABLE,
            rows="queue",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "first_response",
            _("First response"),
            _("How long customers wait for the first answer, by queue."),
            ["first_response_median", "first_response_p90", "first_response_business_median"],
            Display.TABLE,
            rows="queue",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "resolution",
            _("Time to solution by queue"),
            _("Median and 90th percentile, and the mean time open."),
            ["resolved", "resolution_median", "resolution_p90", "mttr"],
            Display.TABLE,
            rows="queue",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "escalations",
            _("Deadlines and escalations"),
            _("Deadlines that passed, and what followed, day by day."),
            ["breaches", "escalations"],
            Display.LINE,
            rows="time",
            period="last_30_days",
        ),
    )


def _quality() -> tuple[ReadyReport, ...]:
    return (
        _report(
            "satisfaction",
            _("Satisfaction by month"),
            _("Ratings of customers in the last twelve months."),
            ["satisfaction", "satisfied_share", "ratings"],
            Display.LINE,
            rows="time",
            grain="month",
            period="last_12_months",
        ),
        _report(
            "one_touch",
            _("Solved with one answer"),
            _("And how often that was not enough, by queue."),
            ["one_touch_share", "reopened_share", "reassignments"],
            Display.TABLE,
            rows="queue",
            period="last_30_days",
            compare="previous",
        ),
        _report(
            "agents",
            _("Activity of agents"),
            _("Messages, solved tickets and time, by person."),
            ["activity", "messages_out", "notes", "closed", "time_spent"],
            Display.TABLE,
            rows="agent",
            period="last_7_days",
            compare="previous",
        ),
        _report(
            "load",
            _("Load by agent and hour"),
            _("What people did, by hour of the day."),
            ["activity"],
            Display.HEAT,
            rows="agent",
            columns="hour",
            period="last_7_days",
        ),
        _report(
            "open_by_owner",
            _("Open tickets by owner"),
            _("Who has how much on the desk now."),
            ["backlog"],
            Display.BARS,
            rows="owner",
            period="today",
        ),
        _report(
            "knowledge",
            _("Use of the knowledge base"),
            _("Articles read and used, and requests they spared, by month."),
            ["article_views", "article_uses", "deflections"],
            Display.LINE,
            rows="time",
            grain="month",
            period="last_12_months",
        ),
    )


def _mine() -> tuple[ReadyReport, ...]:
    return (
        _report(
            "my_backlog", _("My open tickets"), _("By priority."), ["backlog"], Display.BARS, rows="priority",
            period="today", **MINE,
        ),
        _report(
            "my_work", _("My tickets, closed"), _("Day by day."), ["closed"], Display.LINE, rows="time",
            period="last_30_days", compare="previous", **MINE,
        ),
        _report(
            "my_times", _("My times"), _("Answers and solutions on my tickets."),
            ["first_response_median", "resolution_median", "one_touch_share", "satisfaction"], Display.TABLE,
            period="last_30_days", compare="previous", **MINE,
        ),
        _report(
            "my_sla", _("Service levels of my tickets"), _("Promises kept."), ["sla_share", "sla_broken"],
            Display.NUMBER, period="last_30_days", compare="previous", **MINE,
        ),
    )  # fmt: skip


def _report(
    key: str, label: Promise, description: Promise, measures: list[str], display: Display, **question: Any
) -> ReadyReport:
    period = {"name": question.pop("period")}
    return ReadyReport(key, label, description, {"measures": measures, "period": period, **question}, display)
