"""What becomes of a message from somebody: the ticket, the files, the receipt; and the same message again."""

import re
from email.message import EmailMessage

import pytest

from accounts.invitations import invited_person
from mail import intake
from mail.ledger import reason_shown
from mail.models import Incoming, Outgoing
from tests.mail.letters import containers, events
from tests.mail.mails import PNG, lines, mail, raw, raw_mail
from tests.mail.stories import DANA, EVE, answered
from tickets.actions.queues import save_queue
from tickets.models import Article, Ticket


def with_picture_and_file(**headers: str) -> EmailMessage:
    message = mail("See the picture.", **headers)
    message.add_alternative('<p>See <b>this</b>: <img src="cid:shot@1"></p><script>alert(1)</script>', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<shot@1>", filename="shot.png")
    message.add_attachment(b"%PDF-1.7 ...", maintype="application", subtype="pdf", filename="Prüfbericht 7.pdf")
    return message


def test_a_mail_with_file_and_picture_from_a_stranger_becomes_a_ticket_with_customer_files_and_receipt(
    receiver, world, drain, sink
):
    receiver.hand_in(raw(with_picture_and_file(sender="Jürgen Weiß <juergen@new.example>", cc="boss@new.example")))
    drain()
    ticket = Ticket.objects.get()
    article = ticket.articles.order_by("pk")[0]
    assert (ticket.title, ticket.queue, ticket.state.name) == ("Printer does not print", world.support, "new")
    assert (ticket.customer.name, ticket.customer.email) == ("Jürgen Weiß", "juergen@new.example")
    assert ticket.customer.is_customer
    assert not ticket.customer.is_agent
    assert (article.sender, article.channel, article.visible_to_customer) == ("customer", "email", True)
    assert article.body.strip() == "See the picture."
    assert article.html.strip() == '<p>See <b>this</b>: <img src="cid:shot@1" alt=""></p>'
    assert article.cc == [{"name": "", "address": "boss@new.example"}]
    files = [(f.name, f.content_type, f.is_inline, f.content()) for f in article.attachments.all()]
    assert files == [
        ("shot.png", "image/png", True, PNG),
        ("Prüfbericht 7.pdf", "application/pdf", False, b"%PDF-1.7 ..."),
    ]
    assert ticket.has_files
    (receipt,) = sink.sent
    assert (receipt.sender, receipt.recipients) == ("", ["juergen@new.example"])


def test_the_receipt_has_the_marks_of_automatic_mail_a_tag_and_an_invitation(receiver, world, drain, sink):
    receiver.hand_in(raw_mail(sender="new@people.example", message_id="<q1@people.example>", subject="Hi\x41"))
    drain()
    ticket = Ticket.objects.get()
    (receipt,) = sink.sent
    assert receipt.message["Auto-Submitted"] == "auto-replied"
    assert receipt.message["Subject"] == f"[#{ticket.number}] We have received your request"
    assert receipt.message["From"] == "Demo Support <support@demo.example>"
    assert receipt.message["To"] == "new@people.example"
    assert receipt.message["In-Reply-To"] == receipt.message["References"] == "<q1@people.example>"
    text = receipt.message.get_body(("plain",)).get_content()
    (link,) = re.findall(r"http://\S+/welcome/(\S+)/", text)
    assert invited_person(link) == ticket.customer
    assert "hums" not in text + receipt.message.get_body(("html",)).get_content()


def test_the_invitation_is_in_the_mail_and_nowhere_an_agent_can_read(receiver, world, drain, sink):
    receiver.hand_in(raw_mail(sender="new@people.example"))
    drain()
    stored = Article.objects.get(sender="system")
    (link,) = re.findall(r"http://\S+/welcome/(\S+)/", stored.body)
    assert invited_person(link) is None
    (sent,) = re.findall(r"http://\S+/welcome/(\S+)/", sink.sent[0].message.get_body(("plain",)).get_content())
    assert sent not in stored.body + stored.html


def test_somebody_with_a_password_gets_a_link_and_no_invitation(receiver, world, drain, sink):
    world.dana.set_password("chosen long ago")
    world.dana.save()
    receiver.hand_in(raw_mail())
    drain()
    text = sink.sent[0].message.get_body(("plain",)).get_content()
    assert re.search(r"http://127\.0\.0\.1:8000/portal/link/[\w-]{43}/", text)
    assert f"/portal/requests/{Ticket.objects.get().number}/" in Article.objects.get(sender="system").body
    assert "/welcome/" not in text


def test_the_receipt_is_written_in_the_language_of_the_customer_else_of_the_queue(take_in, world):
    world.support.language = "de"
    save_queue(world.support, by=world.alex)
    assert take_in(raw_mail(sender="neu@people.example")).article.ticket.language == "de"
    world.dana.language = "pt"
    world.dana.save()
    assert take_in(raw_mail()).article.ticket.language == "pt"


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        (b"Gr\xf6\xdfe", "x-unknown-charset", "Größe"),
        ("Größe".encode(), "utf-7", "Größe"),
        (b"Gr\xf6\xdfe", "utf-8", "Größe"),
        ("Größe".encode(), "", "Größe"),
        (b"a\x00b", "us-ascii", "ab"),
    ],
)
def test_t16_unknown_wrong_and_missing_charsets_are_read_as_well_as_possible(take_in, body, charset, text):
    kind = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    raw = b"\r\n".join([b"From: dana@acme.example", kind.encode(), b"Subject: x", b"", body, b""])
    assert take_in(raw).article.body.strip() == text


