"""What can be chosen, and the people one can find."""

import pytest

from tests.factories import role
from tickets.models import State
from tickets.rights import RIGHTS, grant


def test_queues_are_those_with_any_right(world, program):
    grant(role("Counter", world.carlos), world.billing, "create")
    shown = program(world.carlos).get("queues/").json()["results"]
    assert [(queue["name"], queue["rights"]) for queue in shown] == [
        ("Billing", ["create"]),
        ("Support", list(RIGHTS)),
        ("Support::Hardware", list(RIGHTS)),
    ]
    assert program(world.dana).get("queues/").json() == {"results": [], "next": None}


def test_states_priorities_and_types_are_those_in_use(world, bea):
    State.objects.filter(name="closed unsuccessful").update(is_active=False)
    states = bea.get("states/").json()["results"]
    assert {"id", "name", "type"} == set(states[0])
    assert "closed unsuccessful" not in [state["name"] for state in states]
    assert [priority["level"] for priority in bea.get("priorities/").json()["results"]] == [1, 2, 3, 4, 5]
    assert "Incident" in [kind["name"] for kind in bea.get("types/").json()["results"]]


@pytest.mark.parametrize(
    ("email", "names"),
    [("Dana@ACME.example", ["Dana Miller"]), ("nobody@acme.example", []), ("dana@acme.example%00", [])],
)
def test_agents_find_people_by_the_whole_address(world, bea, email, names):
    found = bea.get(f"people/?email={email}").json()["results"]
    assert [person["name"] for person in found] == names


@pytest.mark.parametrize("query", ["?email=", "?email=dana", "?name=Dana", "?email=a@b.example&email=c@d.example"])
def test_what_nobody_can_be_found_by_is_refused(world, bea, query):
    assert bea.get(f"people/{query}").status_code == 400


def test_customers_find_nobody(world, program):
    assert program(world.dana).get("people/?email=erik@globex.example").status_code == 404


@pytest.mark.parametrize("path", ["queues/", "states/", "priorities/", "types/"])
def test_lists_come_in_pages(world, bea, path):
    everything = bea.get(path).json()["results"]
    first = bea.get(path, {"page_size": 1}).json()
    assert first["results"] == everything[:1]
    assert bea.get(first["next"]).json()["results"] == everything[1:2]
    assert bea.get(path, {"x": 1}).status_code == 400
