"""By which server a message leaves, what happens when one is away, and connections that are used again."""

import smtplib
import socket
import ssl

import pytest
from django.utils import timezone

from core.outside import Forbidden
from mail import connections
from mail.models import Address, Outgoing, Server, ServerState
from mail.outbox_figures import sending
from mail.reach_words import FORBIDDEN
from mail.tasks import send_outgoing
from mail.way_troubles import NoTls, what_is_wrong
from mail.ways import Way, environment, ways_for
from tests.factories import TicketFactory
from tickets.actions.replying import reply
from tickets.messages import Message


def server(name: str, *, port: int = 25, queues=(), addresses=(), **more) -> Server:
    made = Server.objects.create(name=name, host="127.0.0.1", port=port, security="none", **more)
    made.queues.set(queues)
    made.addresses.set(addresses)
    return made


def names(address, queue) -> list[str]:
    return [way.name for way in ways_for(address, queue)]


def test_the_pool_is_that_of_the_address_then_of_the_nearest_queue_then_the_general_one(world, settings):
    settings.SMTP_URL = "smtp://relay.example"
    assert names("support@demo.example", world.hardware) == ["HELPDESK_SMTP_URL"]
    server("General")
    server("Off", is_active=False)
    assert names("support@demo.example", world.hardware) == ["General"]
    server("Support 1", queues=[world.support])
    server("Support 2", queues=[world.support])
    assert names("support@demo.example", world.hardware) == ["Support 1", "Support 2"]
    assert names("billing@demo.example", world.billing) == ["General"]
    server("Hardware", queues=[world.hardware])
    assert names("support@demo.example", world.hardware) == ["Hardware"]
    server("Brand", addresses=[Address.objects.get(address="support@demo.example")])
    assert names("support@demo.example", world.hardware) == ["Brand"]
    assert names("", None) == ["General"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", ("relay.example", 25, "offered", "", "")),
        ("smtp://us%40x:p%2Fw@relay.example:587", ("relay.example", 587, "offered", "us@x", "p/w")),
        ("smtps://relay.example", ("relay.example", 465, "tls", "", "")),
        ("smtp://relay.example?starttls=no", ("relay.example", 25, "none", "", "")),
    ],
)
def test_the_server_of_the_environment(settings, url, expected):
    settings.SMTP_URL = url
    way = environment()
    assert (way.host, way.port, way.security, way.username, way.password) == expected
    assert way.is_ours


@pytest.fixture
def outgoing(world) -> Outgoing:
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()
    return reply(ticket, Message(text="Hello"), by=world.bea).outgoing


def attempt(outgoing: Outgoing) -> Outgoing:
    Outgoing.objects.filter(pk=outgoing.pk, due_at__isnull=False).update(due_at=timezone.now())
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing


def test_a_server_that_is_away_is_stood_in_for_and_asked_last_for_a_while(outgoing, sink):
    away, there = server("Away", port=1), server("There", port=sink.port)
    assert attempt(outgoing).state == "sent"
    state = ServerState.objects.get(key=f"server {away.pk}")
    assert state.failing_since is not None
    assert "refused" in state.last_error.lower()
    assert state.rests_until > timezone.now()
    assert ServerState.objects.get(key=f"server {there.pk}").failing_since is None
    (failing,) = sending().failing
    assert (failing.name, failing.pk) == ("Away", away.pk)


def test_another_server_of_the_pool_takes_what_one_does_not_accept_from_us(outgoing, sink, other_sink):
    sink.answers["dana@acme.example"] = "550 5.7.60 SMTP; Client does not have permissions to send as this sender"
    strict, there = server("Strict", port=sink.port), server("There", port=other_sink.port)
    assert attempt(outgoing).state == "sent"
    assert (len(sink.sent), len(other_sink.sent)) == (0, 1)
    state = ServerState.objects.get(key=f"server {strict.pk}")
    assert (state.failing_since is None, state.last_error[:10]) == (False, "550 5.7.60")
    assert ServerState.objects.get(key=f"server {there.pk}").failing_since is None


def test_no_other_server_is_asked_about_a_recipient_who_does_not_exist(outgoing, sink, other_sink):
    sink.answers["dana@acme.example"] = "550 5.1.1 No such user here"
    server("First", port=sink.port), server("Second", port=other_sink.port)
    assert attempt(outgoing).state == "failed"
    assert other_sink.sent == []


