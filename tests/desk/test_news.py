"""What a list is told when something has changed: parts, and only what the agent may see."""

import re

import pytest
from django.urls import reverse

from tests.desk.conftest import customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.routing import assign, move
from tickets.reading import mark_read

NEWS = "/desk/views/open/news/"


def shown(*tickets, unread: bool = True) -> list[str]:
    """The rows as the page has them."""
    return [f"{ticket.pk}.{ticket.version}{'u' if unread else ''}" for ticket in tickets]


def inserted(response) -> list[int]:
    """Rows that go to the top of the list."""
    top = re.search(r'hx-target="#rows" hx-swap="afterbegin">(.*?)</hx-partial>', text_of(response), re.DOTALL)
    return [int(pk) for pk in re.findall(r'id="row-(\d+)"', top[1])] if top else []


def refreshed(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'hx-target="#row-(\d+)" hx-swap="outerMorph"', text_of(response))]


def removed(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'hx-target="#row-(\d+)" hx-swap="delete"', text_of(response))]


@pytest.fixture
def other(world):
    other = TicketFactory(queue=world.billing, title="Invoice is wrong")
    other.refresh_from_db()
    return other


def test_nothing_new_is_no_answer(bea, world, ticket, other):
    ticket.refresh_from_db()
    assert part(bea, NEWS, r=shown(ticket, other), top="1").status_code == 204


def test_a_new_ticket_goes_to_the_top_of_a_list_whose_beginning_is_in_sight(bea, world, ticket, other):
    answer = part(bea, NEWS, r=shown(ticket), top="1")
    assert inserted(answer) == [other.pk]
    assert "Invoice is wrong" in text_of(answer)
    assert "1 new ticket" in text_of(answer)


@pytest.mark.parametrize("state", [{"top": ""}, {}, {"top": "1", "ticket": "17"}])
def test_a_list_in_use_does_not_move_but_says_what_waits(bea, world, ticket, other, state):
    answer = part(bea, NEWS, r=shown(ticket), **state)
    assert inserted(answer) == []
    assert "1 new ticket" in text_of(answer)
    assert 'href="/desk/views/open/"' in text_of(answer)


def test_what_waited_is_taken_back_when_it_is_gone(bea, world, ticket):
    ticket.refresh_from_db()
    answer = part(bea, NEWS, r=shown(ticket), top="1", waiting="1")
    assert answer.status_code == 200
    assert "new ticket" not in text_of(answer)


def test_a_changed_row_is_drawn_anew_in_its_place(bea, world, ticket, other):
    ticket.refresh_from_db()
    rows = shown(ticket, other)
    assign(ticket, world.carlos, by=world.carlos)
    answer = part(bea, NEWS, r=rows, top="1")
    assert refreshed(answer) == [ticket.pk]
    assert inserted(answer) == []
    assert "Carlos Díaz" in text_of(answer)


def test_a_row_that_was_read_elsewhere_loses_its_mark(bea, world, ticket):
    ticket.refresh_from_db()
    rows = shown(ticket)
    mark_read(ticket, by=world.bea)
    answer = part(bea, NEWS, r=rows, top="1")
    assert refreshed(answer) == [ticket.pk]
    assert "trow--unread" not in text_of(answer)


def test_a_ticket_that_left_the_list_goes(bea, world, ticket, other):
    ticket.refresh_from_db()
    rows = shown(ticket, other)
    put(ticket, "closed successful", by=world.carlos)
    assert removed(part(bea, NEWS, r=rows, top="1")) == [ticket.pk]


def test_T50_a_ticket_that_moved_out_of_sight_goes(carlos, world, ticket):
    ticket.refresh_from_db()
    rows = shown(ticket)
    move(ticket, world.billing, by=world.bea)
    answer = part(carlos, NEWS, r=rows, top="1")
    assert removed(answer) == [ticket.pk]
    assert "Printer hums" not in text_of(answer)


def test_nothing_is_told_of_tickets_the_agent_may_not_see(carlos, world, ticket, other):
    ticket.refresh_from_db()
    answer = part(carlos, NEWS, r=[*shown(ticket), f"{other.pk}.0u"], top="1")
    assert "Invoice is wrong" not in text_of(answer)
    assert removed(answer) == [other.pk]


def test_what_stands_below_the_shown_rows_is_not_new(bea, world):
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _ in range(4)]
    for ticket in tickets:
        ticket.refresh_from_db()
    # the page shows the two newest and has a way to load more
    answer = part(bea, NEWS, r=shown(tickets[3], tickets[2]), more="1", top="1")
    assert answer.status_code == 204
    customer_writes(tickets[0], "Any news?")
    answer = part(bea, NEWS, r=shown(tickets[3], tickets[2]), more="1", top="1")
    assert inserted(answer) == [tickets[0].pk]


def test_a_queue_has_news_too(bea, world, ticket, other):
    url = reverse("desk:queue_news", args=[world.support.pk])
    assert inserted(part(bea, url, top="1")) == [ticket.pk]
    assert part(bea, reverse("desk:queue_news", args=[99999])).status_code == 404


@pytest.mark.parametrize("nonsense", ["x", "1", "1.2.3", "99999999999999999999.1", "1.1u; DROP"])
def test_nonsense_rows_are_overlooked(bea, world, ticket, nonsense):
    assert inserted(part(bea, NEWS, r=[nonsense], top="1")) == [ticket.pk]


def test_news_cost_the_same_however_many_rows(bea, world, queries):
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _ in range(3)]

    def cost(rows) -> int:
        with queries() as counted:
            part(bea, NEWS, r=rows, top="1")
        return len(counted)

    few = cost(shown(*tickets[:1]))
    tickets += [TicketFactory(queue=world.support) for _ in range(20)]
    assert cost(shown(*tickets)) <= few + 1
    assert few <= 7
