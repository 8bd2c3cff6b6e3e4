"""Handing mail to a real SMTP server, and everything such a server may answer."""

import asyncio
import smtplib
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from mail import connections, sending
from mail.alarms import troubles
from mail.models import Domain, Outgoing, ServerState
from mail.tasks import send_outgoing
from tests.factories import TicketFactory
from tests.mail.conftest import Sent
from tickets.actions.replying import reply
from tickets.messages import Message
from web.desk.delivery import delivery_of

DANA, ERIK = "dana@acme.example", "erik@globex.example"


@pytest.fixture
def outgoing(world) -> Outgoing:
    """A reply to Dana and Erik that waits to be sent."""
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()
    to = [{"name": "", "address": DANA}, {"name": "", "address": ERIK}]
    return reply(ticket, Message(text="Hello", to=to), by=world.bea).outgoing


def attempt(outgoing: Outgoing) -> Outgoing:
    """One try, as if its time had come."""
    Outgoing.objects.filter(pk=outgoing.pk, due_at__isnull=False).update(due_at=timezone.now(), leased_until=None)
    Domain.objects.update(free_at=None)
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing


def states(outgoing: Outgoing) -> list[str]:
    return [recipient["state"] for recipient in outgoing.recipients]


def failures(outgoing: Outgoing) -> list[list[str]]:
    events = outgoing.ticket.events.filter(kind="mail.failed").order_by("pk")
    return [event.data["recipients"]["now"] for event in events]


def test_what_was_sent_is_settled_and_not_sent_again(outgoing, sink):
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, states(outgoing)) == ("sent", None, ["sent", "sent"])
    assert outgoing.sent_at is not None
    attempt(outgoing)
    (sent,) = sink.sent
    assert (sent.sender, sent.recipients) == ("support@demo.example", [DANA, ERIK])


def test_f11_a_refused_recipient_has_failed_the_other_has_it_and_the_ticket_says_so(outgoing, sink):
    sink.answers[ERIK] = "550 5.1.1 No such user here"
    attempt(outgoing)
    assert (outgoing.state, states(outgoing)) == ("sent", ["sent", "failed"])
    assert outgoing.recipients[1]["answer"] == "550 5.1.1 No such user here"
    event = outgoing.ticket.events.get(kind="mail.failed")
    assert event.article == outgoing.article
    assert event.data["answer"]["now"] == "550 5.1.1 No such user here"
    assert failures(outgoing) == [[ERIK]]
    assert sink.sent[0].recipients == [DANA]


def test_f11_when_all_are_refused_the_message_has_failed_at_once(outgoing, sink):
    sink.answers |= {DANA: "550 no", ERIK: "553 no"}
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, failures(outgoing)) == ("failed", None, [[DANA, ERIK]])
    assert sink.sent == []


def test_f11_a_refused_message_has_failed_for_everybody(outgoing, sink):
    sink.answers["DATA"] = "554 5.7.1 We do not like the content"
    attempt(outgoing)
    assert (outgoing.state, failures(outgoing)) == ("failed", [[DANA, ERIK]])


