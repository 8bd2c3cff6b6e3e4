"""Business time: a table of cases, and laws that hold for any calendar, checked against counting minute by minute."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla.hours import ALWAYS, WEEKDAYS, AtClose, HoursError, read
from tests.sla import slowly

TABLE = json.loads((Path(__file__).parent / "business_time.json").read_text())
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Casablanca",
]
# Around changes of the clocks, leap days and ends of years.
EVES = [datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in (
    "2026-03-27", "2026-10-23", "2026-03-06", "2026-10-30", "2026-04-03", "2010-11-05", "2011-12-28", "2024-02-27",
    "2026-12-30", "2026-02-13", "2026-06-01",
)]  # fmt: skip


def ask(cases: list[dict], monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(cases)))
    out = io.StringIO()
    call_command("business_time", stdout=out)
    return json.loads(out.getvalue())


def test_the_table_through_the_command(monkeypatch):
    cases = [case | {"calendar": TABLE["calendars"][case["calendar"]]} for case in TABLE["cases"]]
    assert len(cases) > 200
    answers = ask(cases, monkeypatch)
    wrong = [
        (case["why"], answer, case["answer"])
        for case, answer in zip(cases, answers, strict=True)
        if answer != case["answer"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"calendar": {"zone": "Mars/Olympus"}, "start": "2026-03-02T12:00:00Z", "add_seconds": 1}, "time zone"),
        ({"calendar": {"hours": {"monday": []}}, "start": "2026-03-02T12:00:00Z", "add_seconds": 1}, "weekday"),
        ({"calendar": {"hours": {"mon": [["8", "9"]]}}, "start": "2026-03-02T12:00:00Z", "add_seconds": 1}, "“8”"),
        ({"calendar": {"hours": {"mon": ["08:00"]}}, "start": "2026-03-02T12:00:00Z", "add_seconds": 1}, "pair"),
        ({"calendar": {"holidays": ["25.12."]}, "start": "2026-03-02T12:00:00Z", "add_seconds": 1}, "25.12."),
        ({"calendar": {}, "start": "2026-03-02T12:00:00", "add_seconds": 1}, "offset"),
        ({"calendar": {}, "start": "2026-03-02T12:00:00Z"}, "add_seconds"),
    ],
)
def test_what_cannot_be_read_is_named(case, message, monkeypatch):
    with pytest.raises(CommandError, match=message):
        ask([case], monkeypatch)


def test_single_days_do_not_reach_into_the_next():
    with pytest.raises(HoursError):
        read({"days": {"2026-03-02": [["22:00", "02:00"]]}})


def test_nothing_ends_after_the_end_of_time():
    assert ALWAYS.add(datetime(2026, 1, 1, tzinfo=UTC), 10**12) is None


def test_a_century_costs_no_more_than_a_day(monkeypatch):
    """Counted by days looked at: after the first question about a time, it is a handful however far it is."""
    hours = read({"zone": "Europe/Berlin", "hours": {day: [["08:00", "17:00"]] for day in WEEKDAYS[:5]}})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    near, far = 9 * 3600, 9 * 3600 * 260 * 100
    assert hours.add(start, far).year == 2125
    looked_at = []
    table = hours._sums
    pieces = table._pieces_of_block
    monkeypatch.setattr(table, "_pieces_of_block", lambda day: looked_at.append(day) or pieces(day))
    monkeypatch.setattr(table, "_find_blocks", None)  # nothing is learnt any more
    hours.add(start, near)
    once = len(looked_at)
    hours.add(start, far)
    assert len(looked_at) == 2 * once <= 4


# ---- any calendar

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
ranges = st.lists(st.tuples(clocks, st.one_of(clocks, st.just("24:00"))).map(list), max_size=3)
within_a_day = ranges.map(lambda found: [pair for pair in found if pair[0] < pair[1]])


@st.composite
def worlds(draw):
    """A calendar and two moments in order, whole minutes, at most three days apart."""
    eve = draw(st.sampled_from(EVES))
    days = [(eve + timedelta(days=n)).date().isoformat() for n in range(-1, 7)]
    calendar = {
        "zone": draw(st.sampled_from(ZONES)),
        "hours": draw(st.dictionaries(st.sampled_from(WEEKDAYS), ranges, max_size=7)),
        "holidays": draw(st.lists(st.sampled_from(days), max_size=2)),
        "days": draw(st.dictionaries(st.sampled_from(days), within_a_day, max_size=1)),
    }
    start = eve + timedelta(minutes=draw(st.integers(0, 3 * 1440)))
    return calendar, start, start + timedelta(minutes=draw(st.integers(0, 3 * 1440)))


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_it_equals_counting_minute_by_minute(world):
    calendar, start, end = world
    hours = read(calendar)
    seconds = slowly.between(calendar, start, end)
    assert hours.between(start, end) == seconds
    if seconds:
        assert hours.add(start, seconds) == slowly.add(calendar, start, seconds)
        opening = slowly.next_opening(calendar, hours.add(start, seconds), most_days=3)
        if opening:
            assert hours.add(start, seconds, at_close=AtClose.NEXT_OPENING) == opening


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(1, 10**8), st.integers(0, 10**7))
def test_adding_and_between_are_inverse_and_sums_add_up(world, seconds, more):
    calendar, start, _end = world
    hours = read(calendar)
    end = hours.add(start, seconds)
    assume(end is not None)
    assert hours.between(start, end) == seconds
    # the earliest such moment
    assert hours.between(start, end - timedelta(seconds=1)) == seconds - 1
    # additive and monotone
    later = hours.add(start, seconds + more)
    assert later == hours.add(end, more)
    assert later is None or later >= end


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 10**8))
def test_between_is_additive_and_never_negative(world, further):
    calendar, start, middle = world
    hours = read(calendar)
    end = middle + timedelta(seconds=further)
    assert hours.between(start, end) == hours.between(start, middle) + hours.between(middle, end)
    assert hours.between(end, start) == 0
    assert 0 <= hours.between(start, end) <= (end - start).total_seconds()


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_it_opens_next_when_something_can_be_added(world):
    calendar, start, _end = world
    hours = read(calendar)
    opening = hours.next_opening(start)
    if opening is None:
        assert hours.add(start, 1) is None
    else:
        assert opening >= start
        assert hours.between(start, opening) == 0
        assert hours.add(start, 1) == opening + timedelta(seconds=1)
