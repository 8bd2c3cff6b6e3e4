"""Mail that answers an approval is taken by the process; whatever is no clear answer stays a message."""

import pytest

from mail.models import Incoming
from processes import links
from processes.actions import starting
from processes.models import Decision
from tests.factories import PersonFactory, TicketFactory
from tests.processes.drawings import line, work
from tests.processes.world import pass_on, published
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(world):
    boss = PersonFactory(email="boss@people.example", is_customer=True)
    asked = {"approval": {"rule": "all", "by": [{"kind": "person", "person": boss.email}]}}
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    starting.start(published(line(work("Ok", asked))), ticket, by=world.bea)
    return Decision.objects.for_page().get()


def mail(decision, text, sender="boss@people.example"):
    to = f"support+{links.reply_mark(decision.pk)}@demo.example"
    lines = [
        f"From: Boss <{sender}>",
        f"To: {to}",
        "Subject: Re: Please decide",
        "Message-ID: <1@people.example>",
        "",
        text,
    ]
    return "\r\n".join(lines).encode(), to


def test_a_clear_answer_decides_and_makes_no_ticket(take_in, world, decision):
    raw, to = mail(decision, "Yes\r\nBut not before Monday.")
    incoming = take_in(raw, to, sender="boss@people.example")
    assert (incoming.state, incoming.reason_code) == (Incoming.State.IGNORED, Incoming.Reason.ANSWERED)
    assert pass_on() == 1
    decision.refresh_from_db()
    assert (decision.answer, decision.way, decision.comment) == ("approved", "mail", "But not before Monday.")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(("text", "sender"), [("Who are you?", "boss@people.example"), ("Yes", "dana@acme.example")])
def test_everything_else_is_a_message_like_all_others(take_in, world, decision, text, sender):
    raw, to = mail(decision, text, sender)
    assert take_in(raw, to, sender=sender).state == Incoming.State.TICKETED
    decision.refresh_from_db()
    assert (decision.answer, Ticket.objects.count()) == ("", 2)
