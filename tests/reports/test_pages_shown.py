"""Answers as people see them: written numbers, totals, changes, links, and which picture is drawn of what."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.utils import translation

from reports.measures import measures
from reports.models import Display
from reports.questions import Period, Question
from reports.tables import TOTAL, Cell, Header, Table
from web.desk.reports.addresses import data_in, is_asked, query_of
from web.desk.reports.builder import displays_for
from web.desk.reports.drawing import drawn
from web.desk.reports.shown import Shown

SPRING = Period("", datetime(2026, 3, 1).date(), datetime(2026, 4, 30).date())
MONTHS = [Header("2026-03-01T00:00:00+00:00", "March 2026"), Header("2026-04-01T00:00:00+00:00", "April 2026")]
QUEUES = [Header("1", "Support"), Header("2", "Billing"), Header("", "–")]
ALONE = [Header("", "")]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def table(keys, cells, *, rows="", columns="", compare="", heads=ALONE, across=ALONE) -> Table:
    """`cells`: (row, column, measure) -> value, or (value, before)."""
    question = Question(keys, rows=rows, columns=columns, period=SPRING, grain="month", compare=compare)
    made = {place: Cell(*found) if isinstance(found, tuple) else Cell(found) for place, found in cells.items()}
    starts, ends = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    chosen = tuple(measures()[key] for key in keys)
    return Table(question, chosen, heads, across, starts, ends, None, None, ends, cells=made)


def by_month(*, compare="", display=Display.TABLE, **values) -> Shown:
    keys, cells = tuple(values), {}
    for key, found in values.items():
        for head, value in zip([*MONTHS, Header(TOTAL, "")], found, strict=True):
            cells[head.key, "", key] = value
    return Shown(table(keys, cells, rows="time", compare=compare, heads=MONTHS), display)


def pivot(display=Display.TABLE) -> Shown:
    cells = {(q.key, m.key, "created"): 10 * i + j for i, q in enumerate(QUEUES) for j, m in enumerate(MONTHS)}
    cells |= {(q.key, TOTAL, "created"): 20 * i + 1 for i, q in enumerate(QUEUES)}
    cells |= {(TOTAL, m.key, "created"): 30 + 3 * j for j, m in enumerate(MONTHS)} | {(TOTAL, TOTAL, "created"): 63}
    return Shown(table(("created",), cells, rows="queue", columns="time", heads=QUEUES, across=MONTHS), display)


# ---- the table


def test_rows_have_a_number_for_each_measure_and_a_total():
    shown = by_month(created=(1365, 12, 1377), closed=(7, None, 7))
    assert [str(head.label) for head in shown.heads] == [str(measures()[key].label) for key in ("created", "closed")]
    lines = [(line.label, [number.text for number in line.numbers]) for line in shown.lines]
    assert lines == [("March 2026", ["1,365", "7"]), ("April 2026", ["12", "–"])]
    assert [number.text for number in shown.total.numbers] == ["1,377", "7"]


def test_columns_end_with_all_of_them():
    shown = pivot()
    assert [str(head.label) for head in shown.heads] == ["March 2026", "April 2026", "All"]
    assert [number.text for number in shown.lines[1].numbers] == ["10", "11", "21"]
    assert [number.text for number in shown.total.numbers] == ["30", "33", "63"]
    assert shown.tops == []


def test_several_measures_of_columns_stand_under_them():
    cells = {("", m.key, key): 1 for m in MONTHS for key in ("created", "closed")}
    shown = Shown(table(("created", "closed"), cells, columns="time", across=MONTHS), Display.TABLE)
    assert [(str(head.label), head.span) for head in shown.tops] == [("March 2026", 2), ("April 2026", 2), ("All", 2)]
    assert len(shown.heads) == 6
    assert shown.total is None


def test_a_number_leads_to_its_tickets_unless_there_are_none():
    shown = by_month(created=(5, 0, 5))
    (march,), (april,) = (line.numbers for line in shown.lines)
    sent = parse_qs(urlsplit(march.url).query)
    assert urlsplit(march.url).path == "/desk/reports/tickets/"
    assert (sent["measure"], sent["row"], sent["column"]) == (["created"], [MONTHS[0].key], [TOTAL])
    assert april.url == ""
    assert parse_qs(urlsplit(shown.total.numbers[0].url).query)["row"] == [TOTAL]


def test_a_row_without_a_name_is_a_row_of_its_own():
    nobody = pivot().lines[2].numbers[0]
    assert parse_qs(urlsplit(nobody.url).query, keep_blank_values=True)["row"] == [""]


def test_times_are_written_as_times():
    shown = by_month(first_response_median=(5040, 200_000, 60), first_response_business_median=(5040, 200_000, None))
    assert [number.text for number in shown.lines[0].numbers] == ["1 h 24 min", "1 h 24 min"]
    assert [number.text for number in shown.lines[1].numbers] == ["2 d 8 h", "55 h 33 min"]


@pytest.mark.parametrize(
    ("key", "cell", "text", "hue"),
    [
        ("closed", (110, 100), "10% more than before", "flat"),
        ("first_response_median", (4000, 5080), "18 min less than before", "good"),
        ("first_response_median", (5080, 4000), "18 min more than before", "bad"),
        ("created", (5, 5), "as before", "flat"),
        ("created", (5, 0), "5 more, none before", None),
    ],
)
def test_a_change_is_good_or_bad_where_that_can_be_said(key, cell, text, hue):
    change = by_month(compare="previous", **{key: (cell, cell, cell)}).lines[0].numbers[0].change
    assert change.text == text
    if hue:
        assert change.hue == hue


def test_nothing_is_compared_with_what_is_not_known():
    assert by_month(created=(5, 5, 5)).lines[0].numbers[0].change is None


# ---- pictures


def test_lines_are_measures_or_the_time_before():
    plot = drawn(by_month(created=(5, 7, 12), closed=(4, 6, 10), display=Display.LINE)).plot
    assert len(plot.lines) == 2
    assert [label.text for label in plot.across] == ["March 2026", "April 2026"]
    compared = drawn(by_month(created=((5, 4), (7, 6), (12, 10)), compare="previous", display=Display.LINE)).plot
    assert [key.name for key in compared.keys][1] == "before"


def test_measures_of_another_quantity_are_left_to_the_table():
    found = drawn(by_month(created=(5, 7, 12), first_response_median=(60, 60, 60), display=Display.LINE))
    assert len(found.plot.lines) == 1
    assert found.is_partial


def test_places_are_the_time_also_when_it_is_across():
    plot = drawn(pivot(Display.STACKED)).plot
    assert [label.text for label in plot.across] == ["March 2026", "April 2026"]
    assert [key.name for key in plot.keys] == ["Support", "Billing", "–"]
    assert len(plot.bars) == 5  # of 0 there is none


def test_what_is_too_much_for_colours_is_one_bar():
    heads = [Header(str(number), f"Queue {number}") for number in range(1, 9)]
    cells = {(head.key, month.key, "created"): int(head.key) for head in heads for month in MONTHS}
    made = table(("created",), cells, rows="queue", columns="time", heads=heads, across=MONTHS)
    plot = drawn(Shown(made, Display.STACKED)).plot
    assert [key.name for key in plot.keys] == ["Queue 4", "Queue 5", "Queue 6", "Queue 7", "Queue 8", "Others"]
    assert plot.up[0] == "40"
    lined = drawn(Shown(made, Display.LINE))
    assert len(lined.plot.lines) == 4
    assert lined.is_partial


def test_bars_lie_beside_their_numbers():
    found = drawn(pivot(Display.BARS))
    assert [(row.label, row.bar.width, row.number.text) for row in found.bars] == [
        ("Support", 2.4, "1"),
        ("Billing", 51.2, "21"),
        ("–", 100, "41"),
    ]


def test_a_heat_map_is_a_table_with_links():
    found = drawn(pivot(Display.HEAT))
    assert [label for label, _cells in found.heat] == ["Support", "Billing", "–"]
    assert found.heat[0][1][0].url == ""
    assert found.heat[2][1][1].level == 5
    assert "row=2" in found.heat[1][1][0].url


def test_a_number_has_its_line_where_the_time_is_told_apart():
    assert drawn(by_month(created=(5, 7, 12), display=Display.NUMBER)).spark == "M0.0 24.0L88.0 4.0"
    assert drawn(pivot(Display.NUMBER)).spark


def test_nothing_is_drawn_of_no_rows():
    found = drawn(Shown(table(("created",), {}, rows="queue", heads=[]), Display.BARS))
    assert not found.has_picture


def test_displays_fit_the_question():
    def keys(by, across):
        return [value for value, _label in displays_for(by, across)]

    assert keys("", "") == ["table", "number"]
    assert keys("time", "") == ["table", "number", "line", "bars", "stacked"]
    assert "line" not in keys("queue", "")
    assert "heat" in keys("weekday", "hour")


# ---- addresses


def test_a_question_survives_its_address():
    question = Question(
        ("created", "closed"),
        rows="queue",
        columns="time",
        period=SPRING,
        grain="week",
        compare="year",
        condition={"all": [{"field": "queue", "is": 3}]},
        zone="Europe/Berlin",
    )
    data = data_in(QueryDict(query_of(question)))
    assert data["measures"] == ["created", "closed"]
    assert (data["rows"], data["columns"], data["grain"], data["compare"]) == ("queue", "time", "week", "year")
    assert data["period"] == {"from": "2026-03-01", "to": "2026-04-30"}
    assert data["condition"] == {"all": [{"field": "queue", "is": 3}]}
    assert data["zone"] == "Europe/Berlin"


def test_an_address_changes_only_what_it_names():
    beginning = {"measures": ["created"], "rows": "queue", "period": {"name": "last_month"}}
    data = data_in(QueryDict("period=last_week"), beginning)
    assert data == {"measures": ["created"], "rows": "queue", "period": {"name": "last_week"}}
    assert not is_asked(QueryDict("period=last_week"))
    assert is_asked(QueryDict("m=created"))


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("from=2026-03-01&to=2026-03-31", {"from": "2026-03-01", "to": "2026-03-31"}),
        ("to=2026-03-30", {"from": "2026-03-01", "to": "2026-03-30"}),
        ("from=x&to=2026-03-30", {"from": "x", "to": "2026-03-30"}),
        ("to=0001-01-01", {"from": "0001-01-01", "to": "0001-01-01"}),
    ],
)
def test_days_that_are_not_said_are_the_last_thirty(query, days):
    assert data_in(QueryDict(f"period=days&{query}"))["period"] == days


@pytest.mark.parametrize("where", ["{", "[1", "x" * 9000])
def test_a_condition_that_cannot_be_read_is_one_that_is_refused(where):
    sent = QueryDict(mutable=True)
    sent["where"] = where
    assert data_in(sent)["condition"] == {"field": ""}


def test_a_picture_of_one_measure_of_several_does_not_say_that_it_leaves_out_the_small():
    cells = {(q.key, m.key, key): 1 for q in QUEUES for m in MONTHS for key in ("created", "closed")}
    made = table(("created", "closed"), cells, rows="queue", columns="time", heads=QUEUES, across=MONTHS)
    found = drawn(Shown(made, Display.LINE))
    assert (found.is_partial, found.is_of_first) == (False, True)
    assert not drawn(pivot(Display.LINE)).is_of_first
