"""The search page: its language, where an error is, what completes a query, the form that writes one."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests.desk.conftest import part, put, text_of
from tests.desk.test_lists import titles
from tests.factories import CustomerFactory, QueueFactory, TicketFactory
from tickets import search
from tickets.actions.fields import set_tags
from tickets.actions.routing import assign
from tickets.completion import complete
from tickets.models import FieldDefinition, Ticket

COMPLETE = "/desk/search/complete/"


@pytest.mark.parametrize("written", ["{}", "#{}", "[#{}]", "  {} "])
def test_a_number_leads_straight_to_its_ticket(bea, ticket, written):
    answer = bea.get("/desk/search/", {"q": written.format(ticket.number)})
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/"


def test_a_number_the_agent_may_not_see_leads_nowhere(carlos, world):
    hidden = TicketFactory(queue=world.billing, title="Invoice is wrong")
    answer = carlos.get("/desk/search/", {"q": hidden.number})
    assert answer.status_code == 200
    assert "Nothing found" in text_of(answer)


def test_words_find_tickets_and_show_where_they_stand(bea, world, ticket):
    TicketFactory(queue=world.support, title="Something else", body="Nothing of that kind.")
    answer = bea.get("/desk/search/", {"q": "blinking"})
    assert titles(answer) == ["Printer hums"]
    assert "<mark>blinks</mark>" in text_of(answer)


def test_T01_what_a_stranger_wrote_is_escaped_in_excerpts(bea, world):
    TicketFactory(queue=world.support, title="<b>bold</b>", body="<script>alert('zebra')</script> zebra")
    page = text_of(bea.get("/desk/search/", {"q": "zebra"}))
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_searching_finds_nothing_in_other_peoples_queues(carlos, world):
    TicketFactory(queue=world.billing, title="Invoice is wrong", body="A zebra")
    assert titles(carlos.get("/desk/search/", {"q": "zebra"})) == []


def test_an_empty_search_asks_what_for(bea, world, ticket):
    answer = bea.get("/desk/search/")
    assert titles(answer) == []
    assert "What are you looking for?" in text_of(answer)


def found(client, query) -> list[str]:
    return titles(client.get("/desk/search/", {"q": query}))


def test_the_language_finds_what_it_says(bea, world, ticket):
    other = TicketFactory(queue=world.billing, customer=world.erik, title="Invoice is wrong")
    assign(other, world.bea, by=world.bea)
    set_tags(other, ["vip"], by=world.bea)
    assert found(bea, "queue:billing") == found(bea, "owner:me") == found(bea, "tag:vip -zebra") == ["Invoice is wrong"]
    assert found(bea, "hums or tag:vip") == ["Invoice is wrong", "Printer hums"]
    assert found(bea, "is:unassigned blinks") == ["Printer hums"]
    assert found(bea, "customer:dana@acme.example created:today") == ["Printer hums"]
    assert found(bea, "created<yesterday") == []


def test_a_query_beside_words_marks_the_words(bea, world, ticket):
    page = text_of(bea.get("/desk/search/", {"q": "queue:support blinking"}))
    assert "<mark>blinks</mark>" in page
    assert "<mark>Support</mark>" not in page


@pytest.mark.parametrize(
    ("query", "before", "place", "after"),
    [
        ("queue:nowhere fax", "queue:", "nowhere", " fax"),
        ("ownr:me", "", "ownr", ":me"),
        ("(printer", "", "(", "printer"),
        ("😀 created>soon", "😀 created&gt;", "soon", ""),
        ("printer <b>:", "", "", ""),
    ],
)
def test_an_error_is_shown_at_its_place(bea, world, query, before, place, after):
    answer = bea.get("/desk/search/", {"q": query})
    if not place:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert f"<span>{before}</span><mark>{place}</mark><span>{after}</span>" in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)
    start = len(before.replace("&gt;", ">"))
    assert f'data-from="{start}" data-to="{start + len(place)}"' in text_of(answer)


def test_T48_a_hidden_queue_is_as_unknown_as_none(carlos, world):
    hidden, none = (text_of(carlos.get("/desk/search/", {"q": f"queue:{name}"})) for name in ("billing", "bolling"))
    assert "Nothing called “billing” was found." in hidden
    assert "Nothing called “bolling” was found." in none


def test_a_search_that_cannot_be_read_is_no_place_to_come_back_to(bea, world):
    bea.get("/desk/search/", {"q": "queue:nowhere"})
    assert bea.get("/desk/tickets/").headers["Location"] == "/desk/views/open/"


def test_a_search_is_put_in_order_too(bea, world, ticket):
    TicketFactory(queue=world.support, title="Printer burns")
    answer = bea.get("/desk/search/", {"q": "printer", "order": "created"})
    assert titles(answer) == ["Printer hums", "Printer burns"]
    assert "q=printer&amp;order=-priority" in text_of(answer)


def test_a_search_becomes_a_view(bea, world, ticket):
    page = text_of(bea.get("/desk/search/", {"q": "queue:support blinks", "order": "created"}))
    link = re.search(r'href="(/desk/saved/new/[?]q=[^"]*)"', page)[1].replace("&amp;", "&")
    form = text_of(bea.get(link))
    assert 'value="queue:support blinks"' in form
    assert '<option value="created" selected>' in form
    assert re.findall(r'<option value="(\w+)" selected>(?:Queue|Words)<', form) == ["queue", "words"]
    assert "1 ticket fits now." in form


# ---- completion ------------------------------------------------------------------------------------


def offered(client, query, at=None) -> list[str]:
    answer = part(client, COMPLETE, q=query, at=len(query) if at is None else at)
    return re.findall(r'data-text="([^"]*)"', text_of(answer).replace("&quot;", "'"))


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("que", ["queue:"]),
        ("printer -que", ["queue:"]),
        ("(sta", ["state:"]),
        ("agen", ["owner:"]),
        ("queue:", ["Billing", "Support", "Hardware"]),
        ("queue:h", ["Hardware"]),
        ("queue:billing,s", ["Support", "Hardware"]),
        ("state:wa", ["waiting", "'Waiting for customer'", "'Waiting, then solved'", "'Waiting, then closed'"]),
        ("prio:very", ["'Very low'", "'Very high'"]),
        ("owner:b", ["alex@demo.example", "bea@demo.example"]),
        ("owner:m", ["me"]),
        ("is:un", ["unassigned"]),
        ("created>to", ["today", "tomorrow"]),
        ("customer:dan", ["dana@acme.example"]),
        ("org:ac", ["Acme"]),
        ("channel:em", ["email"]),
        ("field.si", ["field.size:"]),
        ("field.size:X", ["XL"]),
        ('"que', []),
        ("printer ", []),
        ("http://x", []),
        ("nonsense:x", []),
    ],
)
def test_what_may_follow_is_offered(bea, world, ticket, query, options):
    FieldDefinition.objects.create(key="size", label="Size", kind="dropdown", options=["S", "XL"])
    assert offered(bea, query) == options


def test_a_completion_takes_the_place_of_what_was_typed(world):
    found = complete("is:open queue:sup printer", 17, world.bea)
    assert (found.start, found.end, found.items[0].text) == (14, 17, "Support")
    found = complete("que printer", 2, world.bea)
    assert (found.start, found.end) == (0, 3)


def test_queues_of_one_name_are_offered_by_their_paths(world):
    QueueFactory(name="Hardware", parent=world.billing)
    assert [item.text for item in complete("queue:hard", 10, world.bea).items] == [
        "Billing::Hardware",
        "Support::Hardware",
    ]


def test_T48_completion_offers_only_what_the_reader_may_see(carlos, bea, world):
    stranger = CustomerFactory(name="Zoe Hidden", email="zoe@hidden.example")
    made = TicketFactory(queue=world.billing, customer=stranger)
    set_tags(made, ["zebra"], by=world.bea)
    for query in ("queue:b", "customer:zo", "tag:ze"):
        assert offered(carlos, query) == []
        assert len(offered(bea, query)) == 1


def test_completion_costs_few_queries(bea, world, ticket, queries):
    for query in ("queue:", "customer:d", "tag:", "owner:", "state:", "x"):
        with queries() as counted:
            offered(bea, query)
        assert len(counted) <= 8, query


@pytest.mark.parametrize("parameters", [{}, {"q": "x" * 900, "at": "900"}, {"q": "queue:", "at": "99999"}])
def test_odd_questions_are_answered(bea, world, parameters):
    assert part(bea, COMPLETE, **parameters).status_code == 200


def test_a_place_is_a_number(bea, world):
    assert part(bea, COMPLETE, q="x", at="-1").status_code == 400


# ---- the form --------------------------------------------------------------------------------------


def written(client, **fields) -> str:
    answer = client.get("/desk/search/write/", {f"by-{name}": value for name, value in fields.items()})
    return parse_qs(urlsplit(answer.headers["Location"]).query).get("q", [""])[0]


def test_the_form_writes_a_query_that_is_understood(bea, world, ticket):
    query = written(
        bea,
        words="blinks",
        without="fax machine",
        which="open",
        queue=world.hardware.path,
        state="Open",
        priority="Very high",
        owner="none",
        customer='Dana "D" Miller',
        tag="a b",
        created="-7d",
    )
    assert query == (
        'blinks -"fax machine" is:open queue:Support::Hardware state:Open priority:"Very high" owner:none '
        'customer:"Dana D Miller" tag:"a b" created:-7d'
    )
    assert bea.get("/desk/search/", {"q": query}).status_code == 200
    assert written(bea) == written(bea, queue="no such") == ""


def test_T48_the_form_offers_only_queues_the_reader_may_see(carlos, world):
    page = text_of(carlos.get("/desk/search/"))
    assert "Hardware" in page
    assert "Billing" not in page


def test_tickets_in_the_trash_are_not_found(bea, world, ticket):
    put(ticket, "removed", by=world.bea)
    assert found(bea, "hums") == found(bea, "is:closed") == []


def test_a_page_of_a_search_can_be_asked_for_by_htmx(bea, world, ticket):
    answer = part(bea, reverse("desk:search"), q="hums")
    assert titles(answer) == ["Printer hums"]
    assert "<html" not in text_of(answer)


# ---- the best first ---------------------------------------------------------------------------


@pytest.fixture
def jams(world) -> None:
    for title, body in [
        ("A jam made of paper", "Strawberries."),
        ("Paper jam in the printer", "It is stuck."),
        ("Printer hums", "Since the paper jam of yesterday."),
        ("Newest of all", "No paper jam, though."),
    ]:
        TicketFactory(queue=world.support, customer=world.dana, title=title, body=body)


BEST = ["Paper jam in the printer", "A jam made of paper", "Newest of all", "Printer hums"]


@pytest.mark.parametrize("query", ["paper jam", "Paper JAM", "páper jam", "papers jam queue:support", "paper jam -fax"])
def test_what_has_the_words_in_its_subject_comes_first(bea, jams, query):
    answer = bea.get("/desk/search/", {"q": query})
    assert titles(answer) == BEST
    assert "Best match first" in text_of(answer)


def test_another_order_can_be_chosen_and_groups_have_their_own(bea, jams):
    newest = ["Newest of all", "Printer hums", "Paper jam in the printer", "A jam made of paper"]
    assert titles(bea.get("/desk/search/", {"q": "paper jam", "order": "-changed"})) == newest
    assert titles(bea.get("/desk/search/", {"q": "paper jam", "group": "queue"})) == newest
    assert titles(bea.get("/desk/search/", {"q": "paper jam", "order": "best"})) == BEST


def test_words_that_stand_everywhere_are_not_ranked(bea, jams, monkeypatch):
    monkeypatch.setattr(search, "RANKED", -1)
    answer = bea.get("/desk/search/", {"q": "paper jam"})
    assert titles(answer)[0] == "Newest of all"
    assert "Best match first" not in text_of(answer)


def test_the_pages_of_a_ranked_list_go_on_where_they_stopped(bea, jams, monkeypatch):
    monkeypatch.setattr("web.desk.views.lists.ROWS", 1)
    url, seen = "/desk/search/?q=paper+jam", []
    while url:
        page = text_of(bea.get(url))
        seen += re.findall(r'id="open-\d+"[^>]*>([^<]*)</a>', page)
        following = re.search(r'class="btn btn--sm" href="([^"]+after=[^"]+)"', page)
        url = unescape(following[1]) if following else ""
    assert seen == BEST


def test_ranking_costs_the_same_for_more(bea, world, jams, queries):
    bea.get("/desk/search/", {"q": "paper jam"})
    with queries() as few:
        bea.get("/desk/search/", {"q": "paper jam"})
    for number in range(10):
        TicketFactory(queue=world.support, customer=world.dana, title=f"Paper jam {number}")
    with queries() as many:
        bea.get("/desk/search/", {"q": "paper jam"})
    assert len(few) == len(many)


def test_the_list_of_the_ticket_page_has_the_same_order(bea, jams):
    bea.get("/desk/search/", {"q": "paper jam"})
    number = Ticket.objects.get(title="Printer hums").number
    pane = text_of(bea.get(reverse("desk:pane", args=[number])))
    assert re.findall(r'class="tl__subj" dir="auto">([^<]*)<', pane) == BEST


@pytest.mark.parametrize(("limit", "said"), [(1000, "4 tickets"), (3, "3 tickets or more")])
def test_it_is_said_how_many_there_are(bea, jams, monkeypatch, limit, said):
    monkeypatch.setattr("web.desk.views.lists.ROWS", 2)
    monkeypatch.setattr("tickets.views.COUNT_LIMIT", limit)
    monkeypatch.setattr("web.desk.views.searching.COUNT_LIMIT", limit)
    page = text_of(bea.get("/desk/search/", {"q": "paper jam"}))
    assert "More than 2 tickets" in page
    assert 'hx-get="/desk/search/?q=paper+jam&amp;count=1" hx-trigger="load"' in page
    assert text_of(bea.get("/desk/search/", {"q": "paper jam", "count": "1"})) == said


def test_the_panel_leaves_the_count_of_a_search_alone(bea, jams):
    assert "list-count" not in text_of(part(bea, reverse("desk:side"), here="search:paper jam"))
    assert "list-count" in text_of(part(bea, reverse("desk:side"), here="view:open"))


def test_nobody_waits_long_for_a_count(bea, jams, monkeypatch):
    monkeypatch.setattr("web.desk.views.searching.patiently_counted", lambda _sets: [])
    assert bea.get("/desk/search/", {"q": "paper jam", "count": "1"}).status_code == 204
