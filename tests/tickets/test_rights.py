"""Rights: the set, the predicate and a slow reference agree; queries do not grow with queues."""

import random

import pytest

from accounts.models import User
from tests.factories import AgentFactory, QueueFactory, TicketFactory, role
from tickets.actions.progress import set_state
from tickets.actions.queues import save_queue
from tickets.models import Queue, QueueGroupPermission, QueueUserPermission, StateType, Ticket
from tickets.rights import IMPLIES, RIGHTS, agents_with, grant, holding, revoke
from tickets.vocabulary import first_state

pytestmark = pytest.mark.django_db


def slow_reference(user: User, right: str, queue: Queue) -> bool:
    """The rule read off decision 15, one grant at a time, walking up the tree."""
    if not (user.is_agent and user.is_active):
        return False
    while queue is not None:
        held = [p.permission.codename for p in QueueUserPermission.objects.filter(user=user, content_object=queue)]
        for group in user.groups.all():
            held += [
                p.permission.codename for p in QueueGroupPermission.objects.filter(group=group, content_object=queue)
            ]
        if right in held or "write" in held or (right == "read" and {"note", "owner", "priority"} & set(held)):
            return True
        queue = queue.parent
    return False


@pytest.mark.parametrize("seed", range(5))
def test_set_predicate_and_reference_agree_in_random_worlds(db, seed):
    dice = random.Random(seed)
    queues = [QueueFactory()]
    for _n in range(7):
        queues.append(QueueFactory(parent=dice.choice([None, *queues])))
    agents = [AgentFactory() for _n in range(4)]
    agents[-1].is_active = False
    agents[-1].save()
    for n in range(3):
        group = role(f"Role {n}", *dice.sample(agents, 2))
        for _grant in range(3):
            grant(group, dice.choice(queues), dice.choice(RIGHTS))
    for agent in agents:
        grant(agent, dice.choice(queues), dice.choice(RIGHTS))
    tickets = [TicketFactory(queue=queue) for queue in queues]
    for agent in User.objects.filter(is_agent=True):
        for right in RIGHTS:
            expected = {t.pk for t in tickets if slow_reference(agent, right, t.queue)}
            assert set(Ticket.objects.allowing(agent, right).values_list("pk", flat=True)) == expected
            assert {t.pk for t in tickets if t.allows(agent, right)} == expected
            for queue in queues[:3]:
                assert (agent in agents_with(right, queue)) == slow_reference(agent, right, queue)
                assert holding(right, queue).filter(pk=agent.pk).count() == slow_reference(agent, right, queue)


def test_administrators_see_no_tickets_by_that_alone(world):
    TicketFactory(queue=world.billing)
    assert not Ticket.objects.allowing(world.alex, "read").exists()


def test_superusers_see_no_tickets_by_that_alone(world):
    TicketFactory(queue=world.billing)
    world.carlos.is_superuser = True
    assert not Ticket.objects.allowing(world.carlos, "read").exists()


def test_owning_a_ticket_grants_nothing(world):
    ticket = TicketFactory(queue=world.billing, owner=world.carlos)
    assert not ticket.allows(world.carlos, "read")


def test_a_right_ends_when_it_is_revoked(world):
    ticket = TicketFactory(queue=world.hardware)
    assert ticket.allows(User.objects.get(pk=world.carlos.pk), "write")
    revoke(world.support_role, world.support, "write")
    assert not ticket.allows(User.objects.get(pk=world.carlos.pk), "read")


def test_rights_cost_one_query_whatever_the_number_of_queues(world, queries):
    def cost() -> int:
        fresh = User.objects.get(pk=world.bea.pk)
        with queries() as counted:
            list(Ticket.objects.allowing(fresh, "read"))
        return len(counted)

    few = cost()
    for _n in range(20):
        grant(world.support_role, QueueFactory(parent=world.support), "read")
    assert cost() == few == 2  # the rights and the tickets


def test_customers_see_their_own_and_the_organisations_only_with_the_mark(world):
    own = TicketFactory(customer=world.dana)
    other = TicketFactory(customer=world.erik)
    assert list(Ticket.objects.of_customer(world.dana)) == [own]
    membership = world.erik.memberships.get()
    membership.organisation = world.acme
    membership.save()
    Ticket.objects.filter(pk=other.pk).update(organisation=world.acme)
    assert list(Ticket.objects.of_customer(world.dana)) == [own]
    world.dana.memberships.update(sees_all=True)
    assert set(Ticket.objects.of_customer(world.dana)) == {own, other}


def test_removed_tickets_are_gone_for_customers(world):
    ticket = TicketFactory(customer=world.dana)
    set_state(ticket, first_state(StateType.REMOVED), by=world.bea)
    assert not Ticket.objects.of_customer(world.dana).exists()


def test_every_right_is_known_to_the_implications():
    assert set(IMPLIES) == set(RIGHTS)


def test_a_queue_knows_those_above_it_and_asks_once(queries):
    top = save_queue(Queue(name="Top"), by=AgentFactory())
    middle = save_queue(Queue(name="Middle", parent=top), by=AgentFactory())
    low = Queue.objects.get(pk=save_queue(Queue(name="Low", parent=middle), by=AgentFactory()).pk)
    with queries() as made:
        assert low.line == low.line == [low.pk, middle.pk, top.pk]
        assert (top.line, Queue(name="New", parent=top).line) == ([top.pk], [])
    assert len(made) == 1
    low.parent = top
    save_queue(low, by=AgentFactory())
    assert low.line == [low.pk, top.pk]
