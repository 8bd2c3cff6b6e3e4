"""Links, merging, time, following, macros: what the desk does with tickets, done by programs."""

import pytest

from accounts.models import ApiToken
from automation.macro_setup import save_macro
from automation.models import Macro
from tests.factories import TicketFactory
from tickets.models import Event, Ticket


@pytest.fixture
def other(world) -> Ticket:
    return TicketFactory(title="Printer hums too", queue=world.support, customer=world.dana)


def test_two_tickets_become_one_and_two_again(world, bea, ticket, other):
    shown = bea.post(f"tickets/{ticket.number}/merge/", {"into": other.number}).json()
    assert shown["number"] == other.number
    assert bea.get(f"tickets/{ticket.number}/").json()["merged_into"] == other.number
    assert ticket.events.get(kind="ticket.merged").cause_reference == str(ApiToken.objects.get())
    assert bea.delete(f"/api/v1/tickets/{ticket.number}/merge/").json()["merged_into"] is None
    ticket.refresh_from_db()
    assert ticket.merged_into is None


def test_a_merge_needs_a_ticket_that_may_be_written(world, program, ticket):
    hidden = TicketFactory(queue=world.billing)
    carlos = program(world.carlos)
    before = Event.objects.count()
    for into in (hidden.number, "999999999", ticket.number):
        assert carlos.post(f"tickets/{ticket.number}/merge/", {"into": into}).status_code == 400
    assert Event.objects.count() == before


def test_links_are_read_from_both_sides(world, bea, program, ticket, other):
    made = bea.post(f"tickets/{ticket.number}/links/", {"ticket": other.number, "kind": "parent"})
    assert made.status_code == 201
    assert (made.json()["kind"], made.json()["ticket"]["number"]) == ("parent", other.number)
    (backwards,) = bea.get(f"tickets/{other.number}/links/").json()["results"]
    assert (backwards["kind"], backwards["ticket"]["title"]) == ("parent_of", "Printer hums")
    assert bea.post(f"tickets/{other.number}/links/", {"ticket": ticket.number, "kind": "parent"}).status_code == 409
    path = f"/api/v1/tickets/{ticket.number}/links/{backwards['id']}/"
    assert program(world.dana).delete(path).status_code == 404
    assert bea.delete(path).status_code == 204
    assert bea.delete(path).status_code == 404
    assert bea.get(f"tickets/{ticket.number}/links/").json() == {"results": [], "next": None}


def test_a_link_to_what_is_out_of_sight_is_not_told(world, bea, program, ticket):
    hidden = TicketFactory(queue=world.billing)
    assert bea.post(f"tickets/{ticket.number}/links/", {"ticket": hidden.number, "kind": "normal"}).status_code == 201
    assert program(world.carlos).get(f"tickets/{ticket.number}/links/").json()["results"] == []


def test_time_is_noted_summed_and_taken_back(world, bea, program, ticket):
    path = f"tickets/{ticket.number}/time/"
    entry = bea.post(path, {"minutes": 15, "note": "On the phone"}).json()
    assert (entry["minutes"], entry["note"], entry["person"]["name"]) == (15, "On the phone", "Bea Costa")
    assert bea.get(f"tickets/{ticket.number}/").json()["time_spent"] == 15
    for wrong in ({"minutes": 0}, {"minutes": 1500}, {"minutes": 5, "at": "2040-01-01T00:00:00Z"}, {}):
        assert bea.post(path, wrong).status_code == 400
    assert bea.delete(f"/api/v1/{path}{entry['id']}/").status_code == 204
    assert bea.get(path).json()["results"] == []
    assert bea.get(f"tickets/{ticket.number}/").json()["time_spent"] == 0


