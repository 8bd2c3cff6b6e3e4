"""Dates and times as each language writes them, in the reader's zone."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from core import moments

AT = datetime(2026, 11, 21, 23, 41, tzinfo=UTC)  # already the 22nd in Berlin


@pytest.fixture(autouse=True)
def in_berlin():
    with timezone.override("Europe/Berlin"):
        yield


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Sunday, 22 November 2026"),
        ("de", "Sonntag, 22. November 2026"),
        ("es", "domingo, 22 de noviembre de 2026"),
        ("pt", "domingo, 22 de novembro de 2026"),
    ],
)
def test_a_whole_day(language, written):
    with translation.override(language):
        assert moments.full_day(AT) == written
        assert moments.full_moment(AT).startswith(written)


@pytest.mark.parametrize(("language", "clock"), [("en", "00:41"), ("de", "00:41"), ("es", "0:41"), ("pt", "00:41")])
def test_a_moment_ends_with_the_clock_of_the_zone(language, clock):
    with translation.override(language):
        assert moments.moment(AT).endswith(clock)


def test_the_year_stands_only_where_it_is_another_one():
    old = datetime(2019, 3, 5, 12, 0, tzinfo=UTC)
    with translation.override("en"):
        assert moments.moment(old) == "5 Mar 2019, 13:00"
        assert moments.moment(timezone.now().replace(month=3, day=5, hour=12, minute=0)) == "5 Mar, 13:00"
