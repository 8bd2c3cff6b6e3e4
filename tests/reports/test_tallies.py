"""Sums by the hour: what they answer is what the rows would, whatever happens to the rows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings

from core.clock import pretend
from reports import checking, tallying
from reports.asking import ask
from reports.checking import check, is_well, latest
from reports.measures import Source, measures
from reports.models import Fact, Tally
from reports.questions import Period, Question
from tests.reports.conftest import live, worlds
from tickets.actions.routing import move
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

slow = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
PLACES = [("", ""), ("queue", ""), ("time", "queue"), ("queue", "time"), ("weekday", "hour"), ("time", "")]
TALLIED = [key for key, one in measures().items() if one.formula.is_tallied and one.source == Source.FACTS]
# Business as usual, clocks that are half an hour ahead, and one that is half an hour ahead in winter alone.
ZONES = ["Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"]


def questions(world, end):
    here = {"field": "queue", "is": world.support.pk}
    for zone in ZONES:
        for rows, columns in PLACES:
            asked = Question(tuple(TALLIED), rows, columns, period=Period("", date(2026, 3, 27), end.date()), zone=zone)
            yield asked
            yield replace(asked, compare="previous", condition=here, grain="hour" if columns == "hour" else "week")
            yield replace(asked, period=Period("today"), compare="previous", condition={"not": here}, as_of="then")
            if "weekday" not in (rows, columns):
                levels = replace(asked, measures=("backlog", "backlog_unowned"))
                yield levels
                yield replace(levels, period=Period("this_month"), condition=here, as_of="then")


def cells(question, user):
    return ask(question, user).cells


@slow
@given(steps=worlds(25))
def test_they_answer_what_the_rows_would(world, promised, monkeypatch, steps):
    end = live(world, steps)
    moved = Ticket.objects.exclude(state__type__in=("merged", "removed")).first()
    move(moved, world.hardware if moved.queue == world.billing else world.billing, by=world.bea)
    asked, users = list(questions(world, end)), (world.bea, world.carlos)
    with pretend(end):
        summed = [cells(question, user) for question in asked for user in users]
        with monkeypatch.context() as live_alone:
            live_alone.setattr(tallying, "knows", lambda *_args: False)
            live_alone.setattr(tallying, "is_full_hour", lambda _moment: False)
            assert [cells(question, user) for question in asked for user in users] == summed
        assert tallying.fold()
        assert not Tally.objects.filter(is_folded=False, at__lt=tallying.hour_of(end)).exists()
        assert [cells(question, user) for question in asked for user in users] == summed
        assert tallying.mend() == 0


def test_they_follow_a_ticket_that_moves_and_one_that_goes(world):
    live(world, [])
    ticket, other = Ticket.objects.filter(queue=world.support)
    move(ticket, world.billing, by=world.bea)
    assert tallying.mend() == 0
    Fact.objects.filter(ticket=other).delete()
    assert tallying.mend() == 0
    assert sum(Tally.objects.filter(kind="created").values_list("number", flat=True)) == 3


def test_the_hour_that_runs_is_folded_later(world):
    end = live(world, [])
    hour = tallying.hour_of(Tally.objects.latest("at").at)
    with pretend(hour + timedelta(minutes=59)):
        tallying.fold()
        assert Tally.objects.filter(is_folded=False, at=hour).exists()
    with pretend(end + timedelta(hours=2)):
        tallying.fold()
    assert not Tally.objects.filter(is_folded=False).exists()


def test_what_differs_is_found_and_mended(world):
    live(world, [])
    assert is_well(check(sample=None))
    row = Tally.objects.filter(kind="created").first()
    Tally.objects.filter(pk=row.pk).update(number=row.number + 1)
    gone = Tally.objects.filter(kind=Tally.STANDING).first()
    Tally.objects.filter(pk=gone.pk).delete()
    found = check(sample=None)
    assert found.hours == len({row.at, gone.at})
    assert not is_well(found)
    assert is_well(check(sample=None))


def test_a_comparison_that_fails_is_said(world, monkeypatch, signed_in):
    def fail(*_args):
        raise OperationalError("canceling statement due to statement timeout")

    live(world, [])
    with monkeypatch.context() as failing, pytest.raises(OperationalError):
        failing.setattr(checking, "mend", fail)
        check(sample=None)
    assert latest().looked_at
    assert not is_well(latest())
    health = reverse("setup:health")
    assert "not checked to the end" in signed_in(world.alex).get(health).content.decode()
    assert is_well(check(sample=None))
    assert "not checked to the end" not in signed_in(world.alex).get(health).content.decode()


def test_a_question_of_queues_looks_at_no_row(world, queries):
    end = live(world, [])
    question = Question(("created", "sla_kept", "mttr"), "queue", "time", period=Period("", end.date(), end.date()))
    with pretend(end + timedelta(days=2)), queries() as asked:
        ask(question, world.bea)
    assert not [one for one in asked if "reports_fact" in one["sql"]]
    assert [one for one in asked if "reports_tally" in one["sql"]]
