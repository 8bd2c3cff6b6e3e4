"""Saved views, conditions and fields."""

import json

import pytest

from accounts.models import User
from tests.factories import TicketFactory, role
from tickets.models import FieldDefinition, SavedView

URGENT = {"field": "tags", "contains": "urgent"}


@pytest.fixture
def two(world):
    return [TicketFactory(queue=world.support, tags=tags) for tags in (("urgent",), ())]


def found(program, **asked) -> list[str]:
    answer = program.get("tickets/", asked)
    assert answer.status_code == 200, answer.content
    return [ticket["number"] for ticket in answer.json()["results"]]


def test_a_view_is_saved_asked_changed_and_removed(world, bea, program, two):
    made = bea.post("views/", {"name": "Urgent", "condition": URGENT, "roles": ["Support team"]})
    assert made.status_code == 201, made.content
    view = made.json()
    assert (view["name"], view["owner"]["name"], view["condition"]) == ("Urgent", "Bea Costa", URGENT)
    assert found(bea, view=view["id"]) == [two[0].number]
    carlos = program(world.carlos)
    assert [one["name"] for one in carlos.get("views/").json()["results"]] == ["Urgent"]
    path = f"views/{view['id']}/"
    assert carlos.patch(path, {"name": "His"}).status_code == 403
    assert bea.patch(path, {"name": "Very urgent", "order": "due"}).json()["roles"] == view["roles"]
    assert carlos.delete(f"/api/v1/{path}").status_code == 403
    assert bea.delete(f"/api/v1/{path}").status_code == 204
    assert not SavedView.objects.exists()


def test_nobody_overwrites_a_view_he_has_not_seen(world, bea):
    made = bea.post("views/", {"name": "Urgent", "condition": URGENT, "roles": ["Support team"]})
    path, seen = f"views/{made.json()['id']}/", made["ETag"]
    assert bea.get(path)["ETag"] == seen
    assert bea.patch(path, {"order": "due"}, headers={"If-Match": seen}).status_code == 200
    assert bea.patch(path, {"order": "created"}, headers={"If-Match": seen}).status_code == 412
    assert bea.delete(f"/api/v1/{path}", headers={"If-Match": seen}).status_code == 412
    assert SavedView.objects.get().order == "due"
    assert bea.delete(f"/api/v1/{path}", headers={"If-Match": bea.get(path)["ETag"]}).status_code == 204


def test_a_view_that_is_not_shared_is_not_there(world, bea, program):
    view = bea.post("views/", {"name": "Urgent", "condition": URGENT}).json()
    carlos = program(world.carlos)
    assert carlos.get(f"views/{view['id']}/").status_code == 404
    assert carlos.get("tickets/", {"view": view["id"]}).status_code == 400
    stranger = role("Strangers", User.objects.create_user("s@demo.example", name="S", is_agent=True))
    refused = bea.post("views/", {"name": "Shared", "condition": URGENT, "roles": [stranger.name]})
    assert refused.status_code == 400


def test_tickets_by_a_condition(world, bea, two):
    assert found(bea, condition=json.dumps(URGENT)) == [two[0].number]
    assert sorted(found(bea, condition=json.dumps({"not": URGENT}))) == [two[1].number]


@pytest.mark.parametrize(
    "wrong",
    ["x", "[]", "1", '{"field": "owner__password", "is": "x"}', '{"field": "nothing", "is": 1}', "[" * 5000, "{}"],
)
def test_T57_what_is_no_condition_is_refused(world, bea, wrong):
    assert bea.get("tickets/", {"condition": wrong}).status_code == 400
    assert bea.post("views/", {"name": "x", "condition": wrong}).status_code == 400


def test_fields_say_what_they_may_be(world, bea, program):
    serial = FieldDefinition.objects.create(key="serial", label="Serial", kind="text")
    serial.queues.add(world.support)
    FieldDefinition.objects.create(key="colour", label="Colour", kind="dropdown", options=["red"], in_portal=True)
    shown = {one["key"]: one for one in bea.get("fields/").json()["results"]}
    assert shown["serial"]["queues"] == [{"id": world.support.pk, "name": "Support"}]
    assert shown["colour"]["options"] == ["red"]
    dana = program(world.dana).get("fields/").json()["results"]
    assert [one["key"] for one in dana] == ["colour"]
