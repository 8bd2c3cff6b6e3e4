"""A time that still runs is compared with as much of the time before."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.clock import pretend
from reports.asking import ask
from reports.keeping import keep
from reports.periods import Period, as_far, moments_of, shifted
from reports.questions import Question
from tests.factories import TicketFactory
from tickets.models import Ticket

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 4, 10, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("period", "comparison", "moment", "expected"),
    [
        # the clocks changed in between: noon stays noon
        (Period("this_month"), "previous", NOON, "2026-03-10T12:00:00+01:00"),
        (Period("this_year"), "year", NOON, "2025-04-10T12:00:00+02:00"),
        (Period("today"), "previous", NOON, "2026-04-09T12:00:00+02:00"),
        (Period("last_7_days"), "previous", NOON, "2026-04-03T12:00:00+02:00"),
        # a day that the shorter month does not have
        (Period("this_month"), "previous", datetime(2026, 3, 30, 12, tzinfo=BERLIN), "2026-03-01T00:00:00+01:00"),
        # it is over, it has just begun, it lies ahead
        (Period("last_month"), "previous", NOON, "2026-03-01T00:00:00+01:00"),
        (Period("today"), "previous", datetime(2026, 4, 10, tzinfo=BERLIN), "2026-04-10T00:00:00+02:00"),
        (Period("", date(2026, 5, 1), date(2026, 5, 2)), "previous", NOON, "2026-05-01T00:00:00+02:00"),
    ],
)
def test_it_goes_as_far_as_the_time_that_runs(period, comparison, moment, expected):
    days = period.days(moment.date())
    before = moments_of(*shifted(*days, comparison), BERLIN)
    found = as_far(before, moments_of(*days, BERLIN), moment, BERLIN)
    assert (found.starts, found.ends) == (before.starts, datetime.fromisoformat(expected))


@pytest.mark.django_db
def test_what_came_later_in_the_time_before_is_not_compared_with(world):
    moments = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))
    for moment in moments:
        with pretend(moment):
            TicketFactory(queue=world.support)
    keep(list(Ticket.objects.values_list("pk", flat=True)))
    measures, period = ("created", "backlog", "article_views"), Period("this_month")
    with pretend(NOON):
        asked = Question(measures, period=period, compare="previous", zone="Europe/Berlin")
        table = ask(asked, world.bea)
        assert [vars(table.cell("", "", key)) for key in measures[:2]] == [
            {"value": 1, "before": 1},
            {"value": 3, "before": 1},
        ]
        assert table.before_ends == datetime(2026, 3, 10, 12, tzinfo=BERLIN)
        asked = Question(measures[:2], "time", period=period, compare="previous", zone="Europe/Berlin")
        table = ask(asked, world.bea)
        ahead, today = table.rows[19].key, table.rows[9].key
        assert vars(table.cell(ahead, "", "created")) == {"value": None, "before": None}
        assert vars(table.cell(today, "", "backlog")) == {"value": 3, "before": 1}
