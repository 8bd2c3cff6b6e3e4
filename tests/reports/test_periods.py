"""Periods and the pieces they are cut into: days of 23 hours, months of 28 days, weeks over New Year."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import GRAINS, PERIODS, Period, buckets, moments_of, shifted

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 29)  # a Sunday, on which the clocks change


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-03-29", "2026-03-29"),
        ("yesterday", "2026-03-28", "2026-03-28"),
        ("last_7_days", "2026-03-23", "2026-03-29"),
        ("last_30_days", "2026-02-28", "2026-03-29"),
        ("last_90_days", "2025-12-30", "2026-03-29"),
        ("this_week", "2026-03-23", "2026-03-29"),
        ("last_week", "2026-03-16", "2026-03-22"),
        ("this_month", "2026-03-01", "2026-03-31"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-01-01", "2026-03-31"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_12_months", "2025-04-01", "2026-03-31"),
    ],
)
def test_named_periods(name, first, last):
    begin, after = Period(name).days(TODAY)
    assert (begin.isoformat(), (after - timedelta(days=1)).isoformat()) == (first, last)


def test_every_name_is_known():
    assert all(Period(name).days(TODAY) for name in PERIODS)


@pytest.mark.parametrize(
    ("first", "after", "comparison", "expected"),
    [
        ("2026-03-01", "2026-04-01", "previous", ("2026-02-01", "2026-03-01")),
        ("2026-01-01", "2026-04-01", "previous", ("2025-10-01", "2026-01-01")),
        ("2026-03-02", "2026-03-09", "previous", ("2026-02-23", "2026-03-02")),
        ("2024-02-29", "2024-03-01", "year", ("2023-02-28", "2023-03-01")),
        ("2026-03-01", "2026-04-01", "year", ("2025-03-01", "2025-04-01")),
    ],
)
def test_what_they_are_compared_with(first, after, comparison, expected):
    found = shifted(date.fromisoformat(first), date.fromisoformat(after), comparison)
    assert tuple(day.isoformat() for day in found) == expected


def test_the_day_on_which_the_clocks_change_has_23_hours():
    day = moments_of(TODAY, TODAY + timedelta(days=1), BERLIN)
    assert day.ends.timestamp() - day.starts.timestamp() == 23 * 3600
    hours = list(buckets(day, "hour", BERLIN))
    assert len(hours) == 23
    assert [bucket.starts.hour for bucket in hours[:4]] == [0, 1, 3, 4]


def test_the_hour_that_the_clock_shows_twice_is_two():
    day = moments_of(date(2026, 10, 25), date(2026, 10, 26), BERLIN)
    hours = list(buckets(day, "hour", BERLIN))
    assert [bucket.starts.hour for bucket in hours[:5]] == [0, 1, 2, 2, 3]
    assert len({bucket.key for bucket in hours}) == 25


def test_the_first_and_the_last_piece_are_cut():
    weeks = list(buckets(moments_of(date(2025, 12, 31), date(2026, 1, 7), BERLIN), "week", BERLIN))
    assert [(week.starts.date().isoformat(), week.ends.date().isoformat()) for week in weeks] == [
        ("2025-12-31", "2026-01-05"),
        ("2026-01-05", "2026-01-07"),
    ]


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 40),
    grain=st.sampled_from(list(GRAINS)),
    zone=st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "UTC"]),
)
def test_pieces_cover_the_period_without_gap_or_overlap(first, days, grain, zone):
    where = ZoneInfo(zone)
    whole = moments_of(first, first + timedelta(days=days), where)
    pieces = list(buckets(whole, grain, where))
    assert (pieces[0].starts, pieces[-1].ends) == (whole.starts, whole.ends)
    assert all(one.ends == other.starts for one, other in zip(pieces, pieces[1:], strict=False))
    assert all(piece.starts.timestamp() < piece.ends.timestamp() for piece in pieces)
    assert all(isinstance(piece.starts, datetime) for piece in pieces)
