"""No graph of automatic answers grows."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mail.loops import MARK, ROUNDS, Case, decide, note_answer, take_turns, would_answer
from mail.models import AutoReply, MailRules, Outgoing
from mail.parsing.automatic import why_automatic, why_by_machine
from tests.mail.mails import raw_mail
from tests.mail.stories import close
from tickets.actions.queues import save_queue
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket
from tickets.models.queue import FollowUp
from tickets.sentences import sentence_of

UNKNOWN = "eve@stranger.example"


def receipts() -> list[str]:
    return [r["address"] for outgoing in Outgoing.objects.order_by("pk") for r in outgoing.recipients]


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "auto-generated; type=x"},
        {"precedence": "bulk"},
        {"precedence": "junk"},
        {"precedence": "list"},
        {"list_id": "<all.acme.example>"},
        {"x_auto_response_suppress": "All"},
        {"return_path": "<>"},
        {"subject": "Automatic reply: Printer"},
        {"sender": "MAILER-DAEMON@acme.example"},
        {"sender": "noreply@acme.example"},
    ],
    ids=lambda headers: "-".join(headers.values()),
)
def test_t31_automatic_mail_becomes_a_ticket_without_a_receipt(take_in, headers):
    assert take_in(raw_mail(**headers)).outcome == "new"
    assert receipts() == []


def test_t31_the_null_sender_of_the_envelope_gets_no_receipt(take_in):
    assert take_in(raw_mail(), sender="").outcome == "new"
    assert receipts() == []


def test_t31_an_address_of_ours_gets_no_receipt(take_in):
    take_in(raw_mail(sender="billing@demo.example"))
    assert receipts() == []


def test_auto_submitted_no_is_a_persons_mail(take_in):
    take_in(raw_mail(auto_submitted="no"))
    assert receipts() == ["dana@acme.example"]


def test_t31_many_mails_from_one_sender_get_one_receipt(take_in):
    for number in range(5):
        take_in(raw_mail(f"no. {number}", sender=UNKNOWN.upper() if number % 2 else UNKNOWN))
    assert receipts() == [UNKNOWN]
    assert Ticket.objects.count() == 5


def test_t31_a_receipt_and_a_refusal_are_one_answer_within_the_hour(take_in, world):
    world.support.follow_up = FollowUp.REJECT
    save_queue(world.support, by=world.alex)
    ticket = take_in(raw_mail()).article.ticket
    close(ticket, by=world.bea)
    again = raw_mail("Still broken", subject=f"[#{ticket.number}]")
    assert (take_in(again).outcome, len(receipts())) == ("rejected", 1)
    AutoReply.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert (take_in(raw_mail("And now?", subject=f"[#{ticket.number}]")).outcome, len(receipts())) == ("rejected", 2)


@pytest.mark.django_db(transaction=True)
def test_t31_two_mails_at_once_get_one_answer():
    waits, answers = threading.Event(), []

    def second() -> None:
        with transaction.atomic():
            waits.set()
            take_turns(UNKNOWN)
            answers.append(would_answer(UNKNOWN, is_automatic=False).may)
        connection.close()

    with transaction.atomic():
        take_turns(UNKNOWN)
        assert would_answer(UNKNOWN, is_automatic=False).may
        thread = threading.Thread(target=second)
        thread.start()
        waits.wait(5)
        time.sleep(0.2)
        note_answer(UNKNOWN)
    thread.join(5)
    assert answers == [False]


def test_the_window_moves_on(db):
    note_answer(UNKNOWN)
    assert not would_answer(UNKNOWN, is_automatic=False).may
    assert would_answer("someone@else.example", is_automatic=False).may
    AutoReply.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert would_answer(UNKNOWN, is_automatic=False).may


def test_t32_two_of_us_writing_to_each_other_stop_by_themselves(take_in, drain, sink, world):
    """The other one answers each of our receipts with a receipt of its own, and strips all marks of automatic mail."""
    take_in(raw_mail(sender="help@other.example"))
    for round_ in range(5):
        drain()
        if len(sink.sent) <= round_:
            break
        ours = sink.sent[-1].message
        take_in(
            raw_mail(
                "We have received your request.",
                sender="help@other.example",
                subject=f"[#77] {ours['Subject']}",
                in_reply_to=ours["Message-ID"],
            )
        )
    assert len(sink.sent) == 1
    assert Ticket.objects.count() == 1


MARKS = [
    [("X-Autoreply", "yes")],
    [("X-Autorespond", "Re: x")],
    [("X-Vacation", "1")],
    [("X-Mailer", "vacation 1.2.7")],
    [("X-Mailer", "Outlook Autoresponder")],
    [("X-FC-MachineGenerated", "true")],
    [("X-Cron-Env", "<SHELL=/bin/sh>")],
    [("X-OTRS-Loop", "support@other.example")],
    [("X-Loop", "yes")],
    [("X-POST-MessageClass", "9; Autoresponder")],
    [("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")],
    [("X-MS-Exchange-Inbox-Rules-Loop", "dana@acme.example")],
    [("Delivered-To", "Autoresponder")],
    [("Preference", "auto_reply")],
    [("Precedence", "auto_reply")],
    [("Content-Type", "multipart/report; report-type=disposition-notification; boundary=b")],
    [("Auto-Submitted", "auto-replied (vacation)")],
]
PHRASES = [
    "Automatic reply: Printer",
    "Auto: Printer",
    "Out of the office until Monday",
    "Abwesenheitsnotiz: Drucker",
    "Automatische Antwort: Drucker",
    "Im Urlaub bis Montag",
    "Respuesta automática: Impresora",
    "Fuera de la oficina: Impresora",
    "Resposta automática: Impressora",
    "Ausência temporária",
    "Fora do escritório: Impressora",
]


def signs(headers: list[tuple[str, str]], subject: str = "Printer") -> tuple[bool, bool]:
    """Whether a machine wrote it, and whether nothing answers it by itself."""
    found = [(name.lower(), value) for name, value in headers]
    facts = {"subject": subject, "sender": "dana@acme.example", "return_path": None}
    return bool(why_by_machine(found, **facts)), bool(why_automatic(found, **facts))


@pytest.mark.parametrize("headers", MARKS, ids=lambda headers: headers[0][0])
def test_t31_the_marks_of_many_programs_are_known(headers):
    assert signs(headers) == (True, True)


@pytest.mark.parametrize("subject", PHRASES)
def test_t31_a_subject_alone_is_a_weak_sign_in_four_languages(subject):
    assert signs([], subject) == (False, True)
    assert signs([("In-Reply-To", "<a@b.example>")], subject) == (True, True)


@pytest.mark.parametrize("subject", ["Printer", "Re: Automatic reply: x", "Autogas", "My vacation plans", "Absent"])
def test_what_only_resembles_a_phrase_is_none(subject):
    assert signs([("In-Reply-To", "<a@b.example>")], subject) == (False, False)


def test_a_mail_program_that_a_person_uses_is_no_mark():
    assert signs([("X-Mailer", "Thunderbird 128"), ("X-Loop", "no"), ("Auto-Submitted", "no")]) == (False, False)


LIMITS = MailRules(answers_per_hour=2, answers_per_day=5, answers_authenticated=False)
CASES = [
    ({}, ""),
    ({"is_automatic": True}, "automatic"),
    ({"address": ""}, "nobody"),
    ({"is_ours": True}, "ours"),
    ({"address": "No-Reply@acme.example"}, "robot"),
    ({"address": "mailer-daemon@acme.example"}, "robot"),
    ({"address": "nora@acme.example"}, ""),
    ({"rounds": ROUNDS - 1}, ""),
    ({"rounds": ROUNDS}, "loop"),
    ({"last_hour": 1}, ""),
    ({"last_hour": 2}, "hour"),
    ({"last_day": 5}, "day"),
    ({"last_hour": 2, "is_automatic": True}, "automatic"),
]


@pytest.mark.parametrize(("facts", "code"), CASES, ids=[f"{facts}" for facts, _code in CASES])
def test_t31_who_gets_an_automatic_answer(facts, code):
    verdict = decide(Case(**{"address": UNKNOWN} | facts), LIMITS)
    assert (verdict.may, verdict.code) == (not code, code)
    assert bool(verdict.why) is bool(code)


def test_t31_only_proven_senders_where_the_house_says_so():
    strict = MailRules(answers_per_hour=2, answers_per_day=5, answers_authenticated=True)
    assert decide(Case(address=UNKNOWN), strict).code == "unproven"
    assert decide(Case(address=UNKNOWN, is_proven=True), strict).may


def test_t32_a_responder_that_strips_all_marks_stops_after_three_rounds_and_the_ticket_says_so(
    take_in, drain, sink, world
):
    """With limits as wide as some set them, and an answer to every further message."""
    MailRules.objects.create(answers_per_hour=40, answers_per_day=40, answers_follow_up=True)
    take_in(raw_mail(sender="help@other.example"))
    for round_ in range(6):
        drain()
        ours = sink.sent[-1].message
        take_in(raw_mail(f"Thank you, no. {round_}.", sender="help@other.example", in_reply_to=ours["Message-ID"]))
    drain()
    assert len(sink.sent) == ROUNDS
    ticket = Ticket.objects.get()
    flagged = ticket.events.get(kind="mail.loop")
    assert "loop of two programs" in sentence_of(flagged)
    assert {"code": "loop"} in flagged.article.marks
    reply(ticket, Message(text="Stop.", to=[{"name": "", "address": "help@other.example"}]), by=world.bea)
    assert (
        take_in(raw_mail("And on.", sender="help@other.example", in_reply_to=ours["Message-ID"])).outcome == "follow_up"
    )
    drain()
    assert len(sink.sent) == ROUNDS + 2  # an agent has spoken, so it is no loop any more


def test_t33_a_list_that_gives_our_mail_a_new_id_and_sender_makes_no_ticket(take_in, drain, sink, world):
    ticket = take_in(raw_mail()).article.ticket
    reply(ticket, Message(text="Hello"), by=world.bea)
    drain()
    for number, sent in enumerate(sink.sent):
        raw = sent.raw.replace(b"Message-ID: ", b"X-Original-Message-ID: ").replace(b"From: ", b"X-Original-From: ")
        listed = b"From: all@list.example\r\nMessage-ID: <%d@list.example>\r\nList-Id: <all>\r\n" % number + raw
        incoming = take_in(listed, sender="all-bounces@list.example")
        assert (incoming.state, incoming.reason_code) == ("ignored", "own")
    assert Ticket.objects.count() == 1


def test_an_answer_that_copies_our_headers_is_an_answer(take_in, drain, sink, world):
    ticket = take_in(raw_mail()).article.ticket
    drain()
    mark = sink.sent[0].message[MARK]
    incoming = take_in(raw_mail("Thank you", in_reply_to=mark, **{MARK.lower().replace("-", "_"): mark}))
    assert (incoming.outcome, incoming.article.ticket) == ("follow_up", ticket)


def test_t33_what_has_passed_us_three_times_is_automatic_whatever_it_looks_like(take_in, drain, sink, world):
    """Somebody who takes no part in the ticket, so that every message of his becomes a new one."""
    MailRules.objects.create(answers_per_hour=40, answers_per_day=40)
    references: list[str] = []
    for number in range(5):
        incoming = take_in(
            raw_mail(
                "x", sender=f"robot{number}@other.example", subject="x", references=" ".join(references) or "<a@b>"
            )
        )
        drain()
        references = [sent.message["Message-ID"] for sent in sink.sent]
    assert len(sink.sent) == ROUNDS
    assert incoming.is_automatic