def test_f11_a_busy_server_is_tried_again_with_growing_pauses_and_the_same_message(outgoing, sink):
    sink.answers |= {DANA: "451 later", ERIK: "451 later"}
    pauses = []
    for _try in range(3):
        attempt(outgoing)
        pauses.append(round((outgoing.due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 2, 5]
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("queued", ["queued", "queued"], [])
    assert "451 later" in outgoing.last_error
    sink.answers.clear()
    attempt(outgoing)
    assert outgoing.state == "sent"
    assert sink.sent[0].message["Message-ID"] == outgoing.message_id


def test_f11_only_those_who_wait_are_tried_again_and_each_failure_is_told_once(outgoing, sink):
    sink.answers |= {DANA: "451 later", ERIK: "550 no"}
    attempt(outgoing)
    assert (states(outgoing), failures(outgoing)) == (["queued", "failed"], [[ERIK]])
    sink.answers.clear()
    attempt(outgoing)
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("sent", ["sent", "failed"], [[ERIK]])
    assert [sent.recipients for sent in sink.sent] == [[DANA]]


def test_f11_a_server_that_breaks_off_between_two_recipients_has_delivered_nothing(outgoing, sink):
    sink.answers[ERIK] = "421 4.3.2 Going down"
    attempt(outgoing)
    assert (outgoing.state, states(outgoing), sink.sent) == ("queued", ["queued", "queued"], [])
    sink.answers.clear()
    assert attempt(outgoing).state == "sent"
    assert sink.sent[0].recipients == [DANA, ERIK]


def test_after_the_last_try_the_message_has_failed_and_the_ticket_says_so(outgoing, sink):
    sink.answers[ERIK] = "451 later"
    tries = len(Outgoing.backoff) + 1
    Outgoing.objects.update(attempts=tries - 2)
    assert attempt(outgoing).state == "queued"
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, states(outgoing)) == ("sent", None, ["sent", "failed"])
    assert failures(outgoing) == [[ERIK]]


def test_after_the_last_try_with_the_server_away_nobody_has_it(outgoing, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    Outgoing.objects.update(attempts=len(Outgoing.backoff))
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, failures(outgoing)) == ("failed", None, [[DANA, ERIK]])
    assert "Connection refused" in outgoing.recipients[0]["answer"]


def test_a_message_that_kills_whoever_sends_it_has_failed_in_the_end(outgoing, sink):
    Outgoing.objects.update(attempts=len(Outgoing.backoff) + 1)
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, failures(outgoing), sink.sent) == ("failed", None, [[DANA, ERIK]], [])


