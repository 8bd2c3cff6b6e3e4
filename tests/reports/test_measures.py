"""Every measure is what a slow reference counts from the raw history, on random worlds.

`REPORT_WORLDS=200 bin/test tests/reports/test_measures.py` looks at as many.
"""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.clock import pretend
from reports.asking import ask
from reports.dimensions import OTHER_QUEUES
from reports.measures import Kind, Source, measures
from reports.questions import Period, Question
from reports.tables import TOTAL, Header, Table
from tests.reports import reference
from tests.reports.conftest import live, worlds
from tests.reports.reference import One, Past
from tickets.models import Queue, Ticket

pytestmark = pytest.mark.django_db

WORLDS = int(os.environ.get("REPORT_WORLDS", "4"))
ZONE = "Europe/Berlin"
COUNTED = [key for key, each in measures().items() if each.source == Source.FACTS]
DIMENSIONS = ["", "time", "weekday", "hour", "queue", "owner", "agent", "state", "priority", "customer", "channel"]
# A world takes seconds: to look for a smaller one that fails would take minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
slow = settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)


def key_of(one: One, dimension: str, table: Table) -> str:
    """Under which header it stands."""
    local = one.at.astimezone(ZoneInfo(ZONE))
    if dimension == "":
        return ""
    if dimension == "time":
        headers = table.rows if table.question.rows == "time" else table.columns
        return next(header.key for header in headers if header.starts <= one.at < header.ends)
    if dimension == "weekday":
        return str(local.isoweekday())
    if dimension == "hour":
        return str(local.hour)
    return named(one.agent if dimension == "agent" else one.place[dimension], dimension)


def named(value: int | None, dimension: str) -> str:
    """Queues that Carlos may not read are one to him."""
    if dimension == "queue" and not Queue.objects.get(pk=value).path.startswith("Support"):
        return str(OTHER_QUEUES)
    return "" if value is None else str(value)


def chooser(table: Table, row: str, column: str) -> Callable[[One], bool]:
    question = table.question

    def keep(one: One) -> bool:
        if not table.starts <= one.at < table.ends:
            return False
        return row in (TOTAL, key_of(one, question.rows, table)) and column in (
            TOTAL,
            key_of(one, question.columns, table),
        )

    return keep


def lies_ahead(table: Table, *keys: str, end: datetime) -> bool:
    return any(header.starts and header.starts > end for header in (*table.rows, *table.columns) if header.key in keys)


def headers_and_total(headers: list[Header]) -> list[str]:
    return [*(header.key for header in headers), TOTAL]


@slow
@given(
    steps=worlds(),
    sides=st.lists(st.sampled_from(DIMENSIONS), min_size=2, max_size=2, unique=True),
    grain=st.sampled_from(["hour", "day", "week"]),
)
def test_counted_measures_are_those_of_the_history(world, promised, steps, sides, grain):
    end = live(world, steps)
    pasts = [Past(ticket) for ticket in Ticket.objects.filter(queue__in=readable(world))]
    period = Period("", date(2026, 3, 27), (end + timedelta(days=1)).date())
    if grain == "hour" and period.last - period.first > timedelta(days=5):
        grain = "day"
    with pretend(end):
        for key in COUNTED:
            question = Question((key,), *sides, period=period, grain=grain, zone=ZONE)
            table = ask(question, world.carlos)
            for row in headers_and_total(table.rows):
                for column in headers_and_total(table.columns):
                    expected = reference.value_of(key, pasts, chooser(table, row, column))
                    found = table.cell(row, column, key).value
                    if found is None and lies_ahead(table, row, column, end=end):
                        continue
                    assert found == (expected if expected is None else pytest.approx(expected)), (key, row, column)
            seen = {key_of(one, question.rows, table) for one in everything(key, pasts)}
            assert seen <= {header.key for header in table.rows}


@slow
@given(
    steps=worlds(),
    rows=st.sampled_from(["", "queue", "owner", "state", "priority"]),
    grain=st.sampled_from(["hour", "day"]),
)
def test_the_backlog_is_that_of_every_moment(world, promised, steps, rows, grain):
    end = live(world, steps)
    pasts = [Past(ticket) for ticket in Ticket.objects.filter(queue__in=readable(world))]
    last = (end + timedelta(days=1)).date()
    if last - date(2026, 3, 27) > timedelta(days=4):
        grain = "day"
    with pretend(end):
        period = Period("", date(2026, 3, 27), last)
        question = Question(("backlog", "backlog_unowned"), rows, "time", period=period, grain=grain, zone=ZONE)
        table = ask(question, world.carlos)
        for column in table.columns:
            if column.starts > end:
                assert table.cell(TOTAL, column.key, "backlog").value is None
                continue
            moment = min(column.ends, end)
            for row in headers_and_total(table.rows):

                def keep(place, row=row):
                    return row == TOTAL or rows == "" or named(place.get(rows), rows) == row

                found = [table.cell(row, column.key, key).value for key in ("backlog", "backlog_unowned")]
                unowned = reference.standing(pasts, moment, lambda place: keep(place) and place["owner"] is None)
                assert found == [reference.standing(pasts, moment, keep), unowned], (row, column)


def readable(world) -> list:
    """What Carlos may see, by hand."""
    return [world.support, world.hardware]


def everything(key: str, pasts: list[Past]) -> list[One]:
    if key in reference.COUNTS:
        return [one for past in pasts for one in reference.COUNTS[key](past)]
    return []


def test_every_measure_has_a_reference():
    known = {*reference.COUNTS, *reference.SHARES, *reference.VALUES, "time_spent"}
    assert known == set(COUNTED)
    assert all(each.kind == Kind.LEVEL for each in measures().values() if each.source == Source.SPANS)
