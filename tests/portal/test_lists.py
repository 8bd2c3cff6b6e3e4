"""The first page and the list: what is there, in which order, in whose words, and what it costs."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from tests.factories import PersonFactory, TicketFactory, organisation
from tests.portal.conftest import answered, closed, state
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, log_contact, receive, reply
from tickets.messages import Message
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
LIST = "/portal/requests/"
HTMX = {"hx-request": "true"}


def page(client: Client, path: str = "/portal/", **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def titles(text: str) -> list[str]:
    return [part.split("<")[0] for part in text.split('class="preq__t" dir="auto">')[1:]]


def test_what_waits_for_the_customer_comes_first_then_open_then_solved(world, dana):
    mine = {"queue": world.support, "customer": world.dana}
    answered(TicketFactory(title="Old and mine to answer", **mine), "Which one?", by=world.bea)
    closed(TicketFactory(title="Done", **mine), by=world.bea)
    TicketFactory(title="Newer", **mine)
    TicketFactory(title="Newest", **mine)
    TicketFactory(title="Somebody else's", queue=world.support, customer=world.erik)
    text = page(dana)
    assert titles(text) == ["Old and mine to answer", "Newest", "Newer", "Done"]
    assert text.count("preq__row--you") == 1
    assert "Helpdesk wrote: “Which one?”" in text
    assert text.index("Newer") < text.index("Solved lately") < text.index("Done")


@pytest.mark.parametrize(
    ("tell", "words"),
    [
        (lambda t, w: None, "Received"),
        (lambda t, w: set_state(t, state("open"), by=w.bea), "We are working on it"),
        (lambda t, w: answered(t, "Which one?", by=w.bea), "Waiting for you"),
        (lambda t, w: answered(t, "Which one?", by=w.bea, name="pending auto close+"), "Waiting for you"),
        (lambda t, w: answered(t, "We look.", by=w.bea, name="open"), "We are working on it"),
        (lambda t, w: closed(t, by=w.bea), "Solved"),
        (lambda t, w: closed(t, by=w.bea, name="closed unsuccessful"), "Closed"),
    ],
)
def test_progress_is_told_in_the_customers_words(world, dana, ticket, tell, words):
    tell(ticket, world)
    for text in (page(dana), page(dana, f"{LIST}{ticket.number}/")):
        pills = [part.split("</span>")[0].split(">")[-1] for part in text.split('class="pill')[1:]]
        assert pills == [words]


def test_a_request_that_waits_for_somebody_else_does_not_wait_for_the_customer(world, dana, ticket):
    """A pending state alone says nothing: the customer must have been asked something."""
    from_agent = state("pending reminder")
    set_state(ticket, from_agent, until=ticket.created_at, by=world.bea)
    assert "Waiting for you" not in page(dana)
    receive(ticket, Message(text="And?"), channel="web", by=world.dana)
    answered(ticket, "When may we call?", by=world.bea)
    assert "Waiting for you" in page(dana)
    receive(ticket, Message(text="Now."), channel="web", by=world.dana)
    assert "Waiting for you" not in page(dana)


def test_customers_learn_nothing_of_queues_priorities_owners_and_notes(world, dana, ticket):
    add_note(ticket, Message(text="He is difficult"), by=world.bea)
    for text in (page(dana), page(dana, LIST), page(dana, f"{LIST}{ticket.number}/")):
        for word in ("Support", "Hardware", "normal", "Bea", "difficult", "Unclassified"):
            assert word not in text


def test_a_ticket_without_a_word_to_the_customer_is_not_a_request(world, dana):
    opening = Opening(title="Watch this one", queue=world.support, customer=world.dana, channel="note")
    number = open_ticket(opening, Message(text="internal"), sender="agent", by=world.bea).ticket.number
    assert "Watch this one" not in page(dana) + page(dana, LIST, show="all", q=number)
    assert dana.get(f"{LIST}{number}/").status_code == 404
    ticket = Ticket.objects.get(number=number)
    log_contact(ticket, Message(text="Called"), channel="phone", visible=True, by=world.bea)
    assert titles(page(dana)) == ["Watch this one"]


def test_somebody_new_is_shown_the_way(world, dana):
    text = page(dana)
    assert "You have no requests yet" in text
    assert text.partition("<main")[2].count('href="/portal/new/"') == 1


def test_filters_by_state(world, dana):
    mine = {"queue": world.support, "customer": world.dana}
    TicketFactory(title="A", **mine)
    closed(TicketFactory(title="B", **mine), by=world.bea)
    assert titles(page(dana, LIST)) == ["A"]
    assert titles(page(dana, LIST, show="solved")) == ["B"]
    assert titles(page(dana, LIST, show="all")) == ["B", "A"]
    assert titles(page(dana, LIST, show="'; drop")) == ["A"]


def test_the_organisations_requests_are_open_only_where_the_membership_says_so(world, dana, erik):
    ticket = TicketFactory(title="From Acme", queue=world.support, customer=world.dana)
    chief = PersonFactory(email="chief@acme.example", name="Chief", is_customer=True)
    organisation("Else", chief)
    membership = chief.memberships.create(organisation=world.acme, is_primary=False)
    client = Client()
    client.force_login(chief)
    assert titles(page(client, LIST, whose="organisation")) == []
    assert "Requests of" not in page(client)
    assert client.get(f"{LIST}{ticket.number}/").status_code == 404
    membership.sees_all = True
    membership.save()
    assert "Requests of Acme" in page(client)
    assert titles(page(client, LIST)) == []
    text = page(client, LIST, whose="organisation")
    assert titles(text) == ["From Acme"]
    assert f"No. {ticket.number}, from Dana Miller" in text
    assert client.get(f"{LIST}{ticket.number}/").status_code == 200
    answered(ticket, "Which one?", by=world.bea)
    text = page(client, LIST, whose="organisation")
    assert "Waiting for an answer" in text
    assert "preq__row--you" not in text
    # nobody else's door has opened
    assert titles(page(erik, LIST, whose="organisation")) == []
    assert "You and those at Acme who may see all requests" in page(dana, f"{LIST}{ticket.number}/")


def test_the_search_reads_only_what_the_customer_may_read(world, dana, ticket):
    add_note(ticket, Message(text="zirconium"), by=world.bea)
    reply(ticket, Message(text="Replace the palladium part."), by=world.bea)
    assert titles(page(dana, LIST, q="palladium")) == ["Printer hums"]
    assert titles(page(dana, LIST, q="hums")) == ["Printer hums"]
    assert titles(page(dana, LIST, q="zirconium")) == []
    assert "Nothing found" in page(dana, LIST, q="zirconium")
    assert titles(page(dana, LIST, q=f"#{ticket.number}")) == ["Printer hums"]


@pytest.mark.parametrize("words", ["'", '"', "a & b | !", "\x00", "((((", "x" * 5000, "<script>alert(1)</script>"])
def test_no_words_break_the_search(dana, words):
    text = page(dana, LIST, q=words)
    assert "<script>alert" not in text


def test_a_merged_request_is_left_out(world, dana, ticket):
    _merge(ticket, TicketFactory(title="The other", queue=world.support, customer=world.dana))
    assert titles(page(dana)) == titles(page(dana, LIST, show="all")) == ["The other"]


def test_pages_follow_each_other_without_gaps_or_repeats(world, dana):
    for number in range(60):
        TicketFactory(title=f"R{number:02}", queue=world.support, customer=world.dana)
    seen, query = [], {}
    while True:
        text = page(dana, LIST, **query)
        seen += titles(text)
        if "after=" not in text:
            break
        query = {"after": unquote(re.search(r"after=([^&\"]+)", text)[1])}
        part = dana.get(LIST, query, headers=HTMX).content.decode()
        assert "<html" not in part
        assert '<hx-partial hx-target="#rows" hx-swap="beforeend">' in part
    assert seen == [f"R{number:02}" for number in reversed(range(60))]


def test_a_cursor_of_another_list_is_a_bad_request(dana):
    assert dana.get(LIST, {"after": "xyz"}).status_code == 400


@pytest.mark.parametrize("path", ["/portal/", f"{LIST}?show=all", f"{LIST}?whose=organisation&q=hums"])
def test_T42_lists_cost_the_same_with_many_rows(world, dana, queries, path):
    def cost() -> int:
        with queries() as counted:
            page(dana, path)
        return len(counted)

    _some_requests(world, 2)
    few = cost()
    _some_requests(world, 12)
    assert cost() == few
    assert few <= 16


def _some_requests(world, number: int) -> None:
    for count in range(number):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        if count % 3 == 1:
            answered(ticket, "Which one?", by=world.bea)
        elif count % 3 == 2:
            closed(ticket, by=world.bea)


def _merge(ticket: Ticket, into: Ticket) -> None:
    """There is no verb for it yet; this is the row it will leave."""
    ticket.merged_into, ticket.state, ticket.closed_at = into, state("merged"), ticket.created_at
    ticket.save()
