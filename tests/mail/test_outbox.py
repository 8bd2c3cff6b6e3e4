"""From an article to the message that leaves: headers, parts, recipients."""

import re

import pytest

from core import blobs
from mail.models import Address, AutoReply, Outgoing
from mail.outbox import IMPOSSIBLE
from tests.factories import TicketFactory
from tests.mail.conftest import Sent
from tests.mail.mails import PNG, raw_mail
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.queues import save_queue
from tickets.actions.replying import add_note, log_contact, reply
from tickets.events import Refused, broken_links
from tickets.messages import File, Message
from tickets.models import State, Ticket
from tickets.models.article import Sender
from tickets.sentences import sentence_of

DANA, ERIK = "dana@acme.example", "erik@globex.example"


@pytest.fixture
def ticket(take_in) -> Ticket:
    return take_in(raw_mail(message_id="<first@acme.example>")).article.ticket


def composed(outgoing: Outgoing | None = None) -> Sent:
    outgoing = outgoing or Outgoing.objects.latest("pk")
    recipients = [recipient["address"] for recipient in outgoing.recipients]
    return Sent(outgoing.envelope_from, recipients, blobs.load(outgoing.digest))


def answer(ticket: Ticket, by, text: str = "Please turn it off and on.", **words) -> Sent:
    return composed(reply(ticket, Message(text=text, **words), by=by).outgoing)


def test_a_reply_names_what_it_answers_in_every_way_mail_programs_know(ticket, world):
    sent = answer(ticket, world.bea)
    receipt = Outgoing.objects.order_by("pk")[0]
    message = sent.message
    assert message["From"] == "Demo Support <support@demo.example>"
    assert message["To"] == f"Dana Miller <{DANA}>"
    assert message["Subject"] == f"Re: [#{ticket.number}] Printer does not print"
    assert message["In-Reply-To"] == "<first@acme.example>"
    assert message["References"].split() == [receipt.message_id, "<first@acme.example>"]
    assert re.fullmatch(rf"<{ticket.number}\.[0-9a-f]{{32}}\.[a-z2-7]{{32}}@demo\.example>", message["Message-ID"])
    assert message["Auto-Submitted"] is None
    assert message["Date"].datetime is not None
    assert (sent.sender, sent.recipients) == ("support@demo.example", [DANA])


def test_a_reply_has_a_plain_and_an_html_part_and_the_signature_of_the_queue(ticket, world):
    world.support.signature = "Demo Support\n+49 30 1234"
    save_queue(world.support, by=world.alex)
    message = answer(ticket, world.bea, "Turn it <off>.").message
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content() == "Turn it <off>.\r\n\r\n-- \r\nDemo Support\r\n+49 30 1234\r\n"
    html = message.get_body(("html",)).get_content()
    assert "Turn it &lt;off&gt;." in html
    assert "+49 30 1234" in html


def test_formatted_text_pictures_and_files_go_out_as_they_were_written(ticket, world):
    files = [
        File("shot.png", "image/png", PNG, True, "shot@1"),
        File("Anleitung für Größe.pdf", "application/pdf", b"%PDF", False, ""),
    ]
    html = '<p>See <img src="cid:shot@1"></p>'
    message = answer(ticket, world.bea, "See", html=html, files=files).message
    assert 'src="cid:shot@1"' in message.get_body(("html",)).get_content()
    parts = {part.get_filename(): part for part in message.walk() if part.get_filename()}
    assert parts["shot.png"]["Content-ID"] == "<shot@1>"
    assert parts["shot.png"].get_content_disposition() == "inline"
    assert parts["Anleitung für Größe.pdf"].get_content() == b"%PDF"


def test_t38_blind_copies_are_in_the_envelope_alone_and_notes_never_leave(ticket, world):
    add_note(ticket, Message(text="SECRET note"), by=world.bea)
    log_contact(ticket, Message(text="SECRET call"), channel="phone", visible=True, by=world.bea)
    sent = answer(
        ticket,
        world.bea,
        to=[{"name": "Dana", "address": DANA}],
        cc=[{"name": "", "address": "boss@acme.example"}],
        bcc=[{"name": "Erik", "address": ERIK}],
    )
    assert sent.recipients == [DANA, "boss@acme.example", ERIK]
    assert sent.message["Cc"] == "boss@acme.example"
    assert b"erik" not in sent.raw.lower()
    assert b"SECRET" not in sent.raw
    assert Outgoing.objects.count() == 2


def test_everybody_gets_it_once_and_an_address_of_ours_never(ticket, world):
    people = [{"name": "", "address": a} for a in (DANA, DANA, "billing@demo.example", "Support@Demo.example")]
    sent = answer(ticket, world.bea, to=people, cc=people)
    assert sent.recipients == [DANA]


