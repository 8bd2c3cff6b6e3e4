"""T34: a report that our mail did not arrive is noted at that mail, and a forged one is a mail like any other."""

from uuid import uuid4

import pytest

from automation.models import NoticeDelivery
from core.secrets import derived_key
from mail.marks import make_message_id
from mail.models import Incoming, Outgoing
from mail.resending import send_again
from mail.sending import locked_recipients
from tests.mail.mails import lines, raw_mail
from tests.mail.stories import DANA, ERIK, close
from tickets.actions.replying import reply
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Ticket
from web.desk.delivery import delivery_of

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.acme.example>"
NO_SUCH_USER = "smtp; 550 5.1.1 <dana@acme.example>: no such user"


@pytest.fixture
def outgoing(take_in, world, drain, sink) -> Outgoing:
    """An answer that the server has taken for Dana and Erik."""
    ticket = take_in(raw_mail()).article.ticket
    people = [{"name": "", "address": DANA}, {"name": "", "address": ERIK}]
    sent = reply(ticket, Message(text="Turn it off and on.", to=people), by=world.bea).outgoing
    drain()
    sent.refresh_from_db()
    assert sent.state == "sent"
    return sent


def recipient(address: str, *more: str, action: str = "failed") -> str:
    """One group of fields of a delivery report."""
    return "\r\n".join([f"Final-Recipient: rfc822; {address}", f"Action: {action}", *more, ""])