def test_an_empty_mail_is_a_ticket(take_in):
    article = take_in(lines(f"From: {DANA}", "Subject: Call me", body="")).article
    assert (article.ticket.title, article.body.strip()) == ("Call me", "")


def test_no_subject_is_no_trouble(take_in):
    assert take_in(raw_mail(subject=None)).article.ticket.title == "(no subject)"
    assert take_in(raw_mail("other", subject="   ")).article.ticket.title == "(no subject)"


def test_the_recipient_of_the_envelope_decides_about_the_queue_then_the_headers_then_the_first(take_in, world):
    assert take_in(raw_mail(to="support@demo.example"), "billing@demo.example").article.ticket.queue == world.billing
    assert take_in(raw_mail(to="x@y.example", cc="Billing@Demo.example"), "?").article.ticket.queue == world.billing
    nowhere = take_in(raw_mail("a", to="x@y.example"), "?")
    assert nowhere.article.ticket.queue == world.support
    assert nowhere.trace[0]["step"] == "queue"


def test_the_same_sender_is_one_customer_whatever_the_name_and_case(take_in):
    first = take_in(raw_mail("1", sender="Eve <eve@stranger.example>")).article.ticket.customer
    second = take_in(raw_mail("2", sender='"Somebody Else" <EVE@Stranger.Example>')).article.ticket.customer
    assert first == second
    assert second.name == "Eve"


def test_t29_look_alike_addresses_are_different_people(take_in):
    plain = take_in(raw_mail("1", sender="mike@stranger.example")).article.ticket.customer
    other = take_in("From: mıke@stranger.example\r\nSubject: x\r\n\r\nx\r\n".encode()).article.ticket.customer
    assert plain != other


def test_the_same_message_twice_is_one_ticket_even_through_another_hop(take_in):
    message = raw_mail()
    first = take_in(message)
    again = take_in(b"Received: from relay.example by mx.example; Tue, 17 Nov 2026\r\n\tby night\r\n" + message)
    assert (again.state, again.reason_code, again.article) == ("ignored", "copy", None)
    assert reason_shown(again) == f"The same message came before. See no. {first.pk}."
    assert Ticket.objects.count() == 1
    assert Outgoing.objects.count() == 1


def test_the_message_id_alone_suppresses_nothing(take_in):
    take_in(raw_mail("A stranger was faster", sender=EVE, message_id="<known@acme.example>"))
    assert take_in(raw_mail("The real one", message_id="<known@acme.example>")).state == "ticketed"


def test_two_copies_dealt_with_in_the_wrong_order_are_one_ticket(world):
    message = raw_mail()
    envelope = intake.Envelope("smtp", sender=DANA, recipients=("support@demo.example",))
    first, second = intake.accept(message, envelope), intake.accept(message, envelope)
    intake.process(second.pk)
    intake.process(first.pk)
    assert Ticket.objects.count() == 1
    assert sorted(Incoming.objects.values_list("state", flat=True)) == ["ignored", "ticketed"]


def test_a_second_run_changes_nothing(take_in):
    incoming = take_in(raw_mail())
    intake.process(incoming.pk)
    Incoming.objects.filter(pk=incoming.pk).update(due_at=None)
    intake.process(incoming.pk)
    assert Article.objects.filter(sender="customer").count() == 1


def test_t33_our_own_message_coming_back_is_ignored(take_in, world, drain, sink):
    answered(take_in, world)
    drain()
    for sent in sink.sent:
        back = take_in(b"X-Forwarded: yes\r\n" + sent.raw)
        assert (back.state, back.reason_code) == ("ignored", "own")
    assert Ticket.objects.count() == 1


def test_an_invitation_says_what_when_and_where_in_the_language_of_the_queue(take_in, world):
    world.support.language = "de"
    save_queue(world.support, by=world.alex)
    take_in(events.invited(events.REQUEST))
    article = Ticket.objects.get().articles.order_by("pk")[0]
    assert article.body.startswith("You are invited.")
    assert "20. November 2026" in article.body
    assert "20. November 2026" in article.html
    assert "14:00 – 15:00 (Europe/Berlin)" in article.body
    assert article.attachments.get().name == "invitation.ics"


@pytest.mark.parametrize(
    ("name", "how"), [("smime-clear", "smime-signed"), ("smime-wrapped", "smime-signed"), ("pgp-encrypted", "pgp-encrypted")]
)  # fmt: skip
def test_t40_signed_and_encrypted_mail_is_kept_intact_and_marked(take_in, name, how):
    letter = next(letter for letter in containers.LETTERS if letter.name == name)
    take_in(letter.raw)
    article = Ticket.objects.get().articles.order_by("pk")[0]
    assert article.marks == [{"code": "protected", "how": how}]
    assert [file.name for file in article.attachments.order_by("pk")] == [name for name, _ in letter.files]
    assert article.body == letter.text
