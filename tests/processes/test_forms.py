"""Forms of steps: what is asked, what follows, what is checked and what is kept."""

import pytest
from django.core.exceptions import ValidationError

from processes import forms
from processes.actions import configuring, starting, working
from processes.refusals import Refused
from tests.factories import CustomerFactory, TicketFactory
from tests.processes.drawings import CUSTOMER, drawing, end, line, start, ways, work
from tests.processes.world import agent, fresh, kinds, published, tasks
from tickets.models import FieldDefinition

pytestmark = pytest.mark.django_db

FORM = [
    {"field": "kind", "required": True, "help": {"en": "What is it?", "de": "Was ist es?"}},
    {"field": "size", "required": True, "shown_when": {"field": "field.kind", "is": "desk"}},
    {"field": "colour"},
]


@pytest.fixture
def fields():
    make = FieldDefinition.objects.create
    make(key="kind", label="Kind", kind="dropdown", options=["desk", "chair"])
    make(key="size", label="Size", kind="number")
    make(key="colour", label="Colour", kind="text")


@pytest.fixture
def ticket(fields):
    return TicketFactory(customer=CustomerFactory())


@pytest.fixture
def run(ticket):
    process = published(line(work("Order", {**CUSTOMER, "form": FORM, "text": {"en": "Tell us"}}), work("Look")))
    return starting.start(process, ticket, by=agent(ticket))


def test_what_is_asked_follows_from_the_answers_above(run):
    form = forms.form_of(tasks(run)["Order"])
    assert (form.text, form.deciding) == ("Tell us", {"kind"})
    assert [entry.help for entry in form.entries] == ["What is it?", "", ""]
    for answers, asked in [
        ({}, "kind colour"),
        ({"kind": "desk"}, "kind size colour"),
        ({"kind": "chair"}, "kind colour"),
    ]:
        assert [entry.key for entry in forms.asked(form, answers, run.ticket)] == asked.split()


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"kind"}),
        ({"kind": "desk"}, {"size"}),
        ({"kind": "desk", "size": "big"}, {"size"}),
        ({"kind": "lamp"}, {"kind"}),
        ({"kind": "chair", "secret": "x"}, {"secret"}),
    ],
)
def test_wrong_answers_are_named_and_change_nothing(run, answers, wrong):
    with pytest.raises(ValidationError) as refused:
        working.complete(tasks(run)["Order"], answers, by=run.ticket.customer)
    assert set(refused.value.message_dict) == wrong
    run.ticket.refresh_from_db()
    assert (run.ticket.custom_fields, set(tasks(run)), kinds(run)) == ({}, {"Order"}, ["started", "asked"])


def test_the_answers_become_fields_of_the_ticket(run):
    working.complete(tasks(run)["Order"], {"kind": "desk", "size": "120", "colour": ""}, by=run.ticket.customer)
    run.ticket.refresh_from_db()
    assert run.ticket.custom_fields == {"kind": "desk", "size": 120}
    event = run.ticket.events.get(kind="fields.changed")
    assert event.actor == run.ticket.customer
    assert set(tasks(run)) == {"Look"}


def test_a_hidden_answer_is_not_taken(run):
    working.complete(tasks(run)["Order"], {"kind": "chair", "size": "120"}, by=run.ticket.customer)
    run.ticket.refresh_from_db()
    assert run.ticket.custom_fields == {"kind": "chair"}


def test_a_draft_keeps_what_was_written_and_goes_with_the_task(run):
    task = tasks(run)["Order"]
    working.save_draft(task, {"kind": "lamp", "size": "12", "evil": "x"}, by=run.ticket.customer)
    task = tasks(run)["Order"]
    assert task.draft == {"kind": "lamp", "size": "12"}
    assert [entry.value for entry in forms.form_of(task).entries] == ["lamp", "12", None]
    done = working.complete(task, {"kind": "chair"}, by=run.ticket.customer)
    assert done.draft == {}


def test_a_task_is_done_once(run):
    task = tasks(run)["Order"]
    working.complete(task, {"kind": "chair"}, by=run.ticket.customer)
    for again in (working.complete, working.save_draft):
        with pytest.raises(Refused) as refused:
            again(task, {"kind": "chair"}, by=run.ticket.customer)
        assert refused.value.code == "over"
    assert kinds(fresh(run)) == ["started", "asked", "done", "asked"]


def test_a_start_form_is_asked_before_it_begins(ticket):
    form = {"form": [{"field": "kind", "required": True}]}
    process = published(drawing(start(settings=form), work("Look"), end(), ways("S>Look", "Look>E")))
    assert [entry.key for entry in forms.start_form(process, ticket).entries] == ["kind"]
    with pytest.raises(ValidationError):
        starting.start(process, ticket, values={}, by=agent(ticket))
    assert not ticket.process_runs.exists()
    starting.start(process, ticket, values={"kind": "desk"}, by=agent(ticket))
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"kind": "desk"}


def test_an_agent_takes_a_task_of_many(ticket):
    run = starting.start(published(line(work("Look"))), ticket, by=agent(ticket))
    by = agent(ticket)
    task = working.take(tasks(run)["Look"], by=by)
    assert (task.audience, task.user) == ("agent", by)
    assert kinds(run) == ["started", "asked", "taken"]


def test_a_process_that_is_not_published_cannot_begin(ticket):
    process = published(line(work("Look")))
    configuring.retire(process, by=agent(ticket))
    with pytest.raises(Refused) as refused:
        starting.start(process, ticket, by=agent(ticket))
    assert refused.value.code == "unpublished"
