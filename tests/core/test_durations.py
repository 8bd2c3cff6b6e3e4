"""Spans of time as people type them and read them."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.durations import parse_duration, written_duration

HOUR = 3600
WORKDAY = 8 * HOUR


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 min", 1800),
        ("30min", 1800),
        ("30 m", 1800),
        (" 4 h ", 4 * HOUR),
        ("4h", 4 * HOUR),
        ("4 hours", 4 * HOUR),
        ("4 Std.", 4 * HOUR),
        ("1 h 30 min", 5400),
        ("1h30m", 5400),
        ("1:30", 5400),
        ("0:05", 300),
        ("1,5 h", 5400),
        ("1.5 h", 5400),
        ("2 d", 2 * WORKDAY),
        ("2 Tage", 2 * WORKDAY),
        ("2 días", 2 * WORKDAY),
        ("2 dias 4 horas", 2 * WORKDAY + 4 * HOUR),
        ("0.5 d", 4 * HOUR),
        ("90 s", 90),
        ("2\N{NO-BREAK SPACE}h", 2 * HOUR),
        ("0 min", 0),
    ],
)
def test_what_is_typed(text, seconds):
    assert parse_duration(text, day=WORKDAY) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "  ", "4", "h", "4 x", "4 h 3", "-4 h", "four hours", "1:75", "4 h, 3 min", "1e9 h", "²h", "9" * 12 + " h"],
)
def test_what_is_no_span(text):
    with pytest.raises(ValueError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1800, "30 min"),
        (4 * HOUR, "4 h"),
        (5400, "1 h 30 min"),
        (WORKDAY, "8 h"),
        (2 * WORKDAY, "2 d"),
        (2 * WORKDAY + HOUR, "17 h"),
        (90, "1 min 30 s"),
        (0, "0 min"),
    ],
)
def test_what_is_shown(seconds, text):
    assert written_duration(seconds, day=WORKDAY) == text


def test_without_a_day_there_are_hours_only():
    assert written_duration(48 * HOUR, day=0) == "48 h"


@given(
    st.integers(0, 10**9), st.sampled_from([HOUR, WORKDAY, 27_000, 86_400]), st.sampled_from(["en", "de", "es", "pt"])
)
def test_what_is_shown_can_be_typed(seconds, day, language):
    with translation.override(language):
        assert parse_duration(written_duration(seconds, day=day), day=day) == seconds
