"""The live stream: nobody hears what they may not see, and whoever loses a right falls silent within a minute (T50)."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from django.core import signing
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.factories import TicketFactory
from tickets.actions.replying import add_note
from tickets.actions.routing import assign
from tickets.changes import locked
from tickets.events import record
from tickets.messages import Message
from tickets.models import Ticket
from tickets.rights import revoke
from web.common import live
from web.common.stream import stream

pytestmark = pytest.mark.django_db
LIFE = 2.0


@dataclass
class Listener:
    """A reader at the stream, in a thread of its own, until it ends."""

    address: str
    status: int = 0
    hints: list[str] = field(default_factory=list)
    ended_with: str = ""

    def __post_init__(self) -> None:
        self.ready, self.thread = threading.Event(), threading.Thread(target=lambda: asyncio.run(self._listen()))
        self.thread.start()
        assert self.ready.wait(10)

    async def _listen(self) -> None:
        query = self.address.partition("?")[2].encode()
        await stream({"type": "http", "query_string": query}, self._never, self._receive)
        self.ready.set()

    async def _never(self) -> dict:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def _receive(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif self.status == 200:
            self._read(message["body"].decode())
            self.ready.set()

    def _read(self, text: str) -> None:
        if text.startswith("event: hint"):
            self.hints.append(text.partition("data: ")[2].strip())
        elif text.startswith("event:"):
            self.ended_with = text.split()[1]

    def hears(self, act: Callable[[], object], *, awaited: Iterable[str] = ()) -> set[str]:
        """What comes of `act`, as soon as all that is awaited has come; where nothing is, what comes in half a second."""
        before, wanted = len(self.hints), set(awaited)
        act()
        until = time.monotonic() + (LIFE if wanted else 0.5)
        while time.monotonic() < until and not (wanted and wanted <= set(self.hints[before:])):
            time.sleep(0.02)
        return set(self.hints[before:])

    def wait(self) -> None:
        self.thread.join(LIFE + 5)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def numbers_nobody_else_has(db) -> None:
    """Channels are named by ids, and other tests talk over the same Redis."""
    with connection.cursor() as cursor:
        for table in ("tickets_queue", "tickets_ticket"):
            start = 1_000_000_000 + time.time_ns() % 1_000_000_000
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, start])


@pytest.fixture
def ticket(numbers_nobody_else_has, world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana)


@pytest.fixture
def short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TOKEN_SECONDS", LIFE)


def stir(ticket: Ticket, by: User) -> Callable[[], None]:
    """Something happens on the ticket, and those who listen are told."""

    def act() -> None:
        note = add_note(ticket, Message(text="x"), by=by)
        live.announce(note.events.get())

    return act


def address(client: Client, **parameters: str) -> str:
    answer = client.get("/live-address/", parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def channels(client: Client, **parameters: str) -> list[str]:
    return live.opened_by(address(client, **parameters).partition("token=")[2]).channels


def test_T50_who_loses_a_right_while_listening_falls_silent(world, ticket, signed_in, short_lives):
    browser = signed_in(world.carlos)
    first = Listener(address(browser, ticket=ticket.number))
    assert first.hears(stir(ticket, world.bea), awaited={"list"}) >= {"list"}
    revoke(world.support_role, world.support, "write")
    first.wait()
    assert first.ended_with == "renew", "a stream lives as long as its token"
    assert browser.get("/live-address/", {"ticket": ticket.number}).status_code == 404
    second = Listener(address(browser))
    assert second.hears(stir(ticket, world.bea)) == set()
    second.wait()


def test_who_has_a_ticket_hears_of_its_deadline_as_long_as_he_may_read_it(world, ticket, signed_in, short_lives):
    assign(ticket, world.carlos, by=world.bea)
    said = {"clock": "solution", "due": "2026-11-21T12:00:00+00:00", "target": 60}
    data = {name: {"was": None, "now": value} for name, value in said.items()}

    def tell() -> None:
        with locked(ticket) as row:
            live.announce(record(row, "sla.breached", by=world.bea, data=data))

    listener = Listener(address(signed_in(world.carlos)))
    assert listener.hears(tell, awaited={"list", "deadlines"}) == {"list", "deadlines"}
    listener.wait()
    world.support_role.user_set.remove(world.carlos)
    assert Listener(address(signed_in(world.carlos))).hears(tell) == set()


def test_T50_a_token_and_its_stream_live_no_longer_than_a_minute(world, ticket, signed_in, monkeypatch):
    assert live.TOKEN_SECONDS <= 60
    monkeypatch.setattr(live, "TOKEN_SECONDS", 1)
    token = address(signed_in(world.bea)).partition("token=")[2]
    assert live.opened_by(token).until <= time.time() + 1
    time.sleep(1.2)
    late = Listener(f"/live/?token={token}")
    assert late.status == 403
    late.wait()


@pytest.mark.parametrize("token", ["", "x", "*", "queue.*", "a:b:c", "WzFd:1xUfyg:abc"])
def test_T50_a_made_up_token_opens_nothing(token):
    refused = Listener(f"/live/?token={quote(token)}")
    assert (refused.status, refused.hints) == (403, [])
    refused.wait()


def test_T50_a_token_for_something_else_opens_nothing(world):
    claim = {"user": world.bea.pk, "channels": ["queue.*"], "until": time.time() + 60}
    refused = Listener(f"/live/?token={signing.dumps(claim, salt='another')}")
    assert refused.status == 403
    refused.wait()


def test_T50_signs_with_a_meaning_are_only_letters(numbers_nobody_else_has, world, ticket, short_lives):
    """Even a channel that were named so would be no pattern."""
    token = live._token(world.bea, ["queue.*", "*", "ticket.[0-9]*"])
    listener = Listener(f"/live/?token={token}")
    assert listener.hears(stir(ticket, world.bea)) == set()
    listener.wait()


@pytest.mark.parametrize("number", ["*", "1*", "[0-9]", "?", "1 2", "' OR 1=1", "../1", "\x00"])
def test_T50_no_pattern_names_a_ticket(world, ticket, signed_in, number):
    for person in (world.bea, world.dana):
        assert signed_in(person).get("/live-address/", {"ticket": number}).status_code in (200, 404)
        if number != "\x00":
            assert signed_in(person).get("/live-address/", {"ticket": number}).status_code == 404


def test_T50_everybody_hears_of_their_own_queues_and_requests_alone(world, ticket, signed_in):
    both = [f"queue.{pk}" for pk in sorted((world.support.pk, world.hardware.pk))]
    own = [f"person.{world.carlos.pk}", *both]
    assert channels(signed_in(world.carlos)) == own
    assert channels(signed_in(world.carlos), ticket=ticket.number) == [*own, f"ticket.{ticket.pk}"]
    assert channels(signed_in(world.dana), ticket=ticket.number) == [f"request.{ticket.pk}"]
    assert channels(signed_in(world.dana)) == []
    assert channels(signed_in(world.alex)) == [f"person.{world.alex.pk}", *both]
    hidden = TicketFactory(queue=world.billing, customer=world.erik)
    for person in (world.carlos, world.dana, world.alex):
        assert signed_in(person).get("/live-address/", {"ticket": hidden.number}).status_code == 404


def test_T50_a_deactivated_person_gets_no_further_stream(world, ticket, signed_in):
    browser = signed_in(world.carlos)
    User.objects.filter(pk=world.carlos.pk).update(is_active=False)
    assert browser.get("/live-address/").status_code == 302


def test_T50_hints_hold_no_words(world, ticket, signed_in, short_lives):
    """That there is something to look at, never what."""
    secret = TicketFactory(queue=world.support, customer=world.dana, title="Secret plan", body="Do not tell.")
    listener = Listener(address(signed_in(world.carlos), ticket=secret.number))
    said = {f"ticket {secret.number}", "list"}
    assert listener.hears(stir(secret, world.bea), awaited=said) == said
    listener.wait()
