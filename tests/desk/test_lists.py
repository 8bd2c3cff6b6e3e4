"""Lists: what stands in them, what does not, and what they cost."""

import re

import pytest
from django.urls import reverse

from tests.desk.conftest import PART, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.routing import assign
from tickets.models import ReadMark
from tickets.reading import mark_read


def view(key: str) -> str:
    return reverse("desk:view", args=[key])


def queue_url(queue) -> str:
    return reverse("desk:queue", args=[queue.pk])


def titles(response) -> list[str]:
    return re.findall(r'id="open-\d+"[^>]*>([^<]*)</a>', text_of(response))


def test_the_desk_begins_with_all_open_tickets(bea):
    assert bea.get("/desk/tickets/").headers["Location"] == "/desk/views/open/"


def test_the_desk_comes_back_to_the_list_that_was_looked_at_last(bea, world):
    bea.get(queue_url(world.billing))
    assert bea.get("/desk/tickets/").headers["Location"] == queue_url(world.billing)


def test_a_part_of_a_list_is_no_place_to_come_back_to(bea, world):
    bea.get(view("mine"))
    bea.get(queue_url(world.billing), headers=PART)
    assert bea.get("/desk/tickets/").headers["Location"] == view("mine")


def test_a_lost_right_takes_the_remembered_list_away(carlos, bea, world):
    bea.get(queue_url(world.billing))
    world.billing_role.user_set.remove(world.bea)
    assert bea.get("/desk/tickets/").headers["Location"] == view("open")


def test_a_view_shows_its_tickets_newest_first(bea, world, ticket):
    other = TicketFactory(queue=world.billing, title="Invoice is wrong")
    assign(ticket, world.bea, by=world.bea)
    assert titles(bea.get(view("open"))) == ["Printer hums", "Invoice is wrong"]
    assert titles(bea.get(view("mine"))) == ["Printer hums"]
    assert titles(bea.get(view("unassigned"))) == [other.title]


def test_closed_tickets_are_only_in_the_view_of_closed_ones(bea, world, ticket):
    put(ticket, "closed successful", by=world.bea)
    assert titles(bea.get(view("open"))) == []
    assert titles(bea.get(view("closed"))) == ["Printer hums"]


def test_a_queue_shows_the_queues_below_it(bea, world, ticket):
    TicketFactory(queue=world.hardware, title="Fan broken")
    TicketFactory(queue=world.billing, title="Invoice is wrong")
    assert titles(bea.get(queue_url(world.support))) == ["Fan broken", "Printer hums"]
    assert titles(bea.get(queue_url(world.hardware))) == ["Fan broken"]


def test_a_queue_shows_its_closed_tickets_on_demand(bea, world, ticket):
    TicketFactory(queue=world.support, title="Still open")
    put(ticket, "closed successful", by=world.bea)
    assert titles(bea.get(queue_url(world.support))) == ["Still open"]
    assert titles(bea.get(queue_url(world.support), {"closed": "1"})) == ["Printer hums"]


def test_T42_a_queue_without_the_right_is_not_there(carlos, world):
    assert carlos.get(queue_url(world.billing)).status_code == 404
    assert carlos.get(reverse("desk:queue", args=[99999])).status_code == 404
    assert carlos.get(view("nonsense")).status_code == 404


def test_lists_leave_out_what_the_agent_may_not_see(carlos, world, ticket):
    TicketFactory(queue=world.billing, title="Invoice is wrong")
    page = text_of(carlos.get(view("open")))
    assert "Printer hums" in page
    assert "Invoice is wrong" not in page
    assert "Billing" not in page


@pytest.mark.parametrize("url", ["/desk/", "/desk/views/open/", "/desk/search/", "/desk/side/", "/desk/palette/"])
def test_customers_find_no_desk(url, world, signed_in):
    assert signed_in(world.dana).get(url).status_code == 404


def test_visitors_are_asked_to_sign_in(client, world):
    answer = client.get(view("open"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=%2Fdesk%2Fviews%2Fopen%2F"
    assert part(client, view("open")).status_code == 401


def test_an_unread_ticket_is_marked_until_it_was_looked_at(bea, world, ticket):
    assert text_of(bea.get(view("open"))).count("trow--unread") == 1
    mark_read(ticket, by=world.bea)
    assert text_of(bea.get(view("open"))).count("trow--unread") == 0
    ticket = put(ticket, "open", by=world.carlos)
    assert text_of(bea.get(view("open"))).count("trow--unread") == 1
    assert ReadMark.objects.get().read_at < ticket.changed_at


def test_a_long_list_is_loaded_page_by_page(bea, world):
    for number in range(52):
        TicketFactory(queue=world.support, customer=world.dana, title=f"No {number}")
    first = bea.get(view("open"))
    assert titles(first) == [f"No {number}" for number in range(51, 1, -1)]
    following = re.search(r'href="([^"]*after=[^"]*)"', text_of(first))[1].replace("&amp;", "&")
    more = part(bea, following)
    assert titles(more) == ["No 1", "No 0"]
    assert "<html" not in text_of(more)
    assert "after=" not in text_of(more)
    # without script the same address is a page
    assert titles(bea.get(following)) == ["No 1", "No 0"]


def test_a_made_up_cursor_is_a_bad_request(bea, world):
    assert bea.get(view("open"), {"after": "nonsense"}).status_code == 400


def test_an_empty_list_says_why(bea, world):
    assert "You have no open tickets" in text_of(bea.get(view("mine")))
    assert "This queue is empty" in text_of(bea.get(queue_url(world.support)))


def test_a_list_costs_the_same_however_many_rows(bea, world, queries):
    def cost(url) -> int:
        with queries() as counted:
            assert bea.get(url).status_code == 200
        return len(counted)

    urls = [view("open"), queue_url(world.support), reverse("desk:search") + "?q=printer"]
    for url in urls:
        bea.get(url)
    TicketFactory(queue=world.support, customer=world.dana)
    few = [cost(url) for url in urls]
    for _ in range(20):
        TicketFactory(queue=world.support, owner=world.bea)
    assert [cost(url) for url in urls] == few
    # with the bell of every page
    assert max(few) <= 13


def test_the_panel_counts_without_the_page_waiting_for_it(bea, world, ticket, queries):
    TicketFactory(queue=world.hardware)
    TicketFactory(queue=world.billing)
    assert 'class="count"></span>' in text_of(bea.get(view("open")))
    with queries() as counted:
        panel = text_of(bea.get(reverse("desk:side"), {"here": "view:open"}))
    assert len(counted) <= 7
    counts = re.findall(r'id="side-(\w+)".*?class="count">(\d*)<', panel)
    assert dict(counts) == {
        "viewmine": "0",
        "viewmentioned": "0",
        "viewwatched": "0",
        "tasks": "0",
        "viewopen": "3",
        "viewunassigned": "3",
        "viewnew": "3",
        "viewdue": "0",
        "viewdeadlines": "0",
        "viewwaiting": "0",
        "viewreminder": "0",
        "viewclosed": "0",
        "viewtrash": "",
        f"queue{world.support.pk}": "2",
        f"queue{world.hardware.pk}": "1",
        f"queue{world.billing.pk}": "1",
    }
    assert "3 tickets" in panel


def test_the_panel_shows_only_queues_the_agent_may_see(carlos, world):
    panel = text_of(carlos.get(reverse("desk:side")))
    assert "Hardware" in panel
    assert "Billing" not in panel
