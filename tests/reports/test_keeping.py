"""Rows are kept by events, one after the other, and are those that a look at the whole history gives."""

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings

from reports import handlers
from reports.checking import check, is_well, latest
from reports.histories import histories_of
from reports.keeping import FACT, SPAN, STORY, keep, wrong_among
from reports.models import Fact, Rebuild, Span, Story
from reports.rebuilding import ask_for, run, tell_all
from reports.retelling import retell
from tests.factories import TicketFactory
from tests.reports.conftest import SAY, live, worlds
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import move
from tickets.models import Delivery, Event, State, Ticket

pytestmark = pytest.mark.django_db

slow = settings(
    max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


def rows():
    return [
        sorted(model.objects.values_list(*columns), key=repr)
        for model, columns in ((Fact, FACT), (Span, SPAN), (Story, STORY))
    ]


def all_tickets():
    return list(Ticket.objects.values_list("pk", flat=True))


@slow
@given(steps=worlds(20))
def test_told_event_by_event_or_at_once_is_the_same(world, promised, steps):
    live(world, steps)
    at_once = rows()
    for model in (Fact, Span, Story):
        model.objects.all().delete()
    for event in Event.objects.order_by("id"):
        handlers.retell(event)
    assert rows() == at_once
    assert wrong_among(all_tickets()) == []
    assert keep(all_tickets()) == []


def test_an_event_is_told_after_the_commit(world, drain):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    drain()
    assert list(Fact.objects.order_by("pk").values_list("kind", flat=True)) == ["created", "asked"]
    reply(ticket, SAY, by=world.bea, then=State.objects.get(name="closed successful"))
    drain()
    kinds = sorted(Fact.objects.values_list("kind", flat=True))
    assert kinds == ["answered", "asked", "closed", "created", "first_response", "one_touch", "repaired", "resolved"]
    assert Span.objects.latest("ends_at").ends_at == Event.objects.get(kind="ticket.closed").at
    story = Story.objects.get()
    assert (story.answers, story.reopenings, story.version) == (1, 0, Ticket.objects.get().version)


def test_what_agrees_is_left_alone(world, drain):
    ticket = TicketFactory(queue=world.support)
    drain()
    before = set(Fact.objects.values_list("pk", flat=True))
    add_note(ticket, SAY, by=world.bea)
    drain()
    assert before < set(Fact.objects.values_list("pk", flat=True))


def test_spans_never_overlap_and_the_last_one_is_open(world):
    ticket = TicketFactory(queue=world.support)
    move(ticket, world.hardware, by=world.bea)
    receive(ticket, SAY, channel="email", by=ticket.customer)
    set_state(ticket, State.objects.get(name="open"), by=world.bea)
    spans = retell(histories_of([ticket.pk])[ticket.pk].history).spans
    assert all(one.ends_at == other.starts_at for one, other in zip(spans, spans[1:], strict=False))
    assert [span.ends_at is None for span in spans] == [False] * (len(spans) - 1) + [True]


def test_the_check_finds_what_is_wrong_and_has_it_mended(world):
    ticket = TicketFactory(queue=world.support)
    keep([ticket.pk])
    assert is_well(check(sample=None))
    Fact.objects.filter(kind="created").update(priority_id=99)
    found = check(sample=None)
    assert (found.looked_at, found.wrong, found.behind) == (1, [ticket.number], 0)
    assert not is_well(latest())
    with pytest.raises(SystemExit):
        call_command("check_reports", "--all")
    row = Rebuild.objects.unfinished().get()
    run(row)
    assert (row.done, row.mended) == (1, 1)
    assert is_well(check(sample=None))


def test_the_check_finds_what_nobody_has_told(world):
    TicketFactory(queue=world.support)
    Delivery.objects.all().delete()
    assert check(sample=None).behind == 1
    assert tell_all() == 1
    assert tell_all() == 0
    assert check(sample=None).behind == 0


def test_whoever_asks_twice_gets_one_rebuild(world):
    assert ask_for("one") == ask_for("two")


def test_a_rebuild_goes_on_where_it_stopped(world):
    for _number in range(3):
        TicketFactory(queue=world.support)
    row = ask_for("test")
    run(row, seconds=-1)
    assert row.due_at is not None and row.last_ticket
    while row.finished_at is None:
        run(row, seconds=-1)
    assert row.done == 3 and Story.objects.count() == 3
