"""What becomes of a message: over SMTP from strangers, customers, machines and people with bad intentions."""

import re
from email.message import EmailMessage

import pytest
from django.utils import timezone

from core import blobs
from mail import intake, sandbox
from mail.models import Incoming, Outgoing
from tests.mail.mails import PNG, lines, mail, raw, raw_mail
from tests.mail.test_receive import wire
from tickets.actions.progress import set_state
from tickets.actions.queues import save_queue
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Article, State, Ticket

DANA, ERIK, EVE = "dana@acme.example", "erik@globex.example", "Eve <eve@stranger.example>"


def with_picture_and_file(**headers: str) -> EmailMessage:
    message = mail("See the picture.", **headers)
    message.add_alternative('<p>See <b>this</b>: <img src="cid:shot@1"></p><script>alert(1)</script>', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<shot@1>", filename="shot.png")
    message.add_attachment(b"%PDF-1.7 ...", maintype="application", subtype="pdf", filename="Prüfbericht 7.pdf")
    return message


def close(ticket: Ticket, by) -> None:
    set_state(ticket, State.objects.get(name="closed successful"), by=by)


def answered(take_in, world, **headers: str) -> Ticket:
    """A ticket of Dana's that Bea has answered."""
    ticket = take_in(raw_mail(**headers)).article.ticket
    reply(ticket, Message(text="Please turn it off and on.", to=[{"name": "", "address": DANA}]), by=world.bea)
    return Ticket.objects.get(pk=ticket.pk)


def our_message_id(ticket: Ticket) -> str:
    return Outgoing.objects.filter(ticket=ticket, article__sender="agent").latest("pk").message_id


# ---- new tickets ------------------------------------------------------------------------------


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
    assert re.search(r"http://\S+/welcome/\S+/", text)
    assert "hums" not in text + receipt.message.get_body(("html",)).get_content()


def test_somebody_with_a_password_gets_a_link_and_no_invitation(receiver, world, drain, sink):
    world.dana.set_password("chosen long ago")
    world.dana.save()
    receiver.hand_in(raw_mail())
    drain()
    text = sink.sent[0].message.get_body(("plain",)).get_content()
    assert f"/portal/requests/{Ticket.objects.get().number}/" in text
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


# ---- the same again ---------------------------------------------------------------------------


def test_the_same_message_twice_is_one_ticket_even_through_another_hop(take_in):
    message = raw_mail()
    first = take_in(message)
    again = take_in(b"Received: from relay.example by mx.example; Tue, 17 Nov 2026\r\n\tby night\r\n" + message)
    assert (again.state, again.reason, again.article) == ("ignored", f"the same message as no. {first.pk}", None)
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
        assert (back.state, back.reason) == ("ignored", "our own message came back")
    assert Ticket.objects.count() == 1


# ---- follow-ups -------------------------------------------------------------------------------


def test_a_participant_with_a_reference_and_another_subject_joins_and_reopens(take_in, world):
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", subject="Something else", references=f"<x@y> {our_message_id(ticket)}"))
    ticket.refresh_from_db()
    assert (back.outcome, back.article.ticket) == ("follow_up", ticket)
    assert back.article.marks == []
    assert (ticket.state.name, ticket.closed_at, ticket.title) == ("open", None, "Printer does not print")
    assert back.trace == [{"step": "token", "found": ticket.number, "result": "sender takes part"}]


def test_a_reply_to_the_receipt_joins_too(take_in, world):
    ticket = take_in(raw_mail()).article.ticket
    receipt = Outgoing.objects.get()
    assert take_in(raw_mail("One more thing", in_reply_to=receipt.message_id)).article.ticket == ticket


def test_a_reference_to_ones_own_first_mail_joins_and_is_marked(take_in):
    ticket = take_in(raw_mail(message_id="<mine@acme.example>")).article.ticket
    back = take_in(raw_mail("I forgot something", in_reply_to="<mine@acme.example>"))
    assert (back.article.ticket, back.article.marks) == (ticket, [{"code": "unverified"}])


def test_a_participant_with_the_subject_tag_alone_joins_and_is_marked_as_unverified(take_in):
    ticket = take_in(raw_mail()).article.ticket
    back = take_in(raw_mail("And the scanner?", subject=f"AW: [#{ticket.number}] whatever"))
    assert (back.outcome, back.article.ticket) == ("follow_up", ticket)
    assert back.article.marks == [{"code": "unverified"}]


def test_somebody_an_agent_wrote_to_takes_part_from_then_on(take_in, world):
    ticket = take_in(raw_mail()).article.ticket
    mention = raw_mail("me too", sender=EVE, subject=f"[#{ticket.number}]")
    assert take_in(mention).outcome == "new"
    to = [{"name": "", "address": DANA}, {"name": "Eve", "address": "Eve@stranger.example"}]
    reply(ticket, Message(text="Both of you:", to=to), by=world.bea)
    joined = take_in(raw_mail("thanks", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert (joined.outcome, joined.article.ticket) == ("follow_up", ticket)
    assert joined.article.author.email == "eve@stranger.example"


def test_t19_a_stranger_with_somebody_elses_number_gets_a_new_ticket_with_a_hint(take_in, world):
    ticket = answered(take_in, world)
    events = ticket.events.count()
    stranger = take_in(raw_mail("Tell me more", sender=EVE, subject=f"Re: [#{ticket.number}] Printer"))
    assert stranger.outcome == "new"
    assert stranger.article.ticket != ticket
    assert stranger.article.marks == [{"code": "names_ticket", "number": ticket.number}]
    assert ticket.events.count() == events
    assert stranger.trace[-1] == {"step": "tag", "found": ticket.number, "result": "sender does not take part"}


def test_a_stranger_with_a_real_reference_is_a_stranger_still(take_in, world):
    ticket = answered(take_in, world)
    forwarded = take_in(raw_mail("I got this", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert forwarded.article.ticket != ticket
    assert forwarded.article.marks == [{"code": "names_ticket", "number": ticket.number}]


def test_t23_references_in_our_format_without_our_proof_are_foreign(take_in, world):
    ticket = answered(take_in, world)
    real = our_message_id(ticket)
    number, article, proof = real.strip("<>").partition("@")[0].split(".")
    other = take_in(raw_mail("other")).article
    forged = [
        f"<{number}.{article}.{'a' * len(proof)}@demo.example>",
        f"<{number}.{article}@demo.example>",
        f"<{other.ticket.number}.{article}.{proof}@demo.example>",
        f"<{number}.{other.uuid.hex}.{proof}@demo.example>",
        f"<{number}.{article}.{proof[:-1]}{'a' if proof[-1] != 'a' else 'b'}@demo.example>",
    ]
    for number, reference in enumerate(forged):
        back = take_in(raw_mail(f"forged {number}", in_reply_to=reference, references=reference))
        assert (back.outcome, back.article.marks, back.trace) == ("new", [], [])


def test_t26_a_from_that_can_be_read_in_two_ways_takes_part_in_nothing(take_in, world):
    ticket = answered(take_in, world)
    reference = our_message_id(ticket)
    ways = [
        [f"From: {DANA}", "From: eve@stranger.example"],
        [f"From: {DANA}, eve@stranger.example"],
        [f"From: =?utf-8?q?dana=40acme.example?= <{DANA}> <eve@stranger.example>"],
    ]
    for number, way in enumerate(ways):
        back = take_in(lines(*way, f"In-Reply-To: {reference}", f"Subject: {number}"))
        assert back.state == "quarantined" or back.article.ticket != ticket


def test_a_sender_who_was_deactivated_is_quarantined(take_in, world):
    ticket = answered(take_in, world)
    world.dana.is_active = False
    world.dana.save()
    for headers in ({}, {"in_reply_to": our_message_id(ticket)}):
        incoming = take_in(raw_mail(f"I am back {headers}", **headers))
        assert (incoming.state, incoming.reason) == ("quarantined", "The sender has been deactivated.")
        assert incoming.article is None
    assert ticket.articles.filter(sender="customer").count() == 1


def test_a_closed_ticket_of_a_queue_that_refuses_keeps_the_message_stays_closed_and_says_so(
    take_in, world, drain, sink
):
    world.support.follow_up = "reject"
    save_queue(world.support, by=world.alex)
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", in_reply_to=our_message_id(ticket)))
    drain()
    ticket.refresh_from_db()
    assert (back.outcome, back.article.ticket, ticket.state.name) == ("rejected", ticket, "closed successful")
    notice = sink.sent[-1]
    assert notice.message["Subject"] == f"[#{ticket.number}] Your request is closed"
    assert (notice.sender, notice.message["Auto-Submitted"]) == ("", "auto-replied")


def test_a_closed_ticket_of_a_queue_that_continues_leads_to_a_new_one(take_in, world):
    world.support.follow_up = "new"
    save_queue(world.support, by=world.alex)
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    back = take_in(raw_mail("Still broken.", in_reply_to=our_message_id(ticket)))
    ticket.refresh_from_db()
    assert (back.outcome, ticket.state.name) == ("new", "closed successful")
    assert back.article.ticket != ticket
    assert back.article.ticket.customer == world.dana


# ---- hostile and broken mail ------------------------------------------------------------------

HOSTILE_NAMES = [
    ("../../x", "x"),
    ("..\\..\\x", "x"),
    ("/etc/x", "x"),
    ("CON", "_CON"),
    ("\u200b.htaccess", "htaccess"),
    ("ha\u202egnp.exe", "hagnp.exe"),
    ("a\x00b", "ab"),
    ("x" * 5_000 + ".pdf", "x" * 146 + ".pdf"),
    ("", "file"),
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_t05_names_of_files_are_shown_cleaned_and_never_paths(take_in, name, shown):
    encoded = "".join(f"%{byte:02x}" for byte in name.encode())
    part = (
        "--b\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{encoded}\r\n\r\nbytes\r\n--b--"
    )
    raw = lines(f"From: {DANA}", 'Content-Type: multipart/mixed; boundary="b"', "Subject: x", body=part)
    (file,) = take_in(raw).article.attachments.all()
    assert file.name == shown
    assert file.content() == b"bytes"
    assert blobs.blob_name(file.digest).endswith(file.digest)


def test_t05_a_line_break_hidden_in_a_file_name_is_a_blank(take_in):
    part = (
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment;"
        " filename*=utf-8''a%0d%0aBcc:%20evil@e.test.txt\r\n\r\nx\r\n--b--"
    )
    raw = lines(f"From: {DANA}", 'Content-Type: multipart/mixed; boundary="b"', body=part)
    (file,) = take_in(raw).article.attachments.all()
    assert file.name == "a Bcc_ evil@e.test.txt"


INJECTIONS = [
    "=?utf-8?Q?Hi=0d=0aBcc:_evil@e.test?=",
    "=?utf-8?Q?Hi=E2=80=A8Bcc:_evil@e.test=00?=",
    "Hi\r\n\tBcc: evil@e.test",
]


@pytest.mark.parametrize("injection", INJECTIONS)
def test_t35_nothing_in_a_strangers_headers_adds_a_header_or_recipient_to_what_we_send(
    receiver, world, drain, sink, injection
):
    with wire(receiver.port) as client:
        client.begin()
        client.send(f"From: {injection} <new@people.example>\r\nSubject: {injection}\r\n\r\nx\r\n")
        assert client.say(".")[:3] == "250"
    drain()
    ticket = Ticket.objects.get()
    reply(
        ticket,
        Message(text="Hello", to=[{"name": ticket.customer.name, "address": ticket.customer.email}]),
        by=world.bea,
    )
    drain()
    receipt, answer = sink.sent
    for sent in (receipt, answer):
        assert sent.recipients == ["new@people.example"]
        head = sent.raw.partition(b"\r\n\r\n")[0]
        assert not re.search(rb"(?mi)^bcc", head)
        assert sent.message["Bcc"] is None
        assert len(sent.message.get_all("To")) == len(sent.message.get_all("Subject")) == 1
        assert [address.addr_spec for address in sent.message["To"].addresses] == ["new@people.example"]
    assert "\n" not in ticket.title + ticket.customer.name


def test_t36_a_name_that_looks_like_two_recipients_is_a_name(receiver, world, drain, sink):
    receiver.hand_in(raw_mail())
    world.dana.name = '"x" <evil@e.test>,'
    world.dana.save()
    ticket = Ticket.objects.first() or (drain(), Ticket.objects.get())[1]
    reply(ticket, Message(text="Hello"), by=world.bea)
    drain()
    answer = sink.sent[-1]
    assert answer.recipients == [DANA]
    assert [address.addr_spec for address in answer.message["To"].addresses] == [DANA]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The message names no sender."),
        (b"From: undisclosed\r\n\r\nx", "The message names no sender."),
        (b'From: <"a b"@c.example>\r\n\r\nx', "The sender's address cannot be answered."),
        (b"\x00" * 1000, "The message names no sender."),
    ],
)
def test_what_cannot_become_a_ticket_waits_in_quarantine_with_a_reason(take_in, raw, reason):
    incoming = take_in(raw, sender="")
    assert (incoming.state, incoming.article, incoming.due_at) == ("quarantined", None, None)
    assert incoming.reason == reason
    assert blobs.load(incoming.digest) == raw


def test_t14_a_mail_that_is_too_complex_is_quarantined_at_once_and_stops_no_other(take_in):
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _part in range(10_000))
    bomb = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    incoming = take_in(bomb)
    assert incoming.state == "quarantined"
    assert incoming.reason.startswith("too complex: ")
    assert take_in(raw_mail()).state == "ticketed"


def test_f13_a_parser_that_dies_is_tried_twice_and_then_it_is_the_message(world, monkeypatch):
    monkeypatch.setattr(intake, "parse_limited", lambda raw: sandbox.run_limited(_die, raw))
    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert (incoming.state, incoming.attempts) == ("received", 1)
    assert incoming.due_at > timezone.now()
    Incoming.objects.update(due_at=timezone.now())
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert incoming.state == "quarantined"
    assert incoming.reason.startswith("cannot be read: ")


def _die(raw: bytes) -> bytes:
    import ctypes

    ctypes.string_at(0)
    return raw


def test_trouble_of_ours_is_tried_again_with_growing_pauses_and_parked_after_the_last(world, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("no room")

    monkeypatch.setattr(intake, "_write", broken)
    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    pauses = []
    for _try in range(5):
        Incoming.objects.update(due_at=timezone.now())
        intake.process(incoming.pk)
        incoming.refresh_from_db()
        pauses.append(incoming.due_at and round((incoming.due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 5, 30, 120, None]
    assert (incoming.state, incoming.reason) == ("quarantined", "RuntimeError: no room")
    assert incoming.parked_at is not None
    assert not Ticket.objects.exists()


def test_c07_a_crash_before_the_commit_leaves_nothing_and_the_next_run_does_all(world, monkeypatch):
    def crash(*_arguments, **_options):
        raise RuntimeError("killed here")

    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA, recipients=("support@demo.example",)))
    with monkeypatch.context() as crashing:
        crashing.setattr(Incoming, "finish", crash)
        intake.process(incoming.pk)
    assert not Ticket.objects.exists()
    assert not Outgoing.objects.exists()
    Incoming.objects.update(due_at=timezone.now())
    intake.process(incoming.pk)
    assert Ticket.objects.count() == Outgoing.objects.count() == 1


def test_dealing_with_a_mail_costs_the_same_number_of_queries_however_much_there_is(take_in, world, queries):
    with queries() as few:
        take_in(raw_mail("first"))
    ticket = answered(take_in, world)
    for number in range(5):
        take_in(raw_mail(f"no. {number}", in_reply_to=our_message_id(ticket)))
    with queries() as many:
        take_in(raw_mail("last"))
    assert len(many) <= len(few)
