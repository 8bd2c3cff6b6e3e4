"""Filters that mean tickets as they were, and what is said where a ticket has none of something."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from core.clock import pretend
from reports.asking import ask
from reports.drilling import tickets_behind
from reports.keeping import keep
from reports.measures import Source, measures
from reports.models import Fact
from reports.questions import Period, Question, QuestionError, read
from reports.tables import TOTAL
from tests.factories import TicketFactory
from tests.reports.conftest import live, worlds
from tickets.actions.routing import assign, move

pytestmark = pytest.mark.django_db

slow = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
KEYS = tuple(key for key, one in measures().items() if one.source in (Source.FACTS, Source.SPANS))
FIELDS = ("queue", "owner", "state", "priority", "customer", "organisation", "channel", "type", "service")


@slow
@given(steps=worlds(25))
def test_what_were_so_then_is_the_row_of_it(world, promised, steps):
    """Told apart by the owner of then, a row is what the filter by that owner leaves."""
    end = live(world, steps)
    period = Period("", date(2026, 3, 27), end.date())
    with pretend(end):
        for field in FIELDS:
            for keys in (KEYS[:8], KEYS[8:16], KEYS[16:24]):
                table = ask(Question(keys, field, period=period), world.bea)
                for header in table.rows:
                    value = header.key if field == "channel" else int(header.key or 0)
                    leaf = {"field": field, "is": value} if header.key else {"field": field, "empty": True}
                    condition = {"not": {"not": leaf}} if "closed" in keys else leaf
                    only = ask(Question(keys, period=period, condition=condition, as_of="then"), world.bea)
                    for key in keys:
                        assert only.cell(TOTAL, TOTAL, key) == table.cell(header.key, TOTAL, key), (field, leaf, key)


def test_a_ticket_that_moved_on_counts_where_it_was(world):
    with pretend(datetime(2026, 3, 27, 8, tzinfo=UTC)):
        ticket = TicketFactory(queue=world.support)
    with pretend(datetime(2026, 3, 28, 8, tzinfo=UTC)):
        assign(ticket, world.bea, by=world.bea)
        move(ticket, world.billing, by=world.bea)
    keep([ticket.pk])
    period = Period("", date(2026, 3, 27), date(2026, 3, 27))
    here = {"field": "queue", "is": "Support"}

    def counted(**options):
        question = Question(("created",), period=period, **options)
        found = set(tickets_behind(question, world.bea, measure="created"))
        return ask(question, world.bea).cell("", "", "created").value, found

    assert counted(condition=here) == (0, set())
    assert counted(condition=here, as_of="then") == (1, {ticket})
    mine = {"field": "owner", "is": {"me": True}}
    assert counted(condition=mine) == (1, {ticket})
    assert counted(condition=mine, as_of="then") == (0, set())
    open_then = {"field": "state.type", "in": ["new", "open"]}
    assert counted(condition=open_then, as_of="then") == (1, {ticket})
    # rights are those of today
    question = Question(("created",), period=period, condition=here, as_of="then")
    assert ask(question, world.carlos).cell("", "", "created").value == 0


def test_what_nobody_knows_of_then_is_refused(world):
    here = {"field": "queue", "is": world.support.pk}
    asked = {"measures": ["created"], "as_of": "then"}
    assert read({**asked, "condition": here}, world.bea).is_of_then
    assert not read(asked, world.bea).is_of_then
    for wrong in (
        {"condition": {"field": "title", "contains": "printer"}},
        {"condition": {"any": [here, {"not": {"field": "tags", "contains": "vip"}}]}},
        {"condition": here, "measures": ["article_uses"]},
        {"condition": here, "as_of": "tomorrow"},
    ):
        with pytest.raises(QuestionError) as refused:
            read({**asked, **wrong}, world.bea)
        assert refused.value.field == "as_of"


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        ("owner", "Nobody"),
        ("agent", "No agent"),
        ("service", "No service"),
        ("organisation", "No organisation"),
    ],
)
def test_what_a_ticket_has_none_of_has_words_and_leads_to_it(world, dimension, words):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    keep([ticket.pk])
    # as its history would have it, had it been opened without any of them
    Fact.objects.update(organisation_id=None, service_id=None, owner_id=None, agent_id=None)
    question = Question(("created",), dimension, period=Period("today"))
    table = ask(question, world.bea)
    assert [(header.key, header.label) for header in table.rows] == [("", words)]
    assert set(tickets_behind(question, world.bea, measure="created", row="")) == {ticket}
    assert table.made_at - table.starts < timedelta(days=1)