def report(message_id: str, *groups: str, returned: str = "message/rfc822", sender: str = DAEMON, **headers: str):
    """A delivery report as Postfix writes it, about the message with this id."""
    further = [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    original = f"From: x@y.example\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\nHello" if message_id else ""
    parts = [
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n",
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n" + "\r\n".join(groups),
        f"--b\r\nContent-Type: {returned}\r\n\r\n{original}\r\n--b--",
    ]
    head = [f"From: {sender}", "To: support@demo.example", "Subject: Undelivered Mail", *further]
    head.append('Content-Type: multipart/report; report-type=delivery-status; boundary="b"')
    return lines(*head, body="\r\n".join(parts))


def states(outgoing: Outgoing) -> dict[str, str]:
    outgoing.refresh_from_db()
    return {recipient["address"]: recipient["state"] for recipient in outgoing.recipients}


def failures(outgoing: Outgoing) -> list[tuple[list[str], str]]:
    events = outgoing.article.events.filter(kind="mail.failed").order_by("pk")
    return [(event.data["recipients"]["now"], event.data["answer"]["now"]) for event in events]


def test_t34_a_report_marks_the_recipient_of_the_right_message_and_opens_nothing(take_in, outgoing):
    incoming = take_in(report(outgoing.message_id, recipient(DANA, f"Diagnostic-Code: {NO_SUCH_USER}")), sender="")
    assert states(outgoing) == {DANA: "failed", ERIK: "sent"}
    assert outgoing.recipients[0]["answer"] == "550 5.1.1 <dana@acme.example>: no such user"
    assert outgoing.state == "sent"
    assert Ticket.objects.count() == 1
    assert (incoming.state, incoming.reason_code, incoming.article) == ("ignored", "report", None)
    assert incoming.trace == [{"step": "report", "found": outgoing.ticket.number, "result": "failure noted"}]
    event = outgoing.article.events.get(kind="mail.failed")
    assert (event.cause_kind, event.cause_reference) == ("mail", str(incoming.pk))
    assert failures(outgoing) == [([DANA], "550 5.1.1 <dana@acme.example>: no such user")]
    assert broken_links(outgoing.ticket) == []


def test_t34_the_same_report_again_changes_nothing(take_in, outgoing):
    for number in range(3):
        take_in(report(outgoing.message_id, recipient(DANA), x_number=str(number)), sender="")
    assert failures(outgoing) == [([DANA], "")]
    assert Incoming.objects.filter(reason_code="report").count() == 3


def test_t34_when_it_reached_nobody_the_message_has_failed_and_can_be_sent_again(take_in, outgoing, world, drain, sink):
    take_in(report(outgoing.message_id, recipient(DANA), recipient(ERIK)), sender="")
    assert states(outgoing) == {DANA: "failed", ERIK: "failed"}
    assert outgoing.state == "failed"
    before = len(sink.sent)
    assert send_again(outgoing, by=world.alex)
    drain()
    assert states(outgoing) == {DANA: "sent", ERIK: "sent"}
    assert sink.sent[before].message["Message-ID"] == outgoing.message_id


def test_t34_a_report_without_our_proof_is_a_plain_mail_and_changes_no_state(take_in, outgoing):
    number, article, proof = outgoing.message_id.strip("<>").partition("@")[0].split(".")
    forged = [
        f"<{number}.{article}.{'a' * len(proof)}@demo.example>",
        f"<{number}.{article}@demo.example>",
        "<somebody@else.example>",
        "",
    ]
    for tickets, message_id in enumerate(forged, start=2):
        incoming = take_in(report(message_id, recipient(DANA), x_number=str(tickets)), sender="")
        assert (incoming.state, incoming.outcome) == ("ticketed", "new")
        assert incoming.trace[0] == {"step": "report", "found": "", "result": "not proven to be about ours"}
        assert Ticket.objects.count() == tickets
    assert states(outgoing) == {DANA: "sent", ERIK: "sent"}
    assert failures(outgoing) == []


def test_a_proof_in_the_headers_counts_where_nothing_was_returned(take_in, outgoing):
    take_in(report("", recipient(DANA), in_reply_to=outgoing.message_id), sender="")
    take_in(report("", recipient(ERIK), references=f"<a@b.example> {outgoing.message_id}"), sender="")
    assert states(outgoing) == {DANA: "failed", ERIK: "failed"}
    assert Ticket.objects.count() == 1


def test_headers_alone_may_be_returned(take_in, outgoing):
    take_in(report(outgoing.message_id, recipient(DANA), returned="text/rfc822-headers"), sender="")
    assert states(outgoing)[DANA] == "failed"


def test_the_older_kind_of_report_counts_by_the_id_in_its_text(take_in, outgoing):
    text = f"A message that you sent could not be delivered:\r\n\r\n------\r\nMessage-ID: {outgoing.message_id}\r\n"
    take_in(lines(f"From: {DAEMON}", f"X-Failed-Recipients: {ERIK}", "Subject: Mail failed", body=text), sender="")
    assert states(outgoing) == {DANA: "sent", ERIK: "failed"}
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_an_arrival_is_no_failure(take_in, outgoing, action):
    incoming = take_in(report(outgoing.message_id, recipient(DANA, action=action)), sender="")
    assert states(outgoing) == {DANA: "sent", ERIK: "sent"}
    assert (incoming.reason_code, incoming.trace[0]["result"]) == ("report", "no failure")
    assert failures(outgoing) == []
    assert Ticket.objects.count() == 1


def test_t34_a_delay_is_shown_at_the_recipient_until_somebody_tells_how_it_ended(take_in, outgoing):
    late = recipient(DANA, "Status: 4.4.1", "Diagnostic-Code: smtp; 451 4.4.1 No answer", action="delayed")
    incoming = take_in(report(outgoing.message_id, late), sender="")
    assert (states(outgoing), failures(outgoing)) == ({DANA: "sent", ERIK: "sent"}, [])
    assert outgoing.recipients[0]["delay"] == "451 4.4.1 No answer"
    assert (incoming.reason_code, incoming.trace[0]["result"]) == ("report", "delay noted")
    shown = delivery_of(outgoing.article)
    assert (shown.kind, [(one.address, one.words) for one in shown.problems]) == (
        "late",
        [(DANA, "The recipient's server could not be reached in time.")],
    )
    take_in(report(outgoing.message_id, recipient(DANA, action="delivered"), x_number="2"), sender="")
    assert (states(outgoing), outgoing.recipients[0].get("delay")) == ({DANA: "sent", ERIK: "sent"}, None)
    take_in(report(outgoing.message_id, late, x_number="3"), sender="")
    assert states(outgoing)[DANA] == "sent"
    assert outgoing.recipients[0].get("delay") is None  # an old report that comes late itself


def test_t34_a_failure_after_a_delay_is_a_failure(take_in, outgoing):
    take_in(report(outgoing.message_id, recipient(DANA, action="delayed")), sender="")
    take_in(report(outgoing.message_id, recipient(DANA, "Status: 5.2.2"), x_number="2"), sender="")
    assert states(outgoing)[DANA] == "failed"
    outgoing.article.refresh_from_db()
    shown = delivery_of(outgoing.article)
    assert (shown.kind, shown.problems[0].words, shown.can_resend) == ("failed", "The mailbox is full.", True)


def test_a_recipient_who_has_his_mail_forwarded_is_known_by_the_original_address(take_in, outgoing):
    forwarded = recipient("dana@new.example", f"Original-Recipient: rfc822;{DANA.upper()}")
    take_in(report(outgoing.message_id, forwarded), sender="")
    assert states(outgoing) == {DANA: "failed", ERIK: "sent"}


def test_an_address_that_is_nobodys_is_told_once_and_marks_nobody(take_in, outgoing):
    for number in range(2):
        group = recipient("who@new.example", "Status: 5.0.0")
        take_in(report(outgoing.message_id, group, x_number=str(number)), sender="")
    assert states(outgoing) == {DANA: "sent", ERIK: "sent"}
    assert failures(outgoing) == [(["who@new.example"], "5.0.0")]


def test_of_one_recipient_only_he_can_be_meant(take_in, world, drain, sink):
    ticket = take_in(raw_mail()).article.ticket
    sent = reply(ticket, Message(text="Hello", to=[{"name": "", "address": DANA}]), by=world.bea).outgoing
    drain()
    take_in(report(sent.message_id, recipient("dana@new.example")), sender="")
    assert (states(sent), sent.state) == ({DANA: "failed"}, "failed")


def test_a_person_who_sends_the_report_on_is_heard_and_changes_no_state(take_in, outgoing, world):
    close(outgoing.ticket, by=world.bea)
    seen = report(outgoing.message_id, recipient(ERIK), sender=f"Dana <{DANA}>", in_reply_to=outgoing.message_id)
    incoming = take_in(seen)
    assert (incoming.outcome, incoming.article.ticket, incoming.article.marks) == ("follow_up", outgoing.ticket, [])
    assert states(outgoing) == {DANA: "sent", ERIK: "sent"}
    assert Ticket.objects.get().state.name == "open"


def test_a_report_on_a_closed_ticket_leaves_it_closed(take_in, outgoing, world):
    close(outgoing.ticket, by=world.bea)
    take_in(report(outgoing.message_id, recipient(DANA)), sender="")
    ticket = Ticket.objects.get()
    assert ticket.state.name == "closed successful"
    assert states(outgoing)[DANA] == "failed"


def test_a_report_that_comes_while_a_worker_sends_is_not_overwritten(take_in, outgoing):
    """The worker's row is as old as its start."""
    old = Outgoing.objects.get(pk=outgoing.pk)
    take_in(report(outgoing.message_id, recipient(DANA)), sender="")
    with locked_recipients(old):
        pass
    assert states(outgoing)[DANA] == "failed"


def test_the_report_in_the_history_says_who_and_why_in_one_line(take_in, outgoing):
    hostile = "Diagnostic-Code: smtp; 550 <script>alert(1)</script>\r\n evil " + "x" * 1_000
    take_in(report(outgoing.message_id, recipient(DANA, hostile)), sender="")
    ((_who, answer),) = failures(outgoing)
    assert answer.startswith("550 <script>alert(1)</script> evil xxx")
    assert len(answer) <= 300


def notice_about(ticket: Ticket, reader) -> NoticeDelivery:
    fields = {"user": reader, "ticket": ticket, "channel": "mail", "occasion": "new", "relation": "queue"}
    return NoticeDelivery.objects.create(event=ticket.events.first(), state="sent", **fields)


def id_of(uuid, number: str) -> str:
    return make_message_id(derived_key("message ids"), uuid, "demo.example", number)


def test_a_report_about_a_notice_opens_no_ticket_and_the_notice_has_failed(take_in, outgoing, world):
    ticket = outgoing.ticket
    notice = notice_about(ticket, world.bea)
    tickets, articles = Ticket.objects.count(), ticket.articles.count()
    gone = recipient("bea@demo.example", "Diagnostic-Code: smtp; 550 gone")
    # Servers that ignore the empty return path send it to From.
    came = take_in(report(id_of(notice.uuid, ticket.number), gone), sender="")
    assert (came.state, came.reason_code) == ("ignored", "report")
    assert {"step": "report", "found": ticket.number, "result": "failure of a notice"} in came.trace
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == ("failed", "550 gone")
    assert (Ticket.objects.count(), ticket.articles.count()) == (tickets, articles)
    late = recipient("bea@demo.example", action="delayed")
    assert take_in(report(id_of(uuid4(), "several"), late), sender="").state == "ignored"


def test_the_absence_notice_of_an_agent_opens_no_ticket(take_in, outgoing, world):
    ticket = outgoing.ticket
    away = {"sender": "Bea Costa <bea@demo.example>", "auto_submitted": "auto-replied"}
    notices = [
        raw_mail("I am away.", in_reply_to=id_of(uuid4(), ticket.number), subject="Away", **away),
        raw_mail("I am away.", in_reply_to=id_of(uuid4(), "several"), subject="Away", **away),
        raw_mail("I am away.", subject=f"Away: [#{ticket.number}] New ticket", **away),
    ]
    tickets, articles = Ticket.objects.count(), ticket.articles.count()
    for raw in notices:
        came = take_in(raw)
        assert (came.state, came.reason_code) == ("ignored", "report")
    assert (Ticket.objects.count(), ticket.articles.count()) == (tickets, articles)
    # of his own requests it is a message like everybody's
    own = take_in(raw_mail("My screen is dark.", sender="bea@demo.example")).article.ticket
    assert take_in(raw_mail("Away", subject=f"Re: [#{own.number}]", **away)).article.ticket == own
