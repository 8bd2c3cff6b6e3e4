"""Nobody counts what they may not see: the same questions with and without hidden tickets have the same answers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from core.clock import pretend
from reports.asking import ask
from reports.drilling import tickets_behind
from reports.keeping import keep
from reports.measures import Source, measures
from reports.models import Fact, Span, Story
from reports.questions import Period, Question, QuestionError
from reports.tables import TOTAL
from tests.factories import AgentFactory, TicketFactory, role
from tests.reports.conftest import SAY, live, worlds
from tickets.actions.replying import reply
from tickets.actions.routing import move
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

slow = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
KEYS = [key for key, each in measures().items() if each.source in (Source.FACTS, Source.SPANS)]


def questions(end):
    period = Period("", date(2026, 3, 27), (end + timedelta(days=1)).date())
    for key in KEYS:
        for rows, columns in (("queue", ""), ("customer", "time"), ("owner", "channel"), ("time", "")):
            yield Question((key,), rows, columns, period=period, compare="previous", zone="Europe/Berlin")


def answers(user, end):
    fresh = type(user).objects.get(pk=user.pk)
    return [replace(ask(question, fresh), made_at=end) for question in questions(end)]


@slow
@given(steps=worlds(20))
def test_hidden_tickets_leave_no_trace(world, promised, steps):
    end = live(world, steps)
    with pretend(end):
        with_hidden = answers(world.carlos, end)
        # the tickets stand where they were, and nothing is counted of those in other queues
        for model in (Fact, Span, Story):
            model.objects.exclude(ticket__in=Ticket.objects.allowing(world.carlos, "read")).delete()
        assert answers(world.carlos, end) == with_hidden


@slow
@given(steps=worlds(20))
def test_a_cell_leads_to_the_tickets_it_counts(world, promised, steps):
    end = live(world, steps)
    with pretend(end):
        for question in questions(end):
            key = question.measures[0]
            table = ask(question, world.carlos)
            allowed = Ticket.objects.allowing(world.carlos, "read")
            for row in [*(header.key for header in table.rows), TOTAL]:
                behind = tickets_behind(question, world.carlos, measure=key, row=row)
                value = table.cell(row, TOTAL, key).value
                assert not behind.exclude(pk__in=allowed.values("pk")).exists()
                if measures()[key].kind == "level" or key in ("created", "resolved", "one_touch"):
                    assert behind.count() == (value or 0), (question, row)
                else:
                    assert behind.exists() == (value not in (0, None)) or measures()[key].kind in ("share", "duration")


def test_what_leaves_for_a_hidden_queue_is_gone_at_once(world):
    """Before any worker has told the ticket anew."""
    end = live(world, [])
    ticket = Ticket.objects.filter(queue=world.support).first()
    question = Question(("created",), period=Period("", end.date(), end.date()))
    before = ask(question, world.carlos).cell("", "", "created").value
    move(ticket, world.billing, by=world.bea)
    assert ask(question, world.carlos).cell("", "", "created").value == before - 1
    assert ask(question, world.bea).cell("", "", "created").value == 4
    assert ticket not in tickets_behind(question, world.carlos, measure="created")


@pytest.mark.parametrize("measure", ["created", "first_response_median"])
def test_queues_that_one_may_not_read_are_one(world, measure):
    """Of them he would count the tickets alone that have left them since."""
    end = live(world, [])
    moved = list(Ticket.objects.filter(queue=world.billing))
    with pretend(end):
        for ticket in moved:
            reply(ticket, SAY, by=world.bea)
            move(ticket, world.support, by=world.bea)
        keep(list(Ticket.objects.values_list("pk", flat=True)))
        question = Question((measure,), "queue", period=Period("", end.date(), end.date()))
        rows = {header.label: header.key for header in ask(question, world.carlos).rows}
        assert "Other queues" in rows and "Billing" not in rows
        assert list(rows)[-1] == "Other queues"
        if measure == "created":
            behind = tickets_behind(question, world.carlos, measure=measure, row=rows["Other queues"])
            assert set(behind) == set(moved)
            assert not tickets_behind(question, world.carlos, measure=measure, row=str(world.billing.pk))
        assert "Billing" in {header.label for header in ask(question, world.bea).rows}


def test_somebody_without_rights_counts_nothing(world):
    end = live(world, [])
    stranger = AgentFactory()
    role("Strangers", stranger)
    for question in questions(end):
        table = ask(question, stranger)
        assert not [cell for cell in table.cells.values() if cell.value]


def test_a_condition_narrows_and_never_widens(world):
    end = live(world, [])
    everything = {"any": [{"field": "queue", "is": world.billing.pk}, {"field": "queue", "is": world.support.pk}]}
    question = Question(("created",), "queue", condition=everything, period=Period("", end.date(), end.date()))
    table = ask(question, world.carlos)
    assert [header.key for header in table.rows] == [str(world.support.pk)]


def test_queries_do_not_grow_with_rows(world, queries):
    end = live(world, [])
    question = Question(("created", "backlog"), "customer", "time", period=Period("", end.date(), end.date()))
    ask(question, world.bea)
    with queries() as few:
        ask(question, world.bea)
    with pretend(end):
        for _number in range(5):
            ticket = TicketFactory(queue=world.support)
            reply(ticket, SAY, by=world.bea)
    with queries() as many:
        ask(question, world.bea)
    assert len(many) == len(few)


@pytest.mark.parametrize("dimension", ["channel", "owner", "target"])
@pytest.mark.parametrize("key", ["\0", "1\0", "email\0"])
def test_a_key_that_no_row_can_have_is_refused(world, dimension, key):
    measure = "sla_kept" if dimension == "target" else "created"
    question = Question((measure,), dimension)
    with pytest.raises(QuestionError):
        tickets_behind(question, world.bea, measure=measure, row=key)
