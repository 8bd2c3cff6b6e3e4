"""An answer that nobody has got: the clock that it met and the ticket say so."""

from datetime import timedelta

import pytest

from core.clock import now
from mail.models import Outgoing
from mail.resending import resend, send_anyway
from mail.sending import locked_recipients, note_failure
from tests.desk.conftest import customer_writes, part, text_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, clock
from tickets.actions.replying import reply, take_back
from tickets.messages import Message
from tickets.models import Ticket

HELD = "The last answer is held back and has not left yet"
LOST = "The last answer was not delivered to anybody"
CHIP = '<span aria-hidden="true">not delivered</span>'
MET = "met at once"


@pytest.fixture
def promised(world, sla) -> Ticket:
    sla(first_response=4 * HOUR, next_response=4 * HOUR)
    return TicketFactory(queue=world.support, customer=world.dana)


def answered(ticket: Ticket, by, address: str = "dana@acme.example") -> Outgoing:
    message = Message(text="Hello", to=[{"name": "", "address": address}])
    return reply(ticket, message, by=by).outgoing


def fails(outgoing: Outgoing) -> None:
    """The server refuses all of its recipients for good."""
    with locked_recipients(outgoing) as recipients:
        for recipient in recipients:
            recipient |= {"state": "failed", "answer": "550 no such user", "told": True}
    outgoing.state = Outgoing.State.FAILED
    outgoing.due_at = None
    outgoing.save(update_fields=["state", "due_at"])
    note_failure(outgoing, [one["address"] for one in outgoing.recipients], "550 no such user")


def page(browser, ticket: Ticket, name: str = "") -> str:
    return text_of(browser.get(f"/desk/tickets/{ticket.number}/{name}"))


def test_a_response_that_left_is_met(bea, world, promised):
    answered(promised, world.bea)
    shown = page(bea, promised)
    assert MET in shown
    assert CHIP not in shown
    assert HELD not in shown
    assert LOST not in shown


def test_a_response_that_failed_says_so_beside_the_clock_and_above_the_conversation(bea, world, promised):
    mail = answered(promised, world.bea)
    fails(mail)
    shown = page(bea, promised)
    assert CHIP in shown
    assert MET not in shown
    assert "Its email could not be delivered to anybody." in shown
    assert LOST in shown
    assert f"/desk/tickets/{promised.number}/?at={mail.article_id}#a-{mail.article_id}" in shown
    explained = page(bea, promised, "deadlines/")
    assert CHIP in explained
    assert "Its email could not be delivered to anybody." in explained
    assert LOST in explained
    # The figure is what it was.
    assert clock(promised, "first_response").state == "met"


def test_a_message_that_is_held_says_so_until_it_leaves(bea, world, promised):
    mail = answered(promised, world.bea, "dana@gmial.com")
    shown = page(bea, promised)
    assert (mail.state, CHIP in shown, HELD in shown, MET in shown) == ("held", True, True, False)
    assert "It is held back and has not left yet." in shown
    send_anyway(mail, by=world.bea)
    shown = page(bea, promised)
    assert (CHIP in shown, HELD in shown, MET in shown) == (False, False, True)


def test_sent_again_it_is_met(bea, world, promised):
    mail = answered(promised, world.bea)
    fails(mail)
    resend(mail, by=world.bea)
    shown = page(bea, promised)
    assert (CHIP in shown, LOST in shown, MET in shown) == (False, False, True)


def test_taken_back_the_clock_runs(bea, world, promised):
    to = [{"name": "", "address": "dana@gmial.com"}]
    article = reply(promised, Message(text="Hello", to=to, send_at=now() + timedelta(seconds=30)), by=world.bea)
    assert article.outgoing.state == "held"
    take_back(article, by=world.bea)
    shown = page(bea, promised)
    assert (CHIP in shown, HELD in shown, MET in shown) == (False, False, False)
    assert clock(promised, "first_response").state == "running"


def test_what_is_said_later_ends_the_warning_of_the_ticket_and_not_that_of_the_clock(bea, world, promised):
    fails(answered(promised, world.bea))
    customer_writes(promised, "Hello?")
    shown = page(bea, promised)
    assert LOST not in shown
    assert CHIP in shown
    answered(promised, world.bea)
    shown = page(bea, promised)
    assert LOST not in shown
    assert shown.count(CHIP) == 1  # the first response


def test_one_recipient_of_several_is_no_answer_that_nobody_got(bea, world, promised):
    mail = answered(promised, world.bea)
    with locked_recipients(mail) as recipients:
        recipients[0] |= {"state": "sent"}
        recipients.append({"address": "x@acme.example", "state": "failed", "answer": "550", "told": True})
    mail.state = Outgoing.State.SENT
    mail.save(update_fields=["state"])
    shown = page(bea, promised)
    assert (CHIP in shown, LOST in shown) == (False, False)


def test_an_open_page_learns_of_it(bea, world, promised):
    mail = answered(promised, world.bea)
    promised.refresh_from_db()
    before = promised.version
    fails(mail)
    answer = part(bea, f"/desk/tickets/{promised.number}/news/", shown=before, newest=mail.article_id)
    assert LOST in text_of(answer)


def test_without_promises_the_ticket_alone_says_it(bea, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    fails(answered(ticket, world.bea))
    shown = page(bea, ticket)
    assert (LOST in shown, CHIP in shown) == (True, False)
