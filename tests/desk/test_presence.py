"""Who else has a ticket open: seen by colleagues, told to nobody else, forgotten by itself."""

import pytest
import redis
from django.urls import reverse

from tests.desk.conftest import text_of
from tests.factories import TicketFactory
from web.common import live
from web.desk import presence


class Wire:
    """What presence needs of Redis, in memory."""

    def __init__(self) -> None:
        self.hashes: dict[str, dict[bytes, bytes]] = {}
        self.lives: dict[str, int] = {}
        self.told: list[tuple[str, str]] = []
        self.waiting: list = []

    def pipeline(self, **_options) -> "Wire":
        return self

    def hgetall(self, key: str) -> None:
        self.waiting.append(lambda: dict(self.hashes.get(key, {})))

    def hset(self, key: str, field: str, value: str) -> None:
        self.waiting.append(lambda: self.hashes.setdefault(key, {}).update({field.encode(): value.encode()}))

    def hdel(self, key: str, field: str) -> None:
        self.waiting.append(lambda: self.hashes.get(key, {}).pop(field.encode(), None))

    def expire(self, key: str, seconds: int) -> None:
        self.waiting.append(lambda: self.lives.update({key: seconds}))

    def execute(self) -> list:
        waiting, self.waiting = self.waiting, []
        return [act() for act in waiting]

    def publish(self, channel: str, hint: str) -> None:
        self.told.append((channel, hint))


@pytest.fixture(autouse=True)
def wire(monkeypatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(presence, "_redis", lambda: wire)
    monkeypatch.setattr(live, "_redis", lambda: wire)
    return wire


def say(client, ticket, doing: str = "viewing", page: str = "p1") -> str:
    return text_of(client.post(reverse("desk:presence", args=[ticket.number]), {"doing": doing, "page": page})).strip()


def test_colleagues_see_each_other_but_nobody_himself(bea, carlos, ticket):
    assert "presence" not in say(bea, ticket)
    assert "Bea Costa is also looking at this ticket" in say(carlos, ticket)
    assert "Carlos Díaz is also looking at this ticket" in say(bea, ticket)


@pytest.mark.parametrize(
    ("doing", "words"),
    [("reply", "is writing an answer"), ("forward", "is writing an answer"), ("note", "is writing a note")],
)
def test_who_writes_is_said_and_comes_first(bea, carlos, signed_in, world, ticket, doing, words):
    say(signed_in(world.alex), ticket)
    say(carlos, ticket, doing)
    page = say(bea, ticket)
    assert f"Carlos Díaz {words}" in page
    assert page.index("CD") < page.index("AB")


def test_two_and_more_are_counted(bea, carlos, signed_in, world, reader, ticket):
    say(signed_in(world.alex), ticket)
    say(carlos, ticket)
    assert "Alex Berger and Carlos Díaz are also looking at this ticket" in say(bea, ticket)
    say(signed_in(reader), ticket)
    assert "3 others are also looking at this ticket" in say(bea, ticket)


def test_a_person_with_two_pages_is_there_once_with_what_tells_more(bea, carlos, ticket):
    say(carlos, ticket, page="one")
    say(carlos, ticket, "note", page="two")
    page = say(bea, ticket)
    assert page.count("CD") == 1
    assert "Carlos Díaz is writing a note" in page
    say(carlos, ticket, "gone", page="two")
    assert "Carlos Díaz is also looking" in say(bea, ticket)


def test_who_has_gone_is_gone(bea, carlos, ticket):
    say(carlos, ticket)
    assert say(carlos, ticket, "gone") == ""
    assert "Carlos" not in say(bea, ticket)


def test_who_is_silent_is_forgotten(bea, carlos, ticket, monkeypatch, wire):
    say(carlos, ticket)
    now = presence.time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + presence.SECONDS + 1)
    assert "Carlos" not in say(bea, ticket)
    assert set(wire.lives.values()) == {presence.SECONDS}


def test_others_are_told_only_what_is_news(bea, carlos, ticket, wire):
    say(carlos, ticket)
    say(carlos, ticket)
    assert wire.told == [(f"live.ticket.{ticket.pk}", f"presence {ticket.number}")]
    say(carlos, ticket, "reply")
    say(carlos, ticket, "gone")
    say(carlos, ticket, "gone")
    assert len(wire.told) == 3


def test_T42_presence_needs_the_right_to_read(carlos, world, wire):
    hidden = TicketFactory(queue=world.billing)
    answer = carlos.post(reverse("desk:presence", args=[hidden.number]), {"doing": "viewing", "page": "p1"})
    assert answer.status_code == 404
    assert not wire.hashes


@pytest.mark.parametrize(
    ("doing", "page"), [("spying", "p1"), ("viewing", ""), ("viewing", "x" * 17), ("viewing", "A|:")]
)
def test_nonsense_is_nobody(bea, ticket, wire, doing, page):
    assert say(bea, ticket, doing, page) == ""
    assert not wire.hashes


def test_without_redis_nobody_is_seen_and_nothing_fails(bea, ticket, monkeypatch):
    def away() -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(presence, "_redis", lambda: type("Away", (), {"pipeline": lambda *_a, **_o: away()})())
    assert say(bea, ticket) == ""


def test_presence_leaves_no_rows(bea, carlos, ticket, queries):
    say(carlos, ticket)
    with queries() as counted:
        say(bea, ticket)
    assert not [query for query in counted if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(counted) <= 8
