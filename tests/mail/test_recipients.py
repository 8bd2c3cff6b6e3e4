"""Whom an answer goes to when a message asks for another address (Reply-To)."""

import pytest

from mail.models import Outgoing
from mail.recipients import answered, everybody_else
from tests.mail.mails import raw_mail
from tickets.actions.replying import receive, reply
from tickets.messages import Message
from tickets.models import Ticket

DANA, ERIK = "dana@acme.example", "erik@globex.example"
LISA = "lisa@kundin.example"


@pytest.fixture
def ticket(take_in) -> Ticket:
    return take_in(raw_mail()).article.ticket


def goes_to(ticket) -> str:
    return answered(ticket).to["address"]


def said(by: str, *, reply_to: str = "", marks=()) -> Message:
    people = [{"name": "", "address": reply_to}] if reply_to else []
    return Message(text="Still dark", sent_from={"name": "", "address": by}, reply_to=people, marks=marks)


@pytest.mark.parametrize("sender", ["Shop <mailer@shop.example>", "noreply@shop.example", f"Dana <{DANA}>"])
def test_an_answer_goes_where_the_message_asks_for_it(take_in, world, sender):
    ticket = take_in(raw_mail(sender=sender, reply_to=f"Lisa <{LISA}>")).article.ticket
    found = answered(ticket)
    assert (found.to, found.is_doubtful) == ({"name": "Lisa", "address": LISA}, False)
    assert found.usual["address"] == ticket.customer.email in sender
    assert everybody_else(ticket) == []


@pytest.mark.parametrize(
    "asked",
    [
        "support@demo.example",
        "support+word@demo.example",
        DANA,
        "",
        "not an address",
        f"{LISA}, {ERIK}",
        "undisclosed-recipients:;",
    ],
)
def test_what_is_no_single_address_of_somebody_else_changes_nothing(take_in, world, asked):
    ticket = take_in(raw_mail(reply_to=asked)).article.ticket
    assert (goes_to(ticket), answered(ticket).asked) == (DANA, None)


@pytest.mark.parametrize("header", ["list_id", "list_post"])
def test_a_mailing_list_is_not_answered_in_place_of_the_person(take_in, world, header):
    ticket = take_in(raw_mail(reply_to="users@list.example", **{header: "<users.list.example>"})).article.ticket
    assert goes_to(ticket) == DANA


def test_who_sends_for_a_shop_is_no_mailing_list(take_in, world):
    raw = raw_mail(sender="mailer@shop.example", reply_to=LISA, list_unsubscribe="<https://shop.example/u>")
    assert goes_to(take_in(raw).article.ticket) == LISA


def test_the_newest_message_of_the_customer_counts(ticket, world):
    receive(ticket, said(DANA, reply_to=LISA), channel="email", by=world.dana)
    receive(ticket, said(ERIK, reply_to="eve@stranger.example"), channel="email", by=world.erik)
    reply(ticket, Message(text="Hello"), by=world.bea)
    assert goes_to(ticket) == LISA
    receive(ticket, said(DANA), channel="email", by=world.dana)
    assert goes_to(ticket) == DANA


@pytest.mark.parametrize("code", ["unverified", "disproven"])
def test_who_may_be_forged_is_not_obeyed(ticket, world, code):
    receive(ticket, said(DANA, reply_to="eve@stranger.example", marks=[{"code": code}]), channel="email", by=world.dana)
    found = answered(ticket)
    assert (found.to["address"], found.asked["address"], found.is_doubtful) == (DANA, "eve@stranger.example", True)


def test_an_answer_without_recipients_goes_there_too(ticket, world):
    receive(ticket, said(DANA, reply_to=LISA), channel="email", by=world.dana)
    article = reply(ticket, Message(text="Hello"), by=world.bea)
    assert article.to == [{"name": "", "address": LISA}]


def test_t27_who_is_named_gets_no_receipt_and_no_right(take_in, world):
    back = take_in(raw_mail(reply_to="eve@stranger.example"))
    ticket = back.article.ticket
    assert ticket.customer == world.dana
    mailed = [one["address"] for outgoing in Outgoing.objects.filter(ticket=ticket) for one in outgoing.recipients]
    assert mailed == [DANA]
    other = take_in(raw_mail("And me?", sender="eve@stranger.example", subject=f"Re: [#{ticket.number}]"))
    assert other.article.ticket != ticket
    assert not Ticket.objects.of_customer(other.article.author).filter(pk=ticket.pk).exists()


def test_many_recipients_take_no_more_questions(ticket, world, django_assert_num_queries):
    def asked(number: int) -> None:
        cc = [{"name": "", "address": f"p{n}@globex.example"} for n in range(number)]
        message = Message(text="x", sent_from={"name": "", "address": DANA}, cc=cc)
        receive(ticket, message, channel="email", by=world.dana)
        fresh = Ticket.objects.select_related("customer").get(pk=ticket.pk)
        with django_assert_num_queries(3):
            assert len(everybody_else(fresh)) == number

    asked(1)
    asked(120)
