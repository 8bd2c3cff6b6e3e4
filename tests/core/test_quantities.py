"""Measured quantities in the words of four languages."""

import pytest
from django.utils import translation

from core.quantities import BUSINESS, COUNT, DURATION, SCORE, SHARE, written, written_change, written_short

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "kind", "english", "german"),
    [
        (1365, COUNT, "1,365", "1.365"),
        (2.5, COUNT, "2.5", "2,5"),
        (None, COUNT, "–", "–"),
        (0, DURATION, "0 s", "0 s"),
        (45, DURATION, "45 s", "45 s"),
        (59.7, DURATION, "1 min", "1 min"),
        (5040, DURATION, "1 h 24 min", "1 h 24 min"),
        (3600, DURATION, "1 h", "1 h"),
        (-5040, DURATION, "−1 h 24 min", "−1 h 24 min"),
        (200_000, DURATION, "2 d 8 h", "2 Tage 8 h"),
        (200_000, BUSINESS, "55 h 33 min", "55 h 33 min"),
        (0.9421, SHARE, "94.2%", f"94,2{NBSP}%"),
        (1, SHARE, "100%", f"100{NBSP}%"),
        (4.56, SCORE, "4.6", "4,6"),
    ],
)
def test_quantities_are_written_as_people_write_them(value, kind, english, german):
    with translation.override("en"):
        assert written(value, kind) == english
    with translation.override("de"):
        assert written(value, kind) == german


@pytest.mark.parametrize(
    ("value", "kind", "english"),
    [
        (40, COUNT, "40"),
        (20_000, COUNT, "20K"),
        (1_500_000, COUNT, "1.5M"),
        (5400, DURATION, "1.5 h"),
        (172_800, DURATION, "2 d"),
        (172_800, BUSINESS, "48 h"),
        (0, BUSINESS, "0 s"),
        (0.25, SHARE, "25%"),
    ],
)
def test_an_axis_has_room_for_little(value, kind, english):
    with translation.override("en"):
        assert written_short(value, kind) == english


@pytest.mark.parametrize(
    ("value", "before", "kind", "english"),
    [
        (110, 100, COUNT, "10%"),
        (3, 0, COUNT, "3"),
        (5040, 6120, DURATION, "18 min"),
        (0.94, 0.91, SHARE, "3 points"),
        (4.6, 4.5, SCORE, "0.1"),
    ],
)
def test_a_change_is_told_without_its_sign(value, before, kind, english):
    with translation.override("en"):
        assert written_change(value, before, kind) == english
