"""What waits for a second look of the agent before it leaves."""

from datetime import timedelta

import pytest

from core.clock import now
from mail.holding import SLIPS, Limits, doubts_about, meant_by
from mail.models import MailRules, Outgoing
from mail.resending import send_anyway
from mail.rules import lists
from tests.factories import TicketFactory
from tests.mail.mails import raw_mail
from tickets.actions.replying import reply, take_back
from tickets.messages import Message

LIMITS = Limits(most_new=3, typos=True, never="stranger.example\nBoss@acme.example")


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("dana@gmial.com", "dana@gmail.com"),
        ("dana@GMIAL.com", "dana@gmail.com"),
        ("dana@acme.con", "dana@acme.com"),
        ("dana@acme.nte", "dana@acme.net"),
        ("dana@gmx.ed", "dana@gmx.de"),
        ("dana@gmail.com", ""),
        ("dana@mail.com", ""),
        ("dana@ymail.com", ""),
        ("dana@gmx.at", ""),
        ("dana@yahoo.co.uk", ""),
        ("dana@content.net", ""),
        ("dana@beton.com", ""),
    ],
)
def test_a_slip_of_the_finger_is_seen_and_nothing_else(address, meant):
    assert meant_by(address) == meant


def test_no_slip_is_itself_a_provider():
    slips = {slip for some in SLIPS.values() for slip in some}
    assert not slips & set(SLIPS)
    assert all(not meant_by(f"x@{domain}") for domain in SLIPS)


@pytest.mark.parametrize(
    ("addresses", "known", "codes"),
    [
        (["dana@acme.example"], [], []),
        (["dana@gmial.com"], [], ["typo"]),
        (["dana@gmial.com"], ["dana@gmial.com"], []),  # who writes from there has no mistyped address
        ([f"{n}@acme.example" for n in range(3)], [], []),
        ([f"{n}@acme.example" for n in range(4)], [], ["many"]),
        ([f"{n}@acme.example" for n in range(4)], ["0@acme.example"], []),
        (["x@stranger.example"], ["x@stranger.example"], ["denied"]),
        (["x@mail.stranger.example"], [], ["denied"]),
        (["x@notstranger.example"], [], []),
        (["boss@acme.example"], [], ["denied"]),
    ],
)
def test_doubts(addresses, known, codes):
    assert [doubt["code"] for doubt in doubts_about(addresses, known=known, limits=LIMITS)] == codes


def test_a_list_names_addresses_and_domains():
    text = "@acme.example\n*.globex.example\n\nx@y.example"
    named = {a: lists(text, a) for a in ("d@ACME.example", "d@mx.globex.example", "X@y.example", "z@y.example")}
    assert named == {"d@ACME.example": True, "d@mx.globex.example": True, "X@y.example": True, "z@y.example": False}
    assert not lists("", "d@acme.example")


def answer(ticket, by, *addresses: str) -> Outgoing:
    to = [{"name": "", "address": address} for address in addresses]
    return reply(ticket, Message(text="Hello", to=to), by=by).outgoing


def test_a_mistyped_address_is_held_until_the_agent_sends_anyway(world, signed_in, drain, sink):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()  # the receipt
    held = answer(ticket, world.bea, "dana@gmial.com", "dana@acme.example")
    assert (held.state, held.due_at) == ("held", None)
    assert held.doubts == [{"code": "typo", "address": "dana@gmial.com", "meant": "dana@gmail.com"}]
    drain()
    assert sink.sent == []
    browser = signed_in(world.bea)
    page = browser.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "dana@gmial.com looks mistyped. Was dana@gmail.com meant?" in page
    browser.post(f"/desk/articles/{held.article_id}/send-anyway/")
    drain()
    held.refresh_from_db()
    assert held.state == "sent"
    assert sink.sent[-1].recipients == ["dana@gmial.com", "dana@acme.example"]
    kinds = list(ticket.events.filter(kind__startswith="mail.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["mail.held", "mail.released"]
    browser.post(f"/desk/articles/{held.article_id}/send-anyway/")
    drain()
    assert len(sink.sent) == 1


def test_what_is_held_can_still_be_taken_back(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    to = [{"name": "", "address": "dana@gmial.com"}]
    message = Message(text="Hello", to=to, send_at=now() + timedelta(seconds=30))
    article = reply(ticket, message, by=world.bea)
    assert article.outgoing.state == "held"
    take_back(article, by=world.bea)
    assert Outgoing.objects.get(article=article).state == "withdrawn"
    assert not send_anyway(Outgoing.objects.get(article=article), by=world.bea)


def test_a_customer_who_wrote_from_a_strange_domain_is_answered_at_once(take_in, world):
    ticket = take_in(raw_mail(sender="dana@gmial.com")).article.ticket
    assert answer(ticket, world.bea, "dana@gmial.com").state == "queued"


def test_automatic_replies_are_never_held_and_not_sent_to_those_who_get_no_mail(take_in, world):
    MailRules.objects.create(never_send_to="stranger.example")
    take_in(raw_mail(sender="eve@stranger.example"))
    assert Outgoing.objects.count() == 0
    take_in(raw_mail(sender="eve@gmial.com"))
    assert Outgoing.objects.get().state == "queued"


def test_somebody_who_gets_no_mail_waits_for_the_agent(take_in, world):
    MailRules.objects.create(never_send_to="acme.example")
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    assert answer(ticket, world.bea, "dana@acme.example").doubts == [{"code": "denied", "address": "dana@acme.example"}]
