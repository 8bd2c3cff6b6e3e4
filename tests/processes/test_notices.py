"""Whom a process waits for hears of it by the bell, and of a run that cannot go on whoever works at the ticket."""

import pytest

from accounts.leaving import deactivate
from accounts.models import Role
from automation.models import Notice
from automation.notices.making import notify
from processes.actions import deciding, starting
from processes.models import Decision
from tests.factories import AgentFactory, CustomerFactory, TicketFactory
from tests.processes.drawings import acting, line, work
from tests.processes.world import agent, published
from tickets.actions.routing import assign

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return TicketFactory(customer=CustomerFactory())


def rung(ticket):
    """Who has which notices, after everything that happened was told."""
    for event in ticket.events.filter(kind__startswith="process.").order_by("id"):
        notify(event)
    return sorted((notice.user.name, notice.occasion) for notice in Notice.objects.filter(ticket=ticket))


def begun(ticket, settings):
    return starting.start(published(line(work("Do", settings))), ticket, by=agent(ticket))


def test_a_task_of_one_person_rings_for_that_one(ticket):
    bea = agent(ticket)
    begun(ticket, {"who": {"kind": "agent", "person": bea.email}})
    assert rung(ticket) == [(bea.name, "asked")]


def test_a_task_of_a_role_rings_for_those_of_the_role_who_may_read(ticket):
    bea, stranger = agent(ticket), AgentFactory()
    group = bea.groups.create(name="Movers")
    stranger.groups.add(group)
    Role.objects.create(group=group)
    begun(ticket, {"who": {"kind": "role", "role": "Movers"}})
    assert rung(ticket) == [(bea.name, "asked")]


def test_a_task_of_the_owner_rings_for_the_owner(ticket):
    bea = agent(ticket)
    assign(ticket, bea, by=agent(ticket))
    begun(ticket, {"who": {"kind": "owner"}})
    assert rung(ticket) == [(bea.name, "asked")]


def test_a_decision_rings_for_agents_who_may_read_and_when_it_is_passed_on(ticket):
    bea, carlos, stranger = agent(ticket), agent(ticket), AgentFactory()
    by = [{"kind": "person", "person": person.email} for person in (bea, stranger)]
    begun(ticket, {"approval": {"rule": "all", "by": by, "delegation": True}})
    assert rung(ticket) == [(bea.name, "asked")]
    deciding.delegate(Decision.objects.get(approver=bea), carlos, by=bea)
    assert (carlos.name, "asked") in rung(ticket)


def test_a_run_that_is_stuck_rings_for_the_owner(ticket):
    bea, leaver = agent(ticket), AgentFactory()
    assign(ticket, bea, by=agent(ticket))
    begun(ticket, {"approval": {"rule": "all", "by": [{"kind": "person", "person": leaver.email}]}})
    deactivate(leaver, by=AgentFactory())
    assert (bea.name, "stuck") in rung(ticket)


def test_automatic_steps_ring_for_nobody(ticket):
    starting.start(published(line(acting("Note", {"do": "tag", "tags": ["a"]}))), ticket, by=agent(ticket))
    assert rung(ticket) == []
