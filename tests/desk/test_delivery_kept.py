"""A folded message that was kept here, because no mail server was set up."""

import pytest

from mail.models import Outgoing
from tests.factories import TicketFactory
from tickets.actions.replying import reply
from tickets.messages import Message
from web.desk.timeline import timeline_of

QUIET = "msg__trouble--quiet"


@pytest.fixture
def ticket(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    for number in range(2):
        reply(ticket, Message(text=f"Answer {number}"), by=world.bea)
    Outgoing.objects.update(state="kept", due_at=None)
    return ticket


@pytest.mark.parametrize(("server", "shown"), [("smtp://127.0.0.1:25", 3), ("", 0)])
def test_it_says_so_once_mail_leaves_and_is_quiet_where_none_does(world, ticket, signed_in, settings, server, shown):
    settings.SMTP_URL = server
    page = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert page.count(QUIET) == shown
    # opened, each says it in any case
    assert page.count("Kept here, because no mail server is set up.") == 3 + shown


def test_it_is_asked_once_however_many_were_kept(world, ticket, settings, queries):
    settings.SMTP_URL = ""

    def cost() -> int:
        with queries() as counted:
            timeline_of(ticket, read_at=None, reader=world.bea)
        return len(counted)

    cost()
    before = cost()
    reply(ticket, Message(text="One more"), by=world.bea)
    Outgoing.objects.update(state="kept", due_at=None)
    assert cost() == before
