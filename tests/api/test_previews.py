"""How a text would read, for programs of administrators: nothing is saved, and nobody sees a ticket by it."""

import pytest

from accounts.models import ConfigChange
from tests.factories import TicketFactory
from tickets.models import ReplyTemplate

BODY = "Dear {{ customer.first_name }},\n{{ ticket.title }}"


@pytest.fixture
def alex(world, program):
    return program(world.alex)


def read(alex, **sent):
    answer = alex.post("texts/preview/", {"body": BODY, **sent})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_on_a_ticket_that_one_may_see_and_from_examples_else(world, alex):
    ticket = TicketFactory(queue=world.support, customer=world.erik, title="Keys stick")
    hidden = TicketFactory(queue=world.billing, customer=world.erik, title="Secret")
    before = ConfigChange.objects.count()
    assert read(alex, ticket=f"#{ticket.number}")["versions"] == [{"languages": [], "text": "Dear Erik,\nKeys stick"}]
    for number in (hidden.number, "999999"):
        shown = read(alex, ticket=number)
        assert shown["versions"][0]["text"] == "Dear Dana,\nPrinter hums"
        assert shown["note"] == "You see no ticket with this number. These are examples."
    assert (ConfigChange.objects.count(), ReplyTemplate.objects.exists()) == (before, False)


def test_an_error_has_its_place_and_what_stays_empty_its_name(world, alex):
    shown = read(alex, body="Hello\nDear {% if %} you")
    assert (shown["versions"], shown["place"]["line"], bool(shown["error"])) == ([], 2, True)
    assert read(alex, body="{{ nothing.here }}")["missing"] == ["nothing.here"]


def test_automatic_replies_and_notices_have_a_subject(world, alex):
    shown = read(alex, kind="automatic", subject="Your {{ number }}", body="Thanks", language="en")
    assert shown["versions"] == [{"languages": [], "text": "Subject: Your #48213\n\nThanks"}]
    stock = read(alex, kind="notice", notice="answered", body="")
    assert stock["versions"] and stock["versions"][0]["text"].startswith("Subject: ")
    assert list(alex.post("texts/preview/", {"kind": "notice", "body": ""}).json()["errors"]) == ["notice"]


@pytest.mark.parametrize("sent", [{}, {"body": "x", "kind": "poem"}, {"body": "x", "language": "xx"}, {"body": 1}])
def test_what_cannot_be_is_refused(world, alex, sent):
    assert alex.post("texts/preview/", sent).status_code == 400