def test_a_server_that_is_away_is_tried_again(outgoing, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    attempt(outgoing)
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("queued", ["queued", "queued"], [])
    assert outgoing.due_at > timezone.now()
    assert "Connection refused" in outgoing.last_error


@pytest.mark.parametrize(
    "error", [smtplib.SMTPAuthenticationError(535, b"no"), smtplib.SMTPNotSupportedError("no AUTH")]
)
def test_f11_a_refused_password_is_our_trouble_and_fails_nobody(outgoing, sink, settings, monkeypatch, error):
    settings.SMTP_URL = f"smtp://us:secret@127.0.0.1:{sink.port}"

    def refused(*_arguments):
        raise error

    monkeypatch.setattr(smtplib.SMTP, "login", refused)
    attempt(outgoing)
    assert (outgoing.state, states(outgoing)) == ("queued", ["queued", "queued"])
    assert "secret" not in outgoing.last_error


def test_f11_how_the_server_says_goodbye_does_not_matter(outgoing, sink, monkeypatch):
    async def rude(self, server, session, envelope):
        return "500 What is QUIT?"

    monkeypatch.setattr(type(sink), "handle_QUIT", rude, raising=False)
    attempt(outgoing)
    assert (outgoing.state, len(sink.sent)) == ("sent", 1)


def test_f11_a_lost_250_repeats_the_same_bytes_with_the_same_message_id(outgoing, sink):
    sink.after_data = lambda server: server.transport.abort()
    attempt(outgoing)
    assert (outgoing.state, states(outgoing)) == ("queued", ["queued", "queued"])
    sink.after_data = None
    assert attempt(outgoing).state == "sent"
    first, second = sink.sent
    assert first.raw == second.raw
    assert first.message["Message-ID"] == outgoing.message_id


def test_c11_a_crash_between_data_and_the_end_repeats_the_same_bytes_once_the_lease_is_over(
    outgoing, sink, monkeypatch
):
    def crash(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(Outgoing, "save", crash)
        send_outgoing(outgoing.pk)
    send_outgoing(outgoing.pk)
    assert len(sink.sent) == 1
    Outgoing.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    send_outgoing(outgoing.pk)
    first, second = sink.sent
    assert first.raw == second.raw
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.due_at) == ("sent", None)


def test_c09_a_crash_before_the_server_heard_of_it_sends_it_once(outgoing, sink, monkeypatch):
    def crash(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(sending, "_hand_over", crash)
        send_outgoing(outgoing.pk)
    assert attempt(outgoing).state == "sent"
    assert len(sink.sent) == 1


def test_a_crash_after_the_answers_were_noted_sends_nothing_again(outgoing, sink, monkeypatch):
    def crash(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(sending, "_settle", crash)
        send_outgoing(outgoing.pk)
    assert attempt(outgoing).state == "sent"
    assert len(sink.sent) == 1


def test_a_history_that_cannot_be_written_now_sends_nothing_again_and_is_written_later(outgoing, sink, monkeypatch):
    sink.answers[ERIK] = "550 no"

    def locked(*_arguments, **_options):
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as busy:
        busy.setattr(sending, "record", locked)
        attempt(outgoing)
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("queued", ["sent", "failed"], [])
    attempt(outgoing)
    assert (outgoing.state, failures(outgoing), len(sink.sent)) == ("sent", [[ERIK]], 1)


def test_f12_two_workers_with_one_row_send_it_once(outgoing, sink):
    Outgoing.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    send_outgoing(outgoing.pk)
    assert sink.sent == []


def test_without_a_mail_server_the_message_is_kept(outgoing, settings):
    settings.SMTP_URL = ""
    attempt(outgoing)
    assert (outgoing.state, outgoing.due_at, states(outgoing)) == ("kept", None, ["queued", "queued"])


def test_f11_a_server_that_hangs_after_data_is_tried_again_with_the_same_message(outgoing, sink, monkeypatch):
    monkeypatch.setattr(connections, "TIMEOUT", 0.3)
    never = asyncio.Event

    async def hangs(self, server, session, envelope):
        self.sent.append(Sent(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        await never().wait()

    with monkeypatch.context() as hanging:
        hanging.setattr(type(sink), "handle_DATA", hangs)
        attempt(outgoing)
    assert (outgoing.state, states(outgoing), outgoing.attempts) == ("queued", ["queued", "queued"], 1)
    assert "timed out" in outgoing.last_error
    assert all(domain.pause for domain in Domain.objects.all())
    assert attempt(outgoing).state == "sent"
    first, second = sink.sent
    assert first.message["Message-ID"] == second.message["Message-ID"] == outgoing.message_id


def test_f11_a_server_without_the_tls_it_should_speak_gets_nothing(outgoing, sink, settings):
    settings.SMTP_URL = f"smtps://127.0.0.1:{sink.port}"
    attempt(outgoing)
    assert (outgoing.state, sink.sent) == ("queued", [])
    assert "SSL" in outgoing.last_error
    assert delivery_of(outgoing.article).kind == "waiting"


def test_f11_the_schedule_is_the_agreed_one_and_ends_after_five_days():
    minutes = [pause.total_seconds() / 60 for pause in Outgoing.backoff]
    assert minutes[:8] == [1, 2, 5, 15, 30, 60, 120, 240]
    assert set(minutes[8:]) == {240}
    assert 4.5 * 24 * 60 < sum(minutes) < 5 * 24 * 60


def test_f11_an_agent_sees_at_the_message_who_did_not_get_it_and_sends_it_again(
    outgoing, sink, signed_in, world, drain
):
    sink.answers[ERIK] = "550 5.1.1 No such user here"
    attempt(outgoing)
    browser = signed_in(world.bea)
    page = browser.get(f"/desk/tickets/{outgoing.ticket.number}/").content.decode()
    assert "Could not be delivered to everybody." in page
    assert "This address does not exist." in page
    assert "550 5.1.1 No such user here" in page
    sink.answers.clear()
    path = f"/desk/articles/{outgoing.article_id}/send-again/"
    assert path in page
    browser.post(path)
    drain()
    outgoing.refresh_from_db()
    assert (outgoing.state, states(outgoing)) == ("sent", ["sent", "sent"])
    assert [sent.recipients for sent in sink.sent] == [[DANA], [ERIK]]
    event = outgoing.ticket.events.get(kind="mail.resent")
    assert (event.actor, event.data["recipients"]["now"]) == (world.bea, [ERIK])
    assert "There is nothing to send again." in browser.post(path, follow=True).content.decode()


def test_an_alarm_tells_that_mail_does_not_leave(outgoing, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    attempt(outgoing)
    assert [one.kind for one in troubles() if one.kind == "sending"] == []
    ServerState.objects.update(failing_since=timezone.now() - timedelta(minutes=16))
    (trouble,) = (one for one in troubles() if one.kind == "sending")
    assert trouble.number == 1


DENIED = "554 5.7.1 <dana@acme.example>: Relay access denied"


def test_what_our_own_server_does_not_let_us_do_waits_and_is_its_trouble(outgoing, sink):
    sink.answers |= {DANA: DENIED, ERIK: DENIED}
    attempt(outgoing)
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("queued", ["queued", "queued"], [])
    assert outgoing.last_error == f"TryLater: Our mail server: {DENIED}"
    state = ServerState.objects.get()
    assert (state.last_error, state.failing_since is not None) == (DENIED, True)
    said = "Our mail server does not accept messages from us at the moment: it sends on nothing for us."
    assert delivery_of(outgoing.article).text == f"Not sent yet, it is tried again: {said}"
    assert not Domain.objects.filter(pause__gt=0).exists()
    sink.answers.clear()
    assert attempt(outgoing).state == "sent"
    assert ServerState.objects.get().failing_since is None
    assert failures(outgoing) == []


def test_administrators_are_told_of_a_server_that_does_not_let_us_send(outgoing, sink):
    sink.answers |= {DANA: DENIED, ERIK: DENIED}
    attempt(outgoing)
    ServerState.objects.update(failing_since=timezone.now() - timedelta(minutes=16))
    assert [(trouble.kind, trouble.number) for trouble in troubles()] == [("sending", 1)]


def test_after_the_last_try_the_ticket_blames_our_own_server(outgoing, sink):
    sink.answers |= {DANA: "451 4.2.0 Not yet", ERIK: "451 4.2.0 Not yet"}
    attempt(outgoing)
    sink.answers |= {DANA: DENIED, ERIK: DENIED}
    Outgoing.objects.update(attempts=len(Outgoing.backoff))
    attempt(outgoing)
    assert (outgoing.state, states(outgoing)) == ("failed", ["failed", "failed"])
    (event,) = outgoing.ticket.events.filter(kind="mail.failed")
    assert event.data["answer"]["now"] == f"Our mail server: {DENIED}"
    said = "Our mail server does not accept messages from us at the moment: it sends on nothing for us."
    assert [problem.words for problem in delivery_of(outgoing.article).problems] == [said, said]


def test_who_may_not_be_sent_to_by_our_server_waits_alone(outgoing, sink):
    sink.answers[ERIK] = DENIED
    attempt(outgoing)
    assert (outgoing.state, states(outgoing), failures(outgoing)) == ("queued", ["sent", "queued"], [])
    assert outgoing.recipients[1]["answer"] == f"Our mail server: {DENIED}"
    assert ServerState.objects.get().last_error == DENIED
    sink.answers.clear()
    assert (attempt(outgoing).state, states(outgoing)) == ("sent", ["sent", "sent"])
    assert [sent.recipients for sent in sink.sent] == [[DANA], [ERIK]]


def test_a_sender_whom_our_server_does_not_know_waits(outgoing, sink):
    sink.answers["MAIL"] = "553 5.7.1 <support@demo.example>: Sender address rejected: not owned by user relay"
    attempt(outgoing)
    assert (outgoing.state, states(outgoing)) == ("queued", ["queued", "queued"])
    assert "not from this address" in delivery_of(outgoing.article).text
    sink.answers.clear()
    assert attempt(outgoing).state == "sent"


def test_a_message_that_is_too_large_for_our_server_has_failed(outgoing, sink):
    sink.answers["MAIL"] = "552 5.3.4 Message size exceeds fixed limit"
    assert attempt(outgoing).state == "failed"
    assert ServerState.objects.get().failing_since is None


def test_the_ticket_blames_no_other_server_when_ours_is_away(outgoing, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    attempt(outgoing)
    said = "Our mail server cannot be reached at the moment."
    assert delivery_of(outgoing.article).text == f"Not sent yet, it is tried again: {said}"


def test_the_last_words_of_the_server_are_kept(outgoing, sink):
    sink.answers["DATA"] = "250 2.0.0 OK:\tqueued as 4ZQw1795 " + "x" * 400
    attempt(outgoing)
    answers = {recipient["answer"] for recipient in outgoing.recipients}
    (answer,) = answers
    assert answer.startswith("250 2.0.0 OK: queued as 4ZQw1795 xx")
    assert len(answer) <= sending.ANSWER
