"""Naming colleagues: who can be named, who is meant, where it shows."""

import pytest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from tests import factories
from tests.desk.conftest import part, text_of
from tests.factories import AgentFactory, TicketFactory
from tickets.mentions import handle_of, named_in
from tickets.models import Mention, Ticket
from tickets.views import VIEW, tickets_in
from web.desk.chips import with_chips


def url(ticket, name: str = "note") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


ANN = User(pk=1, name="Ann Lee", email="ann@demo.example")
ANN_MARIE = User(pk=2, name="Ann Lee-Smith", email="marie@demo.example")
JOSE = User(pk=3, name="José Núñez", email="jose@demo.example")
OTHER_ANN = User(pk=4, name="ann lee", email="other@demo.example")


@pytest.mark.parametrize(
    ("text", "people", "expected"),
    [
        ("@Ann Lee please look", [ANN, JOSE], [ANN]),
        ("please look (@ann lee), thanks", [ANN], [ANN]),
        ("@Jose Nunez and @José Núñez", [JOSE], [JOSE]),
        ("@Ann Lee-Smith", [ANN, ANN_MARIE], [ANN_MARIE]),
        ("@Ann Leeward", [ANN], []),
        ("@ann@demo.example", [ANN], [ANN]),
        ("mail to x@Ann Lee", [ANN], []),
        ("write to ann@demo.example", [ANN], []),
        ("@Ann Lee", [ANN, OTHER_ANN], []),
        ("@other@demo.example", [ANN, OTHER_ANN], [OTHER_ANN]),
        ("@Ann Lee.", [ANN], [ANN]),
        ("", [ANN], []),
        ("@Ann Lee", [], []),
    ],
)
def test_who_is_meant(text, people, expected):
    assert named_in(text, people) == expected


def test_namesakes_are_named_by_address():
    assert handle_of(ANN, [ANN, JOSE]) == "Ann Lee"
    assert handle_of(ANN, [ANN, OTHER_ANN]) == "ann@demo.example"


def test_only_who_may_read_the_ticket_is_offered(bea, world, ticket, reader):
    outsider = AgentFactory(name="Otto Outside")
    page = text_of(part(bea, url(ticket, "people_to_mention"), q=""))
    assert "@Rita Read " in page
    assert "@Carlos Díaz " in page
    assert outsider.name not in page
    assert "Dana Miller" not in page
    found = text_of(part(bea, url(ticket, "people_to_mention"), q="diaz"))
    assert "Carlos" in found
    assert "Rita" not in found


def test_in_an_answer_it_is_said_that_the_customer_reads_it(bea, ticket):
    assert "The customer will see the name." in text_of(part(bea, url(ticket, "people_to_mention"), q="carlos"))
    note = part(bea, url(ticket, "people_to_mention"), **{"q": "carlos", "for": "note"})
    assert "The customer will see" not in text_of(note)


def test_who_is_named_finds_the_ticket_in_a_view(bea, world, ticket):
    outsider = AgentFactory(name="Otto Outside")
    bea.post(url(ticket), {"text": "@carlos diaz and @Otto Outside, please look."})
    assert [mention.user for mention in Mention.objects.all()] == [world.carlos]
    assert list(tickets_in(VIEW["mentioned"], world.carlos)) == [ticket]
    assert not Ticket.objects.allowing(outsider, "read").exists()


def test_mentions_stand_out_in_the_message(bea, world, ticket):
    bea.post(url(ticket), {"html": "<p>Look <strong>here</strong>, @Carlos Díaz &amp; co</p>"})
    assert '<span class="mention">@Carlos Díaz</span> &amp; co' in text_of(bea.get(url(ticket, "ticket")))


def test_an_answer_names_too(bea, world, ticket):
    bea.post(url(ticket, "reply"), {"to": "dana@acme.example", "text": "@Carlos Díaz will call you."})
    assert Mention.objects.get().user == world.carlos


def test_a_text_without_names_asks_nobody(bea, world, ticket, queries):
    with queries() as without:
        bea.post(url(ticket), {"text": "Nothing."})
    with queries() as with_name:
        bea.post(url(ticket), {"text": "@nobody"})
    assert len(with_name) > len(without)


def test_T48_names_of_a_hidden_ticket_are_not_told(carlos, world):
    hidden = TicketFactory(queue=world.billing)
    assert carlos.get(url(hidden, "people_to_mention")).status_code == 404


def test_the_page_costs_the_same_however_many_are_named(bea, world, ticket, queries):
    names = [AgentFactory(name=f"Agent Number{number}") for number in range(4)]
    factories.role("More", *names, read=world.support)

    def cost() -> int:
        with queries() as counted:
            bea.get(url(ticket, "ticket"))
        return len(counted)

    bea.post(url(ticket), {"text": f"@{names[0]}"})
    bea.get(url(ticket, "ticket"))
    few = cost()
    for name in names:
        bea.post(url(ticket), {"text": f"@{name} and @{names[1]}"})
    bea.get(url(ticket, "ticket"))
    assert cost() == few


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>@Ann Lee hi</p>", '<p><span class="mention">@Ann Lee</span> hi</p>'),
        ("<p>@ann lee hi</p>", '<p><span class="mention">@ann lee</span> hi</p>'),
        ('<a href="https://x.example/@Ann Lee">x</a>', '<a href="https://x.example/@Ann Lee">x</a>'),
        ("<p>x@Ann Lee</p>", "<p>x@Ann Lee</p>"),
        ("<p>@Ann Leeward</p>", "<p>@Ann Leeward</p>"),
        ("<p>@A &amp; B</p>", '<p><span class="mention">@A &amp; B</span></p>'),
    ],
)
def test_chips_are_put_around_words_only(html, expected):
    assert with_chips(SafeString(html), ["Ann Lee", "A & B"]) == expected
