"""No graph of automatic answers grows."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mail.loops import may_answer, note_answer
from mail.models import AutoReply, Outgoing
from tests.mail.mails import raw_mail
from tests.mail.stories import close
from tickets.actions.queues import save_queue
from tickets.models import Ticket
from tickets.models.queue import FollowUp

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


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_t31_two_mails_at_once_get_one_answer():
    waits, answers = threading.Event(), []

    def second() -> None:
        with transaction.atomic():
            waits.set()
            answers.append(may_answer(UNKNOWN, None))
        connection.close()

    with transaction.atomic():
        assert may_answer(UNKNOWN, None)
        thread = threading.Thread(target=second)
        thread.start()
        waits.wait(5)
        time.sleep(0.2)
        note_answer(UNKNOWN)
    thread.join(5)
    assert answers == [False]


def test_the_window_moves_on(db):
    note_answer(UNKNOWN)
    assert not may_answer(UNKNOWN, None)
    assert may_answer("someone@else.example", None)
    AutoReply.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert may_answer(UNKNOWN, None)


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