def test_following_is_for_oneself(world, bea, ticket):
    for _twice in range(2):
        assert bea.post(f"tickets/{ticket.number}/watch/").status_code == 204
    assert [one["email"] for one in bea.get(f"tickets/{ticket.number}/watchers/").json()["results"]] == [
        world.bea.email
    ]
    assert bea.delete(f"/api/v1/tickets/{ticket.number}/watch/").status_code == 204
    assert ticket.events.filter(kind="watcher.added").count() == 1
    assert bea.get(f"tickets/{ticket.number}/watchers/").json()["results"] == []


def test_macros_run_as_in_the_desk(world, bea, ticket):
    effects = [{"do": "tag", "tags": ["seen"]}]
    macro = Macro(name="Seen", effects=effects)
    save_macro(macro, roles=[], queues=[], by=world.alex)
    assert [one["name"] for one in bea.get(f"tickets/{ticket.number}/macros/").json()["results"]] == ["Seen"]
    assert bea.post(f"tickets/{ticket.number}/macros/{macro.pk}/").json()["tags"] == ["seen"]
    event = ticket.events.get(kind="tags.changed")
    assert (event.cause_kind, event.cause_reference) == ("token", f"{ApiToken.objects.first()}, macro {macro.pk}")
    assert bea.post(f"tickets/{ticket.number}/macros/99999/").status_code == 404


def test_a_ticket_is_locked_for_its_owner(world, bea, ticket):
    shown = bea.patch(f"tickets/{ticket.number}/", {"is_locked": True}).json()
    assert (shown["is_locked"], shown["owner"]["email"]) == (True, "bea@demo.example")
    shown = bea.patch(f"tickets/{ticket.number}/", {"is_locked": True, "owner": "carlos@demo.example"}).json()
    assert (shown["is_locked"], shown["owner"]["email"]) == (True, "carlos@demo.example")
    assert bea.patch(f"tickets/{ticket.number}/", {"is_locked": False}).json()["is_locked"] is False


def test_customers_learn_nothing_of_all_that(world, program, ticket):
    dana = program(world.dana)
    shown = dana.get(f"tickets/{ticket.number}/").json()
    assert {shown[name] for name in ("is_locked", "time_spent", "merged_into")} == {None}
    for part in ("links", "time", "watchers", "macros"):
        assert dana.get(f"tickets/{ticket.number}/{part}/").status_code == 404


# ---- many at once


def test_each_of_many_is_changed_as_by_itself(world, program, ticket, other):
    hidden = TicketFactory(queue=world.billing)
    carlos = program(world.carlos)
    wrong = {"ticket": other.number, "changes": {"title": "x", "state": "asleep"}}
    sent = [{"ticket": ticket.number, "changes": {"title": "Renamed"}}, wrong, {"ticket": hidden.number, "changes": {}}]
    answer = carlos.patch("tickets/bulk/", {"items": sent})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [(one["ticket"], one["status"]) for one in results] == [
        (ticket.number, 200),
        (other.number, 400),
        (hidden.number, 404),
    ]
    assert results[1]["problem"]["errors"].keys() == {"state"}
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.title, other.title) == ("Renamed", "Printer hums too")
    assert results[0]["version"] == ticket.version


def test_of_many_each_may_name_what_was_seen(world, bea, ticket):
    version = ticket.version
    bea.patch(f"tickets/{ticket.number}/", {"title": "Mine"})
    item = {"ticket": ticket.number, "if_match": f'"{version}"', "changes": {"title": "Theirs"}}
    assert [one["status"] for one in bea.patch("tickets/bulk/", {"items": [item]}).json()["results"]] == [412]
    ticket.refresh_from_db()
    assert ticket.title == "Mine"


@pytest.mark.parametrize(
    "items",
    [
        [],
        "x",
        [{}],
        [{"ticket": "1", "changes": {}}] * 2,
        [{"ticket": str(n), "changes": {}} for n in range(101)],
        [{"ticket": "1", "changes": {}, "ifmatch": "1"}],
    ],
)
def test_T71_many_are_a_hundred_at_most_and_each_once(world, bea, items):
    assert bea.patch("tickets/bulk/", {"items": items}).status_code == 400
