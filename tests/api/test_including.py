"""`include`: what belongs to tickets is sent with them, by the rights of its own addresses, in so many queries."""

import pytest

from api.v1 import including
from api.v1.including import FETCHES
from sla.models import Calendar
from tests.factories import TicketFactory, organisation
from tests.sla.conftest import hours_of_queue, office, sla
from tickets.actions.effort import spend
from tickets.actions.linking import link
from tickets.actions.replying import add_note, reply
from tickets.actions.taking_part import watch
from tickets.messages import File, Message
from tickets.models import LinkKind

__all__ = ["office", "sla"]
ALL = ",".join(FETCHES)


@pytest.fixture
def busy(world, sla):
    """Makes tickets with everything that can belong to one."""
    sla("Gold", first_response=7200, condition=None)
    hours_of_queue(world.support, stay=7200, calendar=Calendar.objects.get())

    def make(*, queue=None):
        ticket = TicketFactory(queue=queue or world.support, customer=world.dana)
        add_note(ticket, Message(text="A word", files=[File("log.txt", "text/plain", b"x")]), by=world.bea)
        reply(ticket, Message(text="Turn it off and on."), by=world.bea)
        spend(ticket, 5, by=world.bea)
        watch(ticket, world.bea, by=world.bea)
        link(ticket, TicketFactory(queue=world.support), LinkKind.NORMAL, by=world.bea)
        return ticket

    return make


def test_what_is_included_is_what_its_own_address_says(world, bea, busy):
    ticket = busy()
    path = f"tickets/{ticket.number}/"
    answer = bea.get(path, {"include": ALL})
    assert answer.status_code == 200, answer.content
    found = answer.json()["included"]
    assert set(found) == set(FETCHES)
    for name, address in {
        "articles": "articles/",
        "history": "history/",
        "clocks": "clocks/",
        "links": "links/",
        "time": "time/",
        "watchers": "watchers/",
    }.items():
        alone = bea.get(path + address).json()["results"]
        assert alone and found[name] == alone, name
    assert found["customer"] == bea.get(f"people/{world.dana.pk}/").json()
    assert found["organisation"] == bea.get(f"organisations/{world.acme.pk}/").json()
    assert found["queue"] == next(one for one in bea.get("queues/").json()["results"] if one["name"] == "Support")
    assert answer.json() == {**bea.get(path).json(), "included": found}
    assert answer["ETag"] == f'"{ticket.version}"' or answer["ETag"]


def test_a_list_has_the_same_and_nothing_that_was_not_asked_for(world, bea, busy):
    ticket = busy()
    listed = {one["number"]: one for one in bea.get("tickets/", {"include": "articles,watchers"}).json()["results"]}
    alone = bea.get(f"tickets/{ticket.number}/", {"include": "articles,watchers"}).json()
    assert listed[ticket.number] == alone
    assert set(alone["included"]) == {"articles", "watchers"}
    assert all("included" not in one for one in bea.get("tickets/").json()["results"])


@pytest.mark.parametrize("names", [*FETCHES, ALL])
def test_a_page_costs_the_same_queries_however_many_tickets_it_has(world, bea, busy, queries, names):
    busy()
    bea.get("tickets/", {"include": names})
    with queries() as few:
        bea.get("tickets/", {"include": names})
    for _number in range(4):
        busy()
    with queries() as many:
        assert len(bea.get("tickets/", {"include": names}).json()["results"]) == 10
    assert len(many) <= len(few)
    assert len(many) <= (12 if names != ALL else 26)


def test_only_tickets_in_sight_are_told_of(world, bea, program, busy):
    ticket = busy()
    hidden = TicketFactory(queue=world.billing, title="Secret")
    link(ticket, hidden, LinkKind.PARENT, by=world.bea)
    carlos = program(world.carlos)
    mine = carlos.get(f"tickets/{ticket.number}/", {"include": "links"})
    assert hidden.number not in [one["ticket"]["number"] for one in mine.json()["included"]["links"]]
    assert b"Secret" not in mine.content
    assert len(bea.get(f"tickets/{ticket.number}/", {"include": "links"}).json()["included"]["links"]) == 2
    assert carlos.get(f"tickets/{hidden.number}/", {"include": "links"}).status_code == 404


def test_both_ends_of_a_link_on_one_page(world, bea):
    one, other = (TicketFactory(queue=world.support) for _ in range(2))
    link(one, other, LinkKind.PARENT, by=world.bea)
    listed = {each["number"]: each for each in bea.get("tickets/", {"include": "links"}).json()["results"]}
    kinds = [listed[number]["included"]["links"][0]["kind"] for number in (one.number, other.number)]
    assert kinds == ["parent", "parent_of"]


def test_customers_include_what_they_may_read(world, program, busy):
    ticket = busy()
    dana = program(world.dana)
    path = f"tickets/{ticket.number}/"
    found = dana.get(path, {"include": "articles"}).json()["included"]["articles"]
    assert found == dana.get(f"{path}articles/").json()["results"]
    assert [one["visible_to_customer"] for one in found] == [True, True]
    for name in set(FETCHES) - {"articles"}:
        assert dana.get(path, {"include": name}).status_code == 400
        assert dana.get("tickets/", {"include": name}).status_code == 400


@pytest.mark.parametrize("names", ["nothing", "articles,nothing", "articles,", ",", "Articles", "customer__password"])
def test_unknown_names_are_refused(world, bea, ticket, names):
    for path in ("tickets/", f"tickets/{ticket.number}/"):
        answer = bea.get(path, {"include": names})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["include"])
    assert bea.get("tickets/", {"include": ""}).status_code == 400


def test_of_long_conversations_the_latest_come_and_pages_are_short(world, bea, monkeypatch):
    monkeypatch.setattr(including, "MOST", 2)
    one, other = (TicketFactory(queue=world.support) for _ in range(2))
    for text in ("first", "second", "third"):
        add_note(one, Message(text=text), by=world.bea)
    listed = {each["number"]: each for each in bea.get("tickets/", {"include": "articles"}).json()["results"]}
    assert [each["body"] for each in listed[one.number]["included"]["articles"]] == ["second", "third"]
    assert len(listed[other.number]["included"]["articles"]) == 2
    for _number in range(25):
        TicketFactory(queue=world.support)
    for asked in ({}, {"page_size": 100}):
        page = bea.get("tickets/", {"include": "history", **asked}).json()
        assert len(page["results"]) == 25
        assert len(bea.get(page["next"]).json()["results"]) == 2
    assert len(bea.get("tickets/", {"include": "queue"}).json()["results"]) == 27


def test_a_ticket_without_any_of_it(world, bea):
    lonely = TicketFactory(queue=world.support, customer=world.erik)
    organisation("Nobody's")
    lonely.organisation = None
    lonely.save()
    found = bea.get(f"tickets/{lonely.number}/", {"include": "organisation,links,time,watchers"}).json()["included"]
    assert found == {"organisation": None, "links": [], "time": [], "watchers": []}