def test_an_agents_first_mail_on_a_new_ticket_goes_out(world):
    opening = Opening(title="Your order", queue=world.billing, customer=world.dana, channel="email")
    article = open_ticket(opening, Message(text="It is on its way."), sender=Sender.AGENT, by=world.bea)
    sent = composed(article.outgoing)
    assert sent.recipients == [DANA]
    assert sent.message["From"] == "Demo Billing <billing@demo.example>"
    assert sent.message["Subject"] == f"Re: [#{article.ticket.number}] Your order"
    assert sent.message["References"] is None


def test_a_queue_without_an_address_writes_from_the_one_above(world):
    ticket = TicketFactory(queue=world.hardware, customer=world.dana)
    assert answer(ticket, world.bea).message["From"] == "Demo Support <support@demo.example>"


def test_a_customer_whose_address_takes_no_mail_gets_a_ticket_and_the_failure_is_told(take_in, world):
    incoming = take_in("From: jürgen@people.example\r\nSubject: x\r\n\r\nx\r\n".encode())
    ticket = incoming.article.ticket
    outgoing = Outgoing.objects.get()
    assert (incoming.outcome, outgoing.state, outgoing.due_at) == ("new", "failed", None)
    (recipient,) = outgoing.recipients
    assert (recipient["address"], recipient["answer"]) == ("jürgen@people.example", IMPOSSIBLE)
    assert ticket.events.get(kind="mail.failed").data["recipients"]["now"] == ["jürgen@people.example"]


def test_one_impossible_address_does_not_stop_the_others(ticket, world):
    people = [{"name": "", "address": a} for a in (DANA, "not an address", "x@exämple.de")]
    outgoing = reply(ticket, Message(text="x", to=people), by=world.bea).outgoing
    assert [(r["address"], r["state"]) for r in outgoing.recipients] == [
        (DANA, "queued"),
        ("x@xn--exmple-cua.de", "queued"),
        ("not an address", "failed"),
    ]
    assert composed(outgoing).message["To"] == f"{DANA}, x@xn--exmple-cua.de"
    assert ticket.events.filter(kind="mail.failed").count() == 1


def test_message_ids_of_strangers_that_no_header_may_hold_do_not_stop_a_reply(take_in, world):
    for number, message_id in enumerate(["<ö@acme.example>", "<" + "x" * 600 + "@acme.example>", "<>", "junk"]):
        raw = f"From: {DANA}\r\nSubject: {number}\r\nMessage-ID: {message_id}\r\n\r\nx\r\n".encode()
        ticket = take_in(raw).article.ticket
        assert answer(ticket, world.bea).message["Message-ID"]


def test_without_any_address_of_ours_a_reply_is_refused_and_changes_nothing(ticket, world):
    Address.objects.update(is_active=False)
    before = ticket.articles.count(), ticket.events.count()
    with pytest.raises(Refused, match="no address is set up to send from"):
        reply(ticket, Message(text="x"), by=world.bea, then=State.objects.get(name="closed successful"))
    ticket.refresh_from_db()
    assert (ticket.articles.count(), ticket.events.count()) == before
    assert ticket.state.name == "new"
    assert Outgoing.objects.count() == 1  # the receipt


def test_a_reply_to_ourselves_alone_is_refused(ticket, world):
    ours = [{"name": "", "address": "billing@demo.example"}, {"name": "", "address": "Support@Demo.example"}]
    before = ticket.articles.count()
    with pytest.raises(Refused, match="addresses of the helpdesk itself"):
        reply(ticket, Message(text="x", to=ours), by=world.bea)
    assert ticket.articles.count() == before


def test_an_automatic_reply_that_cannot_leave_is_not_written_and_the_history_says_so(world):
    Address.objects.update(is_active=False)
    ticket = TicketFactory(queue=world.billing, customer=world.dana)
    assert [article.sender for article in ticket.articles.all()] == ["customer"]
    told = ticket.events.latest("pk")
    assert (told.kind, told.cause_kind, told.cause_event.kind) == ("mail.unsent", "automatic", "ticket.created")
    assert sentence_of(told) == (
        "No automatic reply was sent to the customer, because no address is set up to send from"
    )
    assert not AutoReply.objects.exists()
    assert broken_links(ticket) == []


def test_the_article_and_its_mail_are_there_together_or_not_at_all(ticket, world, monkeypatch):
    def broken(*_arguments):
        raise OSError(28, "No space left on device")

    before = ticket.articles.count()
    with monkeypatch.context() as full, pytest.raises(OSError, match="No space"):
        full.setattr("mail.outbox.store", broken)
        reply(ticket, Message(text="x"), by=world.bea)
    assert ticket.articles.count() == before
    assert Outgoing.objects.count() == 1
