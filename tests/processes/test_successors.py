"""Somebody is merged into somebody else, or is gone: what he was to do and to decide goes on, and the history says so."""

import pytest

from accounts.leaving import deactivate
from accounts.models import Organisation, Role
from processes.actions import deciding, starting, steering
from processes.links import decision_of, token_of
from processes.models import Decision
from processes.refusals import Refused
from tests.factories import AgentFactory, CustomerFactory, TicketFactory
from tests.processes.drawings import CUSTOMER, line, work
from tests.processes.world import agent, fresh, kinds, published, tasks
from tickets.actions.people import merge_people
from tickets.sentences import sentence_of

pytestmark = pytest.mark.django_db


def asks(*people, rule="all", **more):
    by = [{"kind": "person", "person": person.email} for person in people]
    return {"approval": {"rule": rule, "by": by, "delegation": True, **more}}


@pytest.fixture
def ticket():
    return TicketFactory(customer=CustomerFactory())


def begun(ticket, settings, by=None):
    return starting.start(published(line(work("Decide", settings), work("After"))), ticket, by=by or agent(ticket))


def of(person):
    return list(Decision.objects.of(person))


def told(run, kind):
    return [sentence_of(event) for event in run.ticket.events.filter(kind=f"process.{kind}").order_by("id")]


def test_the_decision_of_a_duplicate_is_the_others_now(ticket):
    old, new, by = CustomerFactory(name="Old"), CustomerFactory(name="New"), AgentFactory()
    run = begun(ticket, asks(old))
    link = token_of(of(old)[0])
    merge_people(old, new, by=by)
    (row,) = of(new)
    assert of(old) == []
    assert decision_of(link) is None
    assert told(run, "handed") == ["“Decide” is for New now instead of Old"]
    deciding.decide(row, "approved", by=new)
    assert list(tasks(run)) == ["After"]


def test_who_was_asked_under_both_names_decides_once(ticket):
    old, new, other = CustomerFactory(), CustomerFactory(), CustomerFactory()
    run = begun(ticket, asks(old, new, other))
    merge_people(old, new, by=AgentFactory())
    assert [row.answer for row in Decision.objects.order_by("pk")] == ["gone", "", ""]
    deciding.decide(of(new)[0], "approved", by=new)
    deciding.decide(of(other)[0], "approved", by=other)
    assert fresh(run).outcomes["Decide"] == "approved"


def test_nobody_comes_to_approve_what_he_has_asked_for_by_a_merge(ticket):
    old, other = CustomerFactory(), CustomerFactory()
    run = begun(ticket, asks(old, other))
    merge_people(old, ticket.customer, by=AgentFactory())
    assert of(ticket.customer) == []
    assert len(told(run, "dropped")) == 1
    assert "stuck" not in kinds(run)


def test_what_was_passed_on_stays_with_whom_it_was_passed_to(ticket):
    house = Organisation.objects.create(name="House")
    ticket.organisation = house
    ticket.save(update_fields=["organisation"])
    old, new, deputy = CustomerFactory(), CustomerFactory(), AgentFactory()
    begun(ticket, asks(old))
    deciding.delegate(of(old)[0], deputy, by=old)
    merge_people(old, new, by=AgentFactory())
    assert [row.approver for row in Decision.objects.waiting()] == [deputy]
    assert Decision.objects.get(answer="delegated").approver == old


def test_a_customers_task_follows_the_customer(ticket):
    new = CustomerFactory()
    run = starting.start(published(line(work("Ask", CUSTOMER))), ticket, by=agent(ticket))
    merge_people(ticket.customer, new, by=AgentFactory())
    assert tasks(run)["Ask"].user == new


def test_who_is_gone_is_asked_no_more_and_the_others_decide(ticket):
    leaver, other = AgentFactory(name="Leaver"), AgentFactory()
    run = begun(ticket, asks(leaver, other, rule="majority"))
    deactivate(leaver, by=AgentFactory())
    assert told(run, "dropped") == ["Leaver is not asked for “Decide” any more"]
    assert fresh(run).state == "going"
    deciding.decide(of(other)[0], "declined", by=other)
    assert fresh(run).outcomes["Decide"] == "declined"


def test_a_departure_decides_nothing(ticket):
    leaver, other, by = AgentFactory(), AgentFactory(), agent(ticket)
    run = begun(ticket, asks(leaver, other), by=by)
    deciding.decide(of(other)[0], "approved", by=other)
    deactivate(leaver, by=by)
    assert (fresh(run).state, fresh(run).problem["code"]) == ("stuck", "nobody")
    assert "Decide" not in fresh(run).outcomes
    steering.retry(run, by=by)
    assert fresh(run).problem["code"] == "nobody"


def test_those_are_asked_whom_the_drawing_names_today(ticket):
    leaver, new, by = AgentFactory(), AgentFactory(), agent(ticket)
    role = Role.objects.create(group=leaver.groups.create(name="Managers"))
    settings = {"approval": {"rule": "any", "by": [{"kind": "role", "role": "Managers"}]}}
    run = begun(ticket, settings, by=by)
    new.groups.add(role.group)
    deactivate(leaver, by=by)
    assert [row.approver for row in Decision.objects.waiting()] == [new]
    deciding.decide(of(new)[0], "approved", by=new)
    assert list(tasks(run)) == ["After"]


def test_a_task_of_a_colleague_who_is_gone_is_everybodys(ticket):
    leaver = AgentFactory(name="Leaver")
    mine = {"who": {"kind": "agent", "person": leaver.email}}
    run = starting.start(published(line(work("Do", mine))), ticket, by=agent(ticket))
    deactivate(leaver, by=AgentFactory())
    task = tasks(run)["Do"]
    assert (task.audience, task.user) == ("queue", None)
    assert told(run, "freed") == ["“Do” is for everybody who works the queue now instead of Leaver"]


def test_who_is_gone_cannot_answer_by_an_old_link(ticket):
    leaver, other = CustomerFactory(), CustomerFactory()
    begun(ticket, asks(leaver, other))
    (row,) = of(leaver)
    deactivate(leaver, by=AgentFactory())
    with pytest.raises(Refused):
        deciding.decide(row, "approved", by=leaver, way="link")
