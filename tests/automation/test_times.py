"""Cron lines in zones: tables of cases, above all around changes of the clocks."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from automation.times import MOST_MISSED, NoTimes, Steps, Week, line_of, next_time, plan_of, times_between, upcoming

BERLIN, SAO_PAULO, LORD_HOWE = "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %d.%m. %H:%M %z")


def some(cron: str, zone: str, after: str, number: int) -> list[str]:
    return [local(moment, zone) for moment in islice(upcoming(cron, zone, utc(after)), number)]


# In Berlin the clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October 2026.
CASES = [
    ("30 8 * * *", BERLIN, "2026-03-28T06:00", ["Sat 28.03. 08:30 +0100", "Sun 29.03. 08:30 +0200"]),
    # a time that is left out comes as soon as the clocks have gone on
    ("30 2 * * *", BERLIN, "2026-03-28T12:00", ["Sun 29.03. 03:00 +0200", "Mon 30.03. 02:30 +0200"]),
    # two of them fall together with a third
    ("0,30 2,3 * * *", BERLIN, "2026-03-29T00:00", ["Sun 29.03. 03:00 +0200", "Sun 29.03. 03:30 +0200"]),
    # a time that is there twice comes once
    ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["Sun 25.10. 02:30 +0200", "Mon 26.10. 02:30 +0100"]),
    # also for whoever asks between the first and the second
    ("45 2 * * *", BERLIN, "2026-10-25T01:30", ["Mon 26.10. 02:45 +0100"]),
    ("45 2 * * *", BERLIN, "2026-10-25T00:44", ["Sun 25.10. 02:45 +0200", "Mon 26.10. 02:45 +0100"]),
    # stars go by real time: every hour there is
    ("0 * * * *", BERLIN, "2026-03-29T00:30", ["Sun 29.03. 03:00 +0200", "Sun 29.03. 04:00 +0200"]),
    ("30 * * * *", BERLIN, "2026-10-25T00:00", ["Sun 25.10. 02:30 +0200", "Sun 25.10. 02:30 +0100"]),
    # half an hour, and the other half of the world
    ("15 2 * * *", LORD_HOWE, "2026-10-03T00:00", ["Sun 04.10. 02:30 +1100", "Mon 05.10. 02:15 +1100"]),
    ("0 9 * * 1-5", SAO_PAULO, "2026-11-20T13:00", ["Mon 23.11. 09:00 -0300", "Tue 24.11. 09:00 -0300"]),
    ("0 9 * * 0", "UTC", "2026-11-21T00:00", ["Sun 22.11. 09:00 +0000", "Sun 29.11. 09:00 +0000"]),
    ("0 9 * * 7", "UTC", "2026-11-21T00:00", ["Sun 22.11. 09:00 +0000", "Sun 29.11. 09:00 +0000"]),
    ("0 0 29 2 *", "UTC", "2026-11-21T00:00", ["Tue 29.02. 00:00 +0000", "Sun 29.02. 00:00 +0000"]),
    ("0 18 L * *", "UTC", "2026-11-21T00:00", ["Mon 30.11. 18:00 +0000", "Thu 31.12. 18:00 +0000"]),
    ("0 8 * * MON#1", "UTC", "2026-11-21T00:00", ["Mon 07.12. 08:00 +0000", "Mon 04.01. 08:00 +0000"]),
]


@pytest.mark.parametrize(("cron", "zone", "after", "expected"), CASES)
def test_the_next_times(cron, zone, after, expected):
    assert some(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, SAO_PAULO, "UTC", "Asia/Kathmandu"])
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/5 * * * *", "0,30 1-3 * * *", "15 * * * 0"])
@pytest.mark.parametrize("day", ["2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24"])
def test_each_time_comes_once_and_none_goes_back(zone, cron, day):
    """From wherever one asks, the same times follow: what a sweep finds does not depend on when it looks."""
    start = utc(f"{day}T10:00")
    found = list(islice(upcoming(cron, zone, start), 60))
    assert found == sorted(set(found))
    for number, moment in enumerate(found[:40]):
        assert next_time(cron, zone, moment) == found[number + 1]
        assert next_time(cron, zone, moment - timedelta(minutes=1)) == moment


@pytest.mark.parametrize(
    "cron",
    ["", "* * * *", "* * * * * *", "@daily", "61 * * * *", "0 24 * * *", "0 0 31 2 *", "0 0 * * MON#6", "a b c d e"],
)
def test_lines_without_times(cron):
    with pytest.raises(NoTimes):
        next_time(cron, "UTC", utc("2026-11-21T00:00"))


def test_passed_times_are_counted():
    span = utc("2026-11-21T08:00"), utc("2026-11-21T10:00")
    assert times_between("*/15 * * * *", "UTC", *span) == 8
    assert times_between("0 9 * * *", "UTC", *span) == 1
    assert times_between("0 8 * * *", "UTC", *span) == 0
    assert times_between("* * * * *", "UTC", utc("2026-01-01T00:00"), span[1]) == MOST_MISSED


def test_several_lines_come_together_in_their_order():
    cron = "0 8 * * 1-5; 30 13 * * 1-5; */30 8 * * 1"
    assert some(cron, "UTC", "2026-11-20T12:00", 4) == [
        "Fri 20.11. 13:30 +0000",
        "Mon 23.11. 08:00 +0000",
        "Mon 23.11. 08:30 +0000",
        "Mon 23.11. 13:30 +0000",
    ]
    # times that are left out in two lines fall together
    assert some("0 2 * * *; 30 2 * * *", BERLIN, "2026-03-28T12:00", 2) == [
        "Sun 29.03. 03:00 +0200",
        "Mon 30.03. 02:00 +0200",
    ]


@pytest.mark.parametrize("cron", ["0 8 * * *;", "; 0 8 * * *", "0 8 * * *; 61 8 * * *", "; ".join(["0 8 * * *"] * 9)])
def test_each_of_several_lines_must_be_one(cron):
    with pytest.raises(NoTimes):
        next_time(cron, "UTC", utc("2026-11-21T00:00"))


ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]
PLANS = [
    ("0 8 * * 1-5", Week([1, 2, 3, 4, 5], [(8, 0)])),
    ("0,30 8,12 * * 6,7", Week([6, 7], [(8, 0), (8, 30), (12, 0), (12, 30)])),
    ("0 8 * * 1-5; 30 13 * * 1-5", Week([1, 2, 3, 4, 5], [(8, 0), (13, 30)])),
    ("7 6-8,22 * * 1,3,5", Week([1, 3, 5], [(6, 7), (7, 7), (8, 7), (22, 7)])),
    ("*/15 * * * *", Steps(ALL_DAYS, 15)),
    ("0 * * * 1-5", Steps([1, 2, 3, 4, 5], 60)),
    ("0 */6 * * *", Steps(ALL_DAYS, 360)),
]


@pytest.mark.parametrize(("cron", "plan"), PLANS)
def test_plain_words_are_lines_and_back(cron, plan):
    assert line_of(plan) == cron
    assert plan_of(cron) == plan


@pytest.mark.parametrize(
    ("cron", "plan"),
    [
        ("*/30 9-10 * * mon-fri", Week([1, 2, 3, 4, 5], [(9, 0), (9, 30), (10, 0), (10, 30)])),
        ("0 9 * * 0", Week([7], [(9, 0)])),
        ("0,20,40 * * * *", Steps(ALL_DAYS, 20)),
        ("15 * * * *", Week(ALL_DAYS, [(hour, 15) for hour in range(24)])),
        ("0 0,12 * * *", Week(ALL_DAYS, [(0, 0), (12, 0)])),
    ],
)
def test_other_lines_that_say_the_same(cron, plan):
    assert plan_of(cron) == plan


@pytest.mark.parametrize(
    "cron",
    [
        "* * * * *",
        "0 8 1 * *",
        "0 8 * 1 *",
        "0 8 * * MON#1",
        "0 8 * * 5L",
        "nonsense",
        "0 8 * * 1; 0 8 * * 2",
        "*/10 9-17 * * *",
    ],
)
def test_lines_that_say_more_than_plain_words(cron):
    assert plan_of(cron) is None
