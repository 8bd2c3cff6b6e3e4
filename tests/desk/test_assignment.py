"""Assignment as agents see it: why this agent, who takes nothing now, one's own switch."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from automation.choosing import Why
from automation.models import AgentProfile, Method, QueueAssignment
from tests.factories import TicketFactory
from tickets.actions.routing import assign
from tickets.models import Ticket
from web.desk.assignments import _SENTENCES

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.fixture
def ticket(world, drain) -> Ticket:
    QueueAssignment.objects.create(queue=world.support, method=Method.ROUND_ROBIN)
    AgentProfile.objects.create(user=world.alex, is_available=False)
    found = TicketFactory(queue=world.support, customer=world.dana)
    drain()
    return Ticket.objects.get(pk=found.pk)


def test_every_reason_has_its_words():
    assert {why.value for why in Why} == set(_SENTENCES)


def test_why_this_agent_stands_beside_the_ticket(ticket, world, signed_in):
    text = words(signed_in(world.bea).get(reverse("desk:ticket", args=[ticket.number])))
    assert "Why this agent" in text
    assert "Bea Costa had waited longest for a ticket." in text
    assert "Alex Berger takes no new tickets now" in text
    assert "Carlos Díaz had a ticket more recently" in text


def test_the_history_says_how_it_came_about(ticket, world, signed_in):
    text = words(signed_in(world.bea).get(reverse("desk:history", args=[ticket.number])))
    assert "as the queue gives its tickets" in text


def test_a_ticket_given_by_hand_says_nothing(ticket, world, signed_in):
    assign(ticket, world.carlos, by=world.carlos)
    text = words(signed_in(world.bea).get(reverse("desk:ticket", args=[ticket.number])))
    assert "Why this agent" not in text


def test_a_ticket_that_waits_says_so(world, drain, signed_in):
    QueueAssignment.objects.create(queue=world.support, method=Method.ROUND_ROBIN)
    for agent in (world.alex, world.bea, world.carlos):
        AgentProfile.objects.create(user=agent, is_available=False)
    waiting = TicketFactory(queue=world.support, customer=world.dana)
    drain()
    text = words(signed_in(world.bea).get(reverse("desk:ticket", args=[waiting.number])))
    assert "Waiting for an agent" in text
    assert "Nobody can take it now, so it waits for somebody" in text


def test_who_takes_nothing_now_is_marked_where_tickets_are_given(ticket, world, signed_in):
    text = words(signed_in(world.bea).get(reverse("desk:owner", args=[ticket.number])))
    assert "takes no new tickets now" in text


def test_ones_own_switch(world, signed_in):
    bea = signed_in(world.bea)
    assert "You take no new tickets now." not in words(bea.get(reverse("desk:home")))
    assert bea.post(reverse("desk:available"), {"to": "off"}).status_code == 302
    assert not AgentProfile.objects.get(user=world.bea).is_available
    assert "You take no new tickets now." in words(bea.get(reverse("desk:home")))
    bea.post(reverse("desk:available"), {"to": "on"})
    assert AgentProfile.objects.get(user=world.bea).is_available


def test_wishes_stand_in_the_profile(world, signed_in):
    bea = signed_in(world.bea)
    sent = {"name": "Bea Costa", "theme": "auto", "density": "comfortable", "undo_seconds": "10", "language": "en"}
    assert bea.post("/profile/", {**sent, "when_away": "queue"}).status_code == 302
    profile = AgentProfile.objects.get(user=world.bea)
    assert (profile.is_available, profile.when_away) == (False, "queue")
    bea.post("/profile/", sent)  # a page of yesterday
    profile.refresh_from_db()
    assert (profile.is_available, profile.when_away) == (False, "queue")
    assert bea.post("/profile/", {**sent, "when_away": "never"}).status_code == 422
