"""F11: outgoing mail with the tokens of a mailbox's provider (XOAUTH2), against a server that looks at them."""

import asyncio
import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from django.utils import timezone

from mail.connections import close_all, try_server
from mail.fetching import oauth
from mail.models import Account, Consent, Outgoing, Server, ServerState
from mail.tasks import send_outgoing
from mail.ways import save_server
from tests.factories import TicketFactory
from tests.mail.tokens import Provider, provider
from tickets.actions.replying import reply
from tickets.messages import Message

USER = "support@demo.example"


@dataclass
class Looker:
    """Takes mail of whoever shows a token that its provider knows as his."""

    tokens: Provider
    port: int = 0
    shown: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        user, token = base64.b64decode(words[1]).decode().split("\1")[:2]
        self.shown.append(token.removeprefix("auth=Bearer "))
        if self.tokens.active.get(self.shown[-1]) == user.removeprefix("user="):
            return AuthResult(success=True, auth_data=user)
        await server.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.sent.append(envelope.original_content)
        return "250 OK"


@pytest.fixture
def tokens() -> Iterator[Provider]:
    with provider() as tokens:
        tokens.user = USER
        yield tokens


@pytest.fixture
def looker(tokens) -> Iterator[Looker]:
    looker, started, box = Looker(tokens), threading.Event(), []

    async def run() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        door = {"hostname": "smtp.example", "auth_required": True, "auth_require_tls": False, "loop": loop}
        listening = await loop.create_server(lambda: SMTP(looker, **door), "127.0.0.1", 0)
        looker.port = listening.sockets[0].getsockname()[1]
        box.extend([loop, stop])
        started.set()
        await stop.wait()
        listening.close()

    thread = threading.Thread(target=asyncio.run, args=[run()], daemon=True)
    thread.start()
    assert started.wait(10)
    yield looker
    close_all()
    box[0].call_soon_threadsafe(box[1].set)
    thread.join(10)


@pytest.fixture
def consent(world, tokens) -> Consent:
    account = Account.objects.create(name="Office", host="imap.example", username=USER, sign_in="oauth")
    consent = Consent.objects.create(account=account, provider="other", client_id="app", token_url=tokens.token_url)
    oauth.redeem(consent, code="x", verifier="y" * 43, back_to="https://desk.example/")
    return consent


@pytest.fixture
def server(world, looker, consent) -> Server:
    server = Server(name="Office", host="127.0.0.1", port=looker.port, security="none", consent=consent)
    save_server(server, queues=[], addresses=[], by=world.alex)
    return server


def agree(consent: Consent) -> None:
    consent.refresh_from_db()
    oauth.redeem(consent, code="again", verifier="y" * 43, back_to="https://desk.example/")


@pytest.fixture
def outgoing(world) -> Outgoing:
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    Outgoing.objects.all().delete()
    return reply(ticket, Message(text="Hello"), by=world.bea).outgoing


def attempt(outgoing: Outgoing) -> str:
    Outgoing.objects.filter(pk=outgoing.pk).update(due_at=timezone.now())
    send_outgoing(outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing.state


def test_a_message_leaves_with_the_token_of_the_mailbox(server, consent, looker, outgoing):
    agree(consent)
    assert try_server(server).is_good
    assert attempt(outgoing) == "sent"
    assert (server.username, len(looker.sent), looker.shown) == (USER, 1, ["access-2", "access-2"])


def test_a_token_that_is_refused_is_asked_for_anew(server, consent, looker, tokens, outgoing):
    agree(consent)
    tokens.active.clear()
    assert attempt(outgoing) == "sent"
    assert looker.shown == ["access-2", "access-3"]


def test_f11_a_withdrawn_leave_keeps_the_message_until_somebody_agrees_again(server, consent, tokens, outgoing):
    agree(consent)
    Consent.objects.update(expires_at=timezone.now())
    tokens.answer = 400, {"error": "invalid_grant"}
    assert attempt(outgoing) == "queued"
    assert ServerState.objects.get().last_error == "invalid_grant"
    assert "connected with its provider again" in try_server(server).sentence
    asked = len(tokens.asked)
    assert attempt(outgoing) == "queued"
    assert len(tokens.asked) == asked  # nobody asks again
    tokens.answer = None
    agree(consent)
    assert attempt(outgoing) == "sent"


def test_f11_a_provider_in_trouble_is_asked_again_later(server, consent, tokens, outgoing):
    agree(consent)
    Consent.objects.update(expires_at=timezone.now())
    tokens.answer = 503, {}
    assert attempt(outgoing) == "queued"
    tokens.answer = None
    assert attempt(outgoing) == "sent"


@pytest.mark.parametrize("moved", [{}, {"host": "localhost"}, {"username": "other@demo.example"}])
def test_a_leave_counts_for_the_server_for_which_it_was_given(world, server, consent, looker, moved):
    consent.refresh_from_db()
    assert not consent.is_granted  # it was given for fetching alone
    agree(consent)
    for name, value in moved.items():
        setattr(server, name, value)
    if moved:
        assert "Save first" in try_server(server).sentence
    save_server(server, queues=[], addresses=[], by=world.alex)
    consent.refresh_from_db()
    assert consent.is_granted is not bool(moved)
    assert looker.shown == []


def test_without_encryption_a_token_goes_nowhere_outside(world, consent, settings):
    settings.MAIL_NETWORKS = ()
    server = Server(name="Office", host="smtp.example", port=25, security="none", consent=consent)
    with pytest.raises(Exception, match="encrypted connections alone"):
        save_server(server, queues=[], addresses=[], by=world.alex)


@pytest.mark.parametrize(("sends", "scope"), [(False, False), (True, True)])
def test_microsoft_is_asked_for_the_right_to_send(world, consent, sends, scope):
    consent.provider, consent.scope = "microsoft", ""
    consent.save()
    if sends:
        server = Server(name="Office", host="smtp.office365.com", security="starttls", consent=consent)
        save_server(server, queues=[], addresses=[], by=world.alex)
    assert ("https://outlook.office.com/SMTP.Send" in oauth.endpoints(consent).scope) is scope


def test_a_token_is_not_shown_without_encryption_to_a_server_outside(server, consent, looker, outgoing, monkeypatch):
    agree(consent)
    monkeypatch.setattr("mail.connections.outside.is_inside", lambda *_anything: False)
    assert attempt(outgoing) == "queued"
    assert (looker.shown, looker.sent) == ([], [])
