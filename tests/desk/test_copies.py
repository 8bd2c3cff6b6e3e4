"""In the desk: keeping people in copy, and ending links that open a request without signing in."""

import pytest

from tests.factories import TicketFactory
from tickets.actions import participants
from tickets.models import SecretLink, Ticket
from tickets.rights import grant
from tickets.secret_links import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(world) -> Ticket:
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    participants.add(ticket, world.erik, by=world.bea)
    SecretLink.objects.all().delete()
    make(ticket, world.dana, address="dana@acme.example")
    make(ticket, world.erik, address="erik@globex.example")
    return ticket


def url(ticket: Ticket, rest: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{rest}"


def test_the_ticket_shows_who_is_in_copy_and_answers_go_to_them(world, signed_in, shared):
    page = signed_in(world.bea).get(url(shared)).content.decode()
    assert "In copy" in page
    assert "Take Erik Olsen out of copy" in page
    assert "Erik Olsen &lt;erik@globex.example&gt;" in page  # in the field Cc
    assert "Revoke the link sent to dana@acme.example" in page


def test_an_agent_keeps_somebody_in_copy(world, signed_in, shared):
    bea = signed_in(world.bea)
    assert bea.get(url(shared, "copy/")).status_code == 200
    assert bea.post(url(shared, "copy/"), {"address": "support@demo.example"}).status_code == 422
    assert bea.post(url(shared, "copy/"), {"address": "new@x.example"}).status_code == 302
    assert [one.user.email for one in shared.participants.all()] == ["erik@globex.example", "new@x.example"]
    pk = shared.participants.first().pk
    assert bea.post(url(shared, f"copy/{pk}/remove/")).status_code == 302
    assert [one.user.email for one in shared.participants.all()] == ["new@x.example"]
    history = bea.get(url(shared, "history/")).content.decode()
    assert "Bea Costa put new in copy" in history
    assert "Bea Costa took Erik Olsen out of copy" in history


def test_an_agent_revokes_one_link_or_all(world, signed_in, shared):
    bea = signed_in(world.bea)
    first = SecretLink.objects.get(user=world.dana)
    for _time in range(2):
        assert bea.post(url(shared, f"links/{first.pk}/revoke/")).status_code == 302
    assert shared.events.filter(kind="link.revoked").count() == 1
    first.refresh_from_db()
    assert first.revoked_by == world.bea
    bea.post(url(shared, "links/revoke/"))
    assert not SecretLink.objects.filter(revoked_at=None).exists()
    assert "Bea Costa revoked the link sent to erik@globex.example" in bea.get(url(shared, "history/")).content.decode()


def test_links_of_other_tickets_are_not_revoked_through_this_one(world, signed_in, shared):
    other = TicketFactory(queue=world.billing, customer=world.erik)
    make(other, world.erik, address="erik@globex.example")
    link = SecretLink.objects.get(ticket=other, article=None)
    carlos = signed_in(world.carlos)
    assert carlos.post(url(shared, f"links/{link.pk}/revoke/")).status_code == 302
    assert carlos.post(url(other, f"links/{link.pk}/revoke/")).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_to_read_is_not_enough(world, signed_in):
    ticket = TicketFactory(queue=world.billing, customer=world.dana)
    participants.add(ticket, world.erik, by=world.bea)
    grant(world.carlos, world.billing, "read")
    carlos, pk = signed_in(world.carlos), ticket.participants.get().pk
    assert "Take Erik Olsen out of copy" not in carlos.get(url(ticket)).content.decode()
    for rest in ("copy/", f"copy/{pk}/remove/", "links/revoke/"):
        assert carlos.post(url(ticket, rest), {"address": "a@x.example"}).status_code == 404
    assert ticket.participants.count() == 1
