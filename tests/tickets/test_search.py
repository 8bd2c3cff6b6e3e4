"""The search: what it finds, that it finds the same on each of its ways, and that it costs the same for many."""

import pytest
from django.db import connection

from tests.factories import TicketFactory
from tickets import passages, search
from tickets.actions.fields import set_title
from tickets.actions.replying import add_note, receive, reply, send_automatic
from tickets.messages import File, Message
from tickets.models import Passage, Ticket
from tickets.search import found_in, matching_in_public

pytestmark = pytest.mark.django_db

WAYS = {"by the index": 10**9, "one by one": 0}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch) -> str:
    """Each test of what is found runs on both ways."""
    monkeypatch.setattr(search, "FEW", WAYS[request.param])
    monkeypatch.setattr(search, "FREQUENT", 0)
    return request.param


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(
        title="Printer hums", body="It blinks twice.", queue=world.support, customer=world.dana, language="en"
    )


def found(words: str, user) -> list[Ticket]:
    return list(search.search(words, user).order_by("id"))


@pytest.mark.parametrize(
    "words",
    [
        "printer",
        "PRINTERS blinking",
        "prin",
        "humming prin",
        '"blinks twice"',
        "printer -scanner",
        "scanner or printer",
        "-scanner",
        "hums twice",
    ],
)
def test_what_finds_it(way, world, ticket, words):
    assert found(words, world.bea) == [ticket]


@pytest.mark.parametrize(
    "words",
    [
        "scanner",
        "printer scanner",
        "rinter",
        "pr",
        '"twice blinks"',
        "printer -blinks",
        "-printer",
        '"prin"',
        "prin hums",
    ],
)
def test_what_does_not_find_it(way, world, ticket, words):
    assert found(words, world.bea) == []


def test_words_of_different_messages_and_files_come_together(way, world, ticket):
    receive(ticket, Message(text="The cartridge is new."), channel="email", by=world.dana)
    reply(
        ticket,
        Message(text="Please send a photograph.", files=[File("manual.pdf", "application/pdf", b"x")]),
        by=world.bea,
    )
    assert found("printer cartridge photograph manual.pdf", world.bea) == [ticket]


def test_accents_and_case_are_folded(way, world):
    ticket = TicketFactory(title="Größe falsch", body="Straße", queue=world.support, language="de")
    for words in ("grosse", "GRÖSSE strasse", "größe straße"):
        assert found(words, world.bea) == [ticket]


def test_a_new_title_is_found_and_the_old_one_is_not(way, world, ticket):
    set_title(ticket, "Scanner hums", by=world.bea)
    assert found("scanner blinks", world.bea) == [ticket]
    assert found("printer", world.bea) == []


def test_T48_nobody_finds_what_he_may_not_see(way, world, ticket):
    assert found("printer", world.carlos) == [ticket]
    hidden = TicketFactory(title="Printer hums", queue=world.billing)
    assert found("printer", world.carlos) == [ticket]
    assert found("printer", world.bea) == [ticket, hidden]


def test_a_minus_means_the_whole_ticket(way, world, ticket):
    add_note(ticket, Message(text="He is a reseller."), by=world.bea)
    assert found("printer -reseller", world.bea) == []


def test_T44_customers_find_nothing_by_our_notes(world, ticket):
    add_note(ticket, Message(text="He is a reseller."), by=world.bea)
    own = Ticket.objects.of_customer(world.dana)
    assert list(matching_in_public(own, "printer")) == [ticket]
    assert list(matching_in_public(own, "reseller")) == []
    # not even by what is left out
    assert list(matching_in_public(own, "printer -reseller")) == [ticket]


def test_receipts_say_nothing_to_the_search(world, ticket):
    send_automatic(ticket, Message(text="Somebody will answer."), by=world.alex)
    assert found("somebody", world.bea) == []


def test_a_long_conversation_stays_findable(way, world, ticket, monkeypatch):
    monkeypatch.setattr(passages, "LONG", 100)
    for number in range(8):
        receive(ticket, Message(text=f"Message{number} " + "words " * 10), channel="email", by=world.dana)
    assert 2 < Passage.objects.filter(ticket=ticket).count() < 9
    assert found("printer message0", world.bea) == [ticket]
    assert found("printer message7", world.bea) == [ticket]


def test_rewriting_gives_the_same_words(world, ticket):
    add_note(ticket, Message(text="He is a reseller."), by=world.bea)
    receive(ticket, Message(text="Größe M"), channel="email", by=world.dana)
    before = words_of(ticket)
    passages.rewrite(ticket)
    assert words_of(ticket) == before


def test_the_way_is_chosen_by_how_many_there_are(world, ticket, monkeypatch):
    ways: list[str] = []
    for name in ("_one_by_one", "_by_index"):
        real = getattr(search, name)
        monkeypatch.setattr(search, name, lambda *args, real=real, name=name: ways.append(name) or real(*args))
    found("printer", world.bea)
    assert ways == ["_by_index"]
    ways.clear()
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "FREQUENT", 1)
    found("printer", world.bea)
    assert ways[-1] == "_one_by_one"


def test_an_excerpt_is_of_the_newest_message_with_a_word(world, ticket):
    receive(ticket, Message(text="Blinking again"), channel="email", by=world.dana)
    receive(ticket, Message(text="Nothing new"), channel="email", by=world.dana)
    assert found_in("blinks", [ticket]) == {ticket.pk: "Blinking again"}
    assert found_in("printer", [ticket]) == {}
    assert found_in("!!", [ticket]) == {}


@pytest.mark.parametrize("words", ["!!", "-", '"', "&|!()", "a:*", "\x00", "or", "-or", "'", "x" * 5_000, "\\", "%s"])
def test_nothing_that_is_written_breaks_it(way, world, ticket, words):
    assert set(found(words, world.bea)) <= {ticket}
    assert set(matching_in_public(Ticket.objects.of_customer(world.dana), words)) <= {ticket}


def words_of(ticket: Ticket) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_public, strip(words) FROM tickets_passage WHERE ticket_id = %s ORDER BY is_public, id",
            [ticket.pk],
        )
        return cursor.fetchall()
