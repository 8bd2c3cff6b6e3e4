"""Reports and dashboards: questions over a year of a large world, and the file of all its tickets."""

import time
from datetime import timedelta
from functools import cache
from http import HTTPStatus

from django.db import connection

from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, measure, own_peak
from helpdesk.demo import counting
from reports.asking import ask
from reports.exporting import make, remove_export, start_export
from reports.models import Export, Format
from reports.questions import Question, read
from reports.ready import ready_dashboards, ready_reports
from tickets.models import Ticket

MONTHS = {"name": "last_12_months"}


def reports(ground: Ground) -> list[Result]:
    """The page of each of the ready dashboards, and its widgets asked for one after the other, without the page
    (`reports_..._asked`)."""
    _told(ground.tickets)
    found = []
    for key, dashboard in ready_dashboards(ground.agent).items():
        found.append(_page(f"reports_{key}", f"/desk/dashboards/ready/{key}/", ground))
        found.append(_asked(f"reports_{key}_asked", [_ready(one.ready, ground) for one in dashboard.widgets], ground))
    return found


def report_volume(ground: Ground) -> list[Result]:
    """Tickets opened in a year, by month and queue."""
    question = {"measures": ["created"], "rows": "queue", "columns": "time", "grain": "month", "period": MONTHS}
    return _year("report_volume", question, ground)


def report_sla(ground: Ground) -> list[Result]:
    """Promises kept and broken in a year, by month."""
    measures = ["sla_share", "sla_kept", "sla_broken"]
    return _year("report_sla", {"measures": measures, "rows": "time", "grain": "month", "period": MONTHS}, ground)


def report_percentiles(ground: Ground) -> list[Result]:
    """How long solutions of a year took, by queue: what does not add up."""
    measures = ["resolution_median", "resolution_p90"]
    return _year("report_percentiles", {"measures": measures, "rows": "queue", "period": MONTHS}, ground)


def report_backlog(ground: Ground) -> list[Result]:
    """How many tickets were open at the end of each of the last ninety days, by queue."""
    question = {"measures": ["backlog"], "rows": "queue", "columns": "time", "period": {"name": "last_90_days"}}
    return _year("report_backlog", question, ground)


def export(ground: Ground) -> list[Result]:
    """A line for each ticket of two years, as CSV; the peak is that of the process."""
    _told(ground.tickets)
    last = Ticket.objects.latest("created_at").created_at.date() + timedelta(days=1)
    period = {"from": (last - timedelta(days=1000)).isoformat(), "to": last.isoformat()}
    question = read({"measures": ["created"], "period": period}, ground.agent)
    before, started = own_peak(), time.perf_counter()
    row = start_export(
        question,
        name="bench",
        content=Export.Content.TICKETS,
        format=Format.CSV,
        by=ground.agent,
        language="en",
    )
    try:
        make(row)
        taken = time.perf_counter() - started
        more = {"lines": row.done, "grown_mb": round(own_peak() - before, 1)}
    finally:
        remove_export(row, by=ground.agent)
    return [from_times("export", [taken / max(row.done, 1)], tickets=ground.tickets, peak_mb=own_peak(), more=more)]


def _year(name: str, data: dict, ground: Ground) -> list[Result]:
    _told(ground.tickets)
    return [_asked(name, [read(data, ground.agent)], ground)]


def _asked(name: str, questions: list[Question], ground: Ground) -> Result:
    """All of them together are one act."""

    def act(_number: int) -> None:
        for question in questions:
            ask(question, ground.agent)

    return measure(name, act, repeat=min(ground.repeat, 20), tickets=ground.tickets)


def _page(name: str, url: str, ground: Ground) -> Result:
    def act(_number: int) -> None:
        assert ground.browser.get(url).status_code == HTTPStatus.OK

    return measure(name, act, repeat=min(ground.repeat, 20), tickets=ground.tickets)


def _ready(key: str, ground: Ground) -> Question:
    return read(ready_reports()[key].question, ground.agent)


@cache
def _told(tickets: int) -> None:
    """Once for a world: to look at a million tickets takes a while even where all are told."""
    counting.tell_now(lambda _done, _all: None)
    connection.ensure_connection()
