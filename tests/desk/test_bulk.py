"""What is done with selected tickets: what the agent may do with each, nothing else."""

from tests.desk.conftest import part, put, text_of
from tests.factories import TicketFactory

TAKE, CLOSE = "/desk/tickets/selected/take/", "/desk/tickets/selected/close/"


def test_selected_tickets_are_taken(bea, world, ticket):
    other, left = TicketFactory(queue=world.billing), TicketFactory(queue=world.billing)
    answer = part(bea, TAKE, {"ticket": [ticket.pk, other.pk]})
    assert "2 tickets are yours now." in text_of(answer)
    assert answer.headers["HX-Trigger"] == "tick"
    for row, owner in ((ticket, world.bea), (other, world.bea), (left, None)):
        row.refresh_from_db()
        assert row.owner == owner


def test_selected_tickets_are_closed(bea, world, ticket):
    part(bea, CLOSE, {"ticket": [ticket.pk]})
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"
    assert ticket.events.filter(kind="ticket.closed", actor=world.bea).count() == 1


def test_T42_tickets_without_the_right_are_left_alone(carlos, world, ticket, reader, signed_in):
    hidden = TicketFactory(queue=world.billing)
    answer = part(carlos, CLOSE, {"ticket": [hidden.pk, ticket.pk]})
    assert "1 ticket is closed." in text_of(answer)
    hidden.refresh_from_db()
    assert hidden.is_open
    other = TicketFactory(queue=world.support)
    before = other.version
    part(signed_in(reader), TAKE, {"ticket": [other.pk]})
    other.refresh_from_db()
    assert other.owner is None
    assert other.version == before


def test_closed_tickets_stay_as_they_are(bea, world, ticket):
    ticket = put(ticket, "closed unsuccessful", by=world.carlos)
    part(bea, CLOSE, {"ticket": [ticket.pk]})
    assert ticket.events.count() == ticket.version
    ticket.refresh_from_db()
    assert ticket.state.name == "closed unsuccessful"


def test_without_script_the_list_comes_back(bea, world, ticket):
    answer = bea.post(TAKE, {"ticket": [ticket.pk]})
    assert answer.headers["Location"] == "/desk/views/open/"


def test_T74_only_posting_changes(bea, world, ticket):
    assert bea.get(TAKE, {"ticket": ticket.pk}).status_code == 405
    assert bea.get(CLOSE, {"ticket": ticket.pk}).status_code == 405


def test_nonsense_is_no_ticket(bea, world):
    assert "0 tickets" in text_of(part(bea, TAKE, {"ticket": ["x", "9" * 30]}))
