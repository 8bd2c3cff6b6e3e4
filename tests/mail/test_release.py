"""By hand: a ticket of what could not become one, and what the present parser would read."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import ConfigChange
from core import blobs
from mail import release
from mail.ledger import delete_incoming
from mail.models import Incoming, Outgoing
from mail.parse import TooComplex
from mail.release import release_incoming
from mail.rereading import Reading, compare, put_right, reread
from tests.mail.mails import PNG, mail, raw
from tickets.articles import attach
from tickets.events import broken_links
from tickets.messages import File
from tickets.models import Article, Attachment, Ticket
from tickets.search import search

NOBODYS = b"Subject: Pump leaks\r\nMessage-ID: <p@x.example>\r\n\r\nIt drips.\r\n"


@pytest.fixture
def waits(take_in) -> Incoming:
    row = take_in(NOBODYS, sender="")
    assert (row.state, row.reason_code) == ("quarantined", "no_sender")
    return row


def test_a_ticket_is_made_where_and_for_whom_somebody_chose(waits, world):
    article = release_incoming(waits, queue=world.billing, customer="erik@globex.example", by=world.alex)
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.queue, ticket.customer) == ("Pump leaks", world.billing, world.erik)
    assert (article.body.strip(), article.message_id) == ("It drips.", "<p@x.example>")
    waits.refresh_from_db()
    assert (waits.state, waits.outcome, waits.reason_code, waits.article) == ("ticketed", "new", "", article)
    assert waits.journal[-1]["released"] == "Alex Berger"


def test_it_is_audited_with_what_was_chosen(waits, world):
    release_incoming(waits, queue=world.billing, customer="erik@globex.example", by=world.alex)
    change = ConfigChange.objects.latest("pk")
    assert (change.actor, change.before["state"]) == (world.alex, "quarantined")
    assert (change.after["queue"], change.after["customer"]) == ("Billing", "erik@globex.example")


def test_somebody_new_becomes_a_customer_and_the_ticket_says_it_is_not_proven(waits, world):
    article = release_incoming(waits, queue=world.support, customer="New@People.example", by=world.alex)
    assert article.ticket.customer.email == "new@people.example"
    assert {"code": "unverified"} in article.marks


def test_whoever_was_chosen_gets_the_ordinary_receipt_and_all_answers(take_in, world):
    waits = take_in(b'From: <"a b"@c.example>\r\nSubject: Pump\r\n\r\nIt drips.\r\n')
    assert waits.reason_code == "bad_sender"
    article = release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex)
    assert article.sent_from["address"] == "dana@acme.example"
    assert [r["address"] for r in Outgoing.objects.get().recipients] == ["dana@acme.example"]


def test_nothing_answers_what_came_with_an_empty_return_path(waits, world):
    release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex)
    assert not Outgoing.objects.exists()


def test_what_cannot_be_read_goes_along_as_a_file(waits, world, monkeypatch):
    def too_complex(_raw):
        raise TooComplex("too many parts")

    monkeypatch.setattr(release, "parse_apart", too_complex)
    assert waits.subject == "Pump leaks"
    article = release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex)
    assert article.body == "This message could not be read. The file holds it as it came."
    assert article.ticket.title == "Pump leaks"
    file = Attachment.objects.get(article=article)
    assert (file.name, file.content_type, file.content()) == (f"incoming-{waits.pk}.eml", "message/rfc822", NOBODYS)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@c.example", '"x" <evil@e.test>', "dana@acme.example, x@y.example"]
)
def test_what_is_no_address_changes_nothing(waits, world, address):
    with pytest.raises(ValidationError, match="not an email address"):
        release_incoming(waits, queue=world.support, customer=address, by=world.alex)
    waits.refresh_from_db()
    assert waits.state == "quarantined"
    assert not Ticket.objects.exists()


def test_nobody_who_was_deactivated_gets_a_ticket(waits, world):
    world.erik.is_active = False
    world.erik.save()
    with pytest.raises(ValidationError, match="deactivated"):
        release_incoming(waits, queue=world.support, customer="erik@globex.example", by=world.alex)
    assert not Ticket.objects.exists()


def test_twice_makes_one_ticket(waits, world):
    assert release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex)
    assert release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex) is None
    assert Ticket.objects.count() == 1


def test_without_its_source_there_is_nothing_to_make_a_ticket_of(waits, world):
    delete_incoming(waits, by=world.alex)
    waits.refresh_from_db()
    assert release_incoming(waits, queue=world.support, customer="dana@acme.example", by=world.alex) is None


# ---- reading again


def test_the_same_is_read_today_as_when_it_came(take_in, world):
    letter = mail("Grüße aus dem Büro.\nZweite Zeile.", subject="Tür klemmt", cc="erik@globex.example")
    letter.add_attachment(PNG, "image", "png", filename="photo.png")
    reading = reread(take_in(raw(letter)))
    assert reading.before is not None
    assert [part.label for part in reading.parts if part.differs] == []
    assert {str(part.label): [words for _sign, words in part.lines] for part in reading.parts}["Text"] == [
        "Grüße aus dem Büro.",
        "Zweite Zeile.",
    ]


def test_html_alone_reads_the_same_too(take_in, world):
    letter = b"From: dana@acme.example\r\nContent-Type: text/html\r\n\r\n<p>One</p><p onclick=x>Two</p>\r\n"
    assert not reread(take_in(letter)).differs


def test_what_an_older_parser_had_lost_is_shown_and_nothing_changes(take_in, world):
    letter = mail("First line.\nSecond line.")
    letter.add_attachment(PNG, "image", "png", filename="photo.png")
    incoming = take_in(raw(letter))
    Article.objects.filter(pk=incoming.article_id).update(body="First line.\nS?cond line.")
    incoming.article.attachments.all().delete()
    incoming.refresh_from_db()
    reading = reread(incoming)
    differing = {str(part.label): [line for line in part.lines if line[0] != " "] for part in reading.parts}
    assert differing["Text"] == [("-", "S?cond line."), ("+", "Second line.")]
    assert [(sign, words.partition(" ")[0]) for sign, words in differing["Files"]] == [("+", "photo.png")]
    assert Article.objects.get(pk=incoming.article_id).body == "First line.\nS?cond line."


def test_the_message_gets_what_is_read_today_and_the_history_keeps_what_stood_there(take_in, world):
    letter = mail("First line.\nSecond line.", subject="Tür klemmt", cc="erik@globex.example")
    letter.add_attachment(PNG, "image", "png", filename="photo.png")
    incoming = take_in(raw(letter))
    article = incoming.article
    Article.objects.filter(pk=article.pk).update(
        body="First line.\nS?cond line.", subject="T?r klemmt", cc=[], marks=[{"code": "unverified"}]
    )
    article.attachments.update(name="ph?to.png")
    article.ticket.refresh_from_db()
    version = article.ticket.version
    assert put_right(incoming, by=world.alex)
    article = Article.objects.get(pk=article.pk)
    assert (article.body, article.subject) == ("First line.\nSecond line.", "Tür klemmt")
    assert [one["address"] for one in article.cc] == ["erik@globex.example"]
    assert [one.name for one in article.attachments.all()] == ["photo.png"]
    assert article.marks == [{"code": "unverified"}]
    event = article.ticket.events.get(kind="article.reworded")
    assert (event.actor, event.version) == (world.alex, version + 1)
    assert event.data["body"] == {"was": "First line.\nS?cond line.", "now": "First line.\nSecond line."}
    assert event.data["files"] == {"was": ["ph?to.png"], "now": ["photo.png"]}
    assert broken_links(article.ticket) == []
    assert list(search("Second", world.bea)) == [article.ticket]
    change = ConfigChange.objects.order_by("-pk")[0]
    assert (change.actor, list(change.after)) == (world.alex, ["reading"])
    assert not reread(Incoming.objects.get(pk=incoming.pk)).differs


def test_the_second_time_nothing_changes(take_in, world):
    incoming = take_in(raw(mail("Hello.")))
    before = (incoming.article.ticket.events.count(), ConfigChange.objects.count())
    assert not put_right(incoming, by=world.alex)
    incoming.refresh_from_db()
    assert (incoming.article.ticket.events.count(), ConfigChange.objects.count()) == before
    assert "reread" not in [line["step"] for line in incoming.journal]


def test_a_file_that_is_no_longer_read_and_the_sender_stay(take_in, world):
    incoming = take_in(raw(mail("Hello.")))
    attach(incoming.article, File("note.txt", "text/plain", b"kept"))
    Article.objects.filter(pk=incoming.article_id).update(
        body="H?llo.", sent_from={"name": "", "address": "somebody@else.example"}, message_id="<other@else.example>"
    )
    assert put_right(incoming, by=world.alex)
    article = Article.objects.get(pk=incoming.article_id)
    assert [one.name for one in article.attachments.all()] == ["note.txt"]
    assert (article.sent_from["address"], article.message_id) == ("somebody@else.example", "<other@else.example>")


def test_what_is_on_no_ticket_cannot_be_put_right(waits, world):
    assert not put_right(waits, by=world.alex)
    assert not Ticket.objects.exists()


def test_of_what_waits_it_shows_what_would_come_out(waits):
    reading = reread(waits)
    assert reading.before is None
    assert reading.after is not None
    assert (reading.after.subject, reading.after.text.strip()) == ("Pump leaks", "It drips.")
    assert not reading.differs


def test_what_cannot_be_read_today_either_says_so(take_in):
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _part in range(10_000))
    bomb = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    assert reread(take_in(bomb)).after is None


def test_two_long_texts_without_a_line_in_common_are_compared_in_no_time():
    before, after = ("\n".join(f"{word} {n}" for n in range(100_000)) for word in ("old", "new"))
    (text,) = [part for part in compare(Reading(text=before), Reading(text=after)) if str(part.label) == "Text"]
    assert len(text.lines) == 1200


def test_the_source_is_where_it_was(waits):
    reread(waits)
    assert blobs.load(waits.digest) == NOBODYS


def test_an_address_of_ours_is_nobodys_request(take_in, world, signed_in):
    waits = take_in(b"From: support@demo.example\r\nSubject: Pump\r\n\r\nIt drips.\r\n")
    assert waits.reason_code == "own_sender"
    page = signed_in(world.alex).get(f"/admin/email/incoming/{waits.pk}/release/").content.decode()
    assert 'value="support@demo.example"' not in page
    with pytest.raises(ValidationError):
        release_incoming(waits, queue=world.support, customer="Support@demo.example", by=world.alex)