def test_mail_of_a_brand_never_leaves_by_the_servers_of_another(outgoing, sink, world):
    server("General", port=sink.port)
    server("Support", port=1, queues=[world.support])
    assert attempt(outgoing).state == "queued"
    assert sink.sent == []
    assert "refused" in outgoing.last_error.lower()


def test_the_state_of_a_server_heals_with_the_first_success(outgoing, sink):
    made = server("There", port=1)
    attempt(outgoing)
    assert ServerState.objects.get().failing_since
    Server.objects.filter(pk=made.pk).update(port=sink.port)
    assert attempt(outgoing).state == "sent"
    state = ServerState.objects.get()
    assert (state.failing_since, state.last_error, state.rests_until) == (None, "", None)


def test_one_connection_carries_several_messages(world, sink, monkeypatch):
    opened = []
    monkeypatch.setattr(connections, "opened", lambda way, _real=connections.opened: opened.append(way) or _real(way))
    for customer in (world.dana, world.erik):
        ticket = TicketFactory(queue=world.support, customer=customer)
        reply(ticket, Message(text="Hello"), by=world.bea)
    for pk in Outgoing.objects.order_by("pk").values_list("pk", flat=True):
        attempt(Outgoing.objects.get(pk=pk))
    assert (len(sink.sent), len(opened)) == (4, 1)


def test_a_connection_that_the_server_has_closed_is_opened_anew(world, sink, outgoing):
    sink.after_data = lambda session: session.loop.call_later(0.05, session.transport.close)
    attempt(outgoing)
    kept = next(iter(connections._idle.kept.values()))[0]
    kept.server.sock.settimeout(5)
    while kept.server.sock.recv(100):
        pass
    sink.after_data = None
    second = reply(TicketFactory(queue=world.support, customer=world.erik), Message(text="x"), by=world.bea).outgoing
    Outgoing.objects.exclude(pk=second.pk).update(due_at=None)
    assert attempt(second).state == "sent"
    assert len(sink.sent) == 2


def test_t62_a_server_named_in_a_form_is_public_or_in_an_allowed_network(sink, settings):
    settings.MAIL_NETWORKS = ()
    error = connections.try_way(Way("server 1", "Inside", "127.0.0.1", sink.port, "none"))
    assert isinstance(error, Forbidden)
    assert connections.try_way(Way("environment", "Ours", "127.0.0.1", sink.port, "none", is_ours=True)) is None


def test_what_keeps_us_from_a_server_is_kept_in_words(outgoing, sink, settings):
    settings.MAIL_NETWORKS = ()
    server("Inside", port=sink.port)
    attempt(outgoing)
    said = "127.0.0.1 is in a network that may not be reached from here (HELPDESK_MAIL_NETWORKS)"
    assert outgoing.last_error == f"TryLater: Our mail server: {said}"
    (failing,) = sending().failing
    assert (failing.error, failing.words) == (said, str(FORBIDDEN) % {"host": "127.0.0.1"})


def test_starttls_that_is_wanted_and_not_offered_sends_nothing(outgoing, sink):
    Server.objects.create(name="Plain", host="127.0.0.1", port=sink.port, security="starttls")
    assert attempt(outgoing).state == "queued"
    assert sink.sent == []


WRONG = [
    (NoTls("STARTTLS"), "offers no encryption by STARTTLS"),
    (smtplib.SMTPAuthenticationError(535, b"no"), "refused the user name or the password"),
    (smtplib.SMTPNotSupportedError("AUTH"), "knows no sign-in"),
    (smtplib.SMTPServerDisconnected("x"), "broke off"),
    (smtplib.SMTPHeloError(500, b"x"), "not expected"),
    (Forbidden("10.0.0.1"), "HELPDESK_MAIL_NETWORKS"),
    (socket.gaierror(-2, "x"), "No server with the name relay.example"),
    (ConnectionRefusedError(), "takes no connections on port 587"),
    (TimeoutError(), "did not answer in time"),
    (ssl.SSLCertVerificationError(), "certificate of relay.example cannot be trusted"),
    (ssl.SSLError(), "does not speak TLS on port 587"),
    (OSError("x"), "broke off"),
]


@pytest.mark.parametrize(("error", "words"), WRONG, ids=[type(error).__name__ for error, _words in WRONG])
def test_what_went_wrong_in_plain_words(error, words):
    assert words in what_is_wrong(error, Way("server 1", "Relay", "relay.example", 587, "starttls"))
