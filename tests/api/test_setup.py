"""What tickets are described with, set up by programs: by the verbs of the pages, retired only when nothing leans on it."""

import base64

import pytest

from accounts.models import Brand, ConfigChange, DomainRule
from automation.models import Rule
from mail.models import QueueIntake
from tests.factories import TicketFactory
from tickets.actions.fields import set_custom_fields, set_tags
from tickets.models import Chore, FieldDefinition, Priority, Queue, Service, State, Tag, TicketType

PATHS = ["queues/", "services/", "fields/", "states/", "priorities/", "types/", "tags/", "brands/"]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.fixture
def alex(world, program):
    """An administrator."""
    return program(world.alex)


@pytest.fixture
def floor(world) -> FieldDefinition:
    return FieldDefinition.objects.create(key="floor", label="Floor", kind="dropdown", options=["Ground", "First"])


class TestQueues:
    def test_one_is_added_moved_and_its_path_follows(self, world, alex):
        body = {"name": "Printers", "parent": "Support::Hardware", "signature": "Yours\nDesk", "unwraps_forwards": True}
        added = alex.post("setup/queues/", body)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["path"], shown["parent"]["id"]) == ("Support::Hardware::Printers", world.hardware.pk)
        assert (shown["unwraps_forwards"], shown["follow_up"], shown["secret_link_days"]) == (True, "reopen", 30)
        assert QueueIntake.objects.get().queue_id == shown["id"]
        moved = alex.patch(f"setup/queues/{world.hardware.pk}/", {"parent": None, "name": "Machines"})
        assert (moved.status_code, moved.json()["path"]) == (200, "Machines")
        assert Queue.objects.get(pk=shown["id"]).path == "Machines::Printers"
        assert ConfigChange.objects.filter(kind="tickets.queue", through__startswith="robot").count() == 2

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "name"),
            ({"name": "Support"}, "name"),
            ({"name": "A::B"}, "name"),
            ({"name": "\t"}, "name"),
            ({"name": "A", "parent": "Nowhere"}, "parent"),
            ({"name": "A", "brand": 99}, "brand"),
            ({"name": "A", "language": "xx"}, "language"),
            ({"name": "A", "follow_up": "ignore"}, "follow_up"),
            ({"name": "A", "secret_link_days": 366}, "secret_link_days"),
            ({"name": "A", "is_junk": "yes"}, "is_junk"),
            ({"name": "A", "path": "B"}, "path"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        before = Queue.objects.count(), ConfigChange.objects.count()
        answer = alex.post("setup/queues/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (Queue.objects.count(), ConfigChange.objects.count()) == before

    def test_it_cannot_lie_inside_itself(self, world, alex):
        answer = alex.patch(f"setup/queues/{world.support.pk}/", {"parent": "Support::Hardware"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["parent"])
        world.support.refresh_from_db()
        assert (world.support.parent, world.support.path) == (None, "Support")

    def test_one_that_others_lean_on_is_retired_only_when_that_was_confirmed(self, world, alex):
        TicketFactory(queue=world.support)
        path = f"setup/queues/{world.support.pk}/"
        refused = alex.patch(path, {"is_active": False})
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
        leaning = refused.json()["leaning"]
        assert leaning[0] == "1 open ticket has it"
        assert "1 queue lies inside" in leaning
        assert any("still bring" in text for text in leaning)
        world.support.refresh_from_db()
        assert world.support.is_active
        done = alex.patch(path, {"is_active": False, "confirmed": True})
        assert (done.status_code, done.json()["is_active"]) == (200, False)
        assert alex.patch(path, {"is_active": False}).status_code == 200  # it was retired already

    def test_an_empty_one_is_retired_at_once(self, world, alex):
        assert alex.patch(f"setup/queues/{world.hardware.pk}/", {"is_active": False}).status_code == 200

    def test_nobody_overwrites_what_he_has_not_seen(self, world, alex):
        path = f"setup/queues/{world.support.pk}/"
        seen = alex.get(path)["ETag"]
        now = alex.patch(path, {"description": "One"}, headers={"If-Match": seen})["ETag"]
        refused = alex.patch(path, {"description": "Two"}, headers={"If-Match": seen})
        assert (refused.status_code, refused.json()["detail"]) == (412, "This setting has changed meanwhile.")
        assert alex.get(path).json()["description"] == "One"
        assert alex.patch(path, {"description": "Two"}, headers={"If-Match": now}).status_code == 200
        assert alex.patch(path, {"description": "Three"}, headers={"If-Match": "*"}).status_code == 200


class TestWords:
    def test_a_state_is_what_it_was_made(self, world, alex):
        added = alex.post("setup/states/", {"name": "waiting for a part", "type": "pending_auto", "next_state": "open"})
        assert added.status_code == 201, added.content
        path = f"setup/states/{added.json()['id']}/"
        assert added.json()["next_state"]["name"] == "open"
        assert list(alex.patch(path, {"type": "closed"}).json()["errors"]) == ["type"]
        assert alex.patch(path, {"name": "waits", "next_state": None}).json()["next_state"] is None
        assert State.objects.get(name="waits").type == "pending_auto"

    @pytest.mark.parametrize(
        ("path", "body", "field"),
        [
            ("states/", {"name": "open", "type": "open"}, "name"),
            ("states/", {"name": "a"}, "type"),
            ("states/", {"name": "a", "type": "lost"}, "type"),
            ("priorities/", {"name": "a", "level": 6}, "level"),
            ("priorities/", {"name": "3 normal", "level": 3}, "name"),
            ("types/", {"name": "Incident"}, "name"),
            ("types/", {"name": "x" * 61}, "name"),
            ("types/", {"name": "a", "position": -1}, "position"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, path, body, field):
        answer = alex.post(f"setup/{path}", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content

    def test_the_last_one_of_its_kind_stays(self, world, alex):
        new = State.objects.get(name="new")
        answer = alex.patch(f"setup/states/{new.pk}/", {"is_active": False, "confirmed": True})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["is_active"])
        new.refresh_from_db()
        assert new.is_active

    def test_what_leans_on_one_is_named(self, world, alex):
        TicketFactory(queue=world.support, priority=Priority.objects.get(level=4))
        Rule.objects.create(
            name="Hurry", events=["tags"], status="active", effects=[{"do": "priority", "priority": "4 high"}]
        )
        path = f"setup/priorities/{Priority.objects.get(level=4).pk}/"
        leaning = alex.patch(path, {"is_active": False}).json()["leaning"]
        assert leaning[0] == "1 open ticket has it"
        assert any("matrix" in text for text in leaning)

    def test_types_and_priorities_are_added_and_changed(self, world, alex):
        kind = alex.post("setup/types/", {"name": "Complaint", "position": 10}).json()
        assert TicketType.objects.get(pk=kind["id"]).position == 10
        level = alex.post("setup/priorities/", {"name": "6 on fire", "level": 5}).json()
        assert alex.patch(f"setup/priorities/{level['id']}/", {"level": 4}).json()["level"] == 4


class TestFields:
    BODY = {
        "key": "colour",
        "kind": "dropdown",
        "label": "Colour",
        "labels": {"de": "Farbe"},
        "options": ["Red", "Green", "Red"],
        "queues": ["Support"],
        "types": ["Incident"],
        "is_searchable": True,
    }

    def test_one_is_added_and_changed_and_its_key_stays(self, world, alex):
        added = alex.post("setup/fields/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["options"], shown["labels"]) == (["Red", "Green"], {"de": "Farbe"})
        assert [row["name"] for row in (*shown["queues"], *shown["types"])] == ["Support", "Incident"]
        assert Chore.objects.filter(kind="index").exists()
        path = f"setup/fields/{shown['id']}/"
        assert list(alex.patch(path, {"key": "other"}).json()["errors"]) == ["key"]
        changed = alex.patch(path, {"queues": [], "label": "Shade"}).json()
        assert (changed["queues"], changed["label"], changed["types"]) == ([], "Shade", shown["types"])

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"key": "Colour"}, "key"),
            ({"key": "floor"}, "key"),
            ({"options": []}, "options"),
            ({"kind": "picture"}, "kind"),
            ({"labels": {"xx": "Farbe"}}, "labels"),
            ({"labels": {"de": 5}}, "labels"),
            ({"labels": []}, "labels"),
            ({"queues": ["Nowhere"]}, "queues.0"),
            ({"types": "Incident"}, "types"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, floor, sent, field):
        answer = alex.post("setup/fields/", {**self.BODY, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert FieldDefinition.objects.get() == floor

    def test_a_choice_that_tickets_have_goes_only_when_that_was_confirmed(self, world, alex, floor):
        set_custom_fields(TicketFactory(queue=world.support), {"floor": "First"}, by=world.bea)
        path = f"setup/fields/{floor.pk}/"
        assert alex.patch(path, {"options": ["First", "Second"]}).status_code == 200
        refused = alex.patch(path, {"options": ["Second"]})
        assert (refused.status_code, refused.json()["leaning"]) == (
            409,
            ["1 open ticket has the choice “First”"],
        )
        floor.refresh_from_db()
        assert floor.options == ["First", "Second"]
        assert alex.patch(path, {"options": ["Second"], "confirmed": True}).json()["options"] == ["Second"]

    def test_one_that_has_values_is_retired_only_when_that_was_confirmed(self, world, alex, floor):
        set_custom_fields(TicketFactory(queue=world.support), {"floor": "First"}, by=world.bea)
        path = f"setup/fields/{floor.pk}/"
        assert alex.patch(path, {"is_active": False}).json()["leaning"] == ["1 open ticket has a value"]
        assert alex.patch(path, {"is_active": False, "confirmed": True}).status_code == 200


class TestServices:
    def test_a_topic_and_a_service_in_it_with_its_form(self, world, alex, floor):
        topic = alex.post("setup/services/", {"name": "Workplace"}).json()
        assert (topic["queue"], topic["path"]) == (None, "Workplace")
        body = {
            "name": "New laptop",
            "parent": "Workplace",
            "queue": "Support",
            "names": {"de": "Neues Notebook"},
            "audience": "members",
            "organisations": ["Acme"],
        }
        added = alex.post("setup/services/", body)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["path"], shown["organisations"][0]["name"]) == ("Workplace::New laptop", "Acme")
        path = f"setup/services/{shown['id']}/"
        asked = alex.post(f"{path}questions/", {"field": "floor", "is_required": True, "help_text": "Where you sit"})
        assert asked.status_code == 201, asked.content
        question = asked.json()["questions"][0]
        assert (question["field"], question["is_required"], question["help_text"]) == ("floor", True, "Where you sit")
        for unknown in ("nothing", 0, None, True, ["floor"]):
            assert alex.post(f"{path}questions/", {"field": unknown}).status_code == 400
        again = alex.post(f"{path}questions/", {"field": "floor"})
        assert (again.status_code, list(again.json()["errors"])) == (400, ["field"])
        renamed = alex.patch(f"setup/services/{topic['id']}/", {"name": "Office"})
        assert renamed.status_code == 200
        assert Service.objects.get(pk=shown["id"]).path == "Office::New laptop"
        gone = alex.delete(f"/api/v1/{path}questions/{question['id']}/")
        assert (gone.status_code, gone.json()["questions"]) == (200, [])

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": "New laptop", "queue": "Support"}, "name"),
            ({"name": "A", "parent": "New laptop", "queue": "Support"}, "parent"),
            ({"name": "A", "queue": "Support", "audience": "members"}, "organisations"),
            ({"name": "A", "queue": "Support", "subject": "{{ customer.name"}, "subject"),
            ({"name": "A", "queue": "Support", "audience": "everyone"}, "audience"),
            ({"name": "A", "type": "Incident"}, "type"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, field):
        assert alex.post("setup/services/", {"name": "New laptop", "queue": "Support"}).status_code == 201
        answer = alex.post("setup/services/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert Service.objects.count() == 1

    def test_what_it_is_it_stays(self, world, alex):
        made = alex.post("setup/services/", {"name": "New laptop", "queue": "Support"}).json()
        answer = alex.patch(f"setup/services/{made['id']}/", {"queue": None})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["queue"])

    def test_questions_depend_on_those_above_and_keep_their_order(self, world, alex, floor):
        FieldDefinition.objects.create(key="room", label="Room", kind="text")
        made = alex.post("setup/services/", {"name": "New laptop", "queue": "Support"}).json()
        path = f"setup/services/{made['id']}/questions/"
        alex.post(path, {"field": "floor"})
        condition = {"field": "field.floor", "is": "First"}
        asked = alex.post(path, {"field": "room", "condition": condition})
        assert asked.status_code == 201, asked.content
        first, second = asked.json()["questions"]
        assert (first["condition"], second["condition"]) == (None, condition)
        for answer, field in (
            (alex.patch(f"{path}{first['id']}/", {"condition": {"field": "field.room", "is": "5"}}), "condition"),
            (alex.patch(f"{path}{second['id']}/", {"position": 1}), "position"),
        ):
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert alex.delete(f"/api/v1/{path}{first['id']}/").status_code == 400
        free = alex.patch(f"{path}{second['id']}/", {"condition": None}).json()
        assert [one["field"] for one in free["questions"]] == ["floor", "room"]
        moved = alex.patch(f"{path}{second['id']}/", {"position": 1}).json()
        assert [one["field"] for one in moved["questions"]] == ["room", "floor"]

    def test_they_are_put_in_another_order(self, world, alex):
        ids = [alex.post("setup/services/", {"name": name, "queue": "Support"}).json()["id"] for name in "ABC"]
        assert alex.patch(f"setup/services/{ids[2]}/", {"position": 1}).status_code == 200
        assert list(Service.objects.values_list("name", flat=True)) == ["C", "A", "B"]


class TestTags:
    @pytest.fixture
    def printer(self, world) -> Tag:
        set_tags(TicketFactory(queue=world.support), {"printer", "urgent"}, by=world.bea)
        return Tag.objects.get(name="printer")

    def test_one_is_renamed_on_all_its_tickets(self, world, alex, printer):
        shown = alex.get(f"setup/tags/{printer.pk}/").json()
        assert (shown["name"], shown["tickets"], shown["is_active"]) == ("printer", 1, True)
        renamed = alex.patch(f"setup/tags/{printer.pk}/", {"name": "printers"})
        assert (renamed.status_code, renamed.json()["name"]) == (200, "printers")
        assert Chore.objects.get().data == {"tag": "printer", "other": "printers"}
        assert alex.get(f"setup/tags/{printer.pk}/").status_code == 404

    def test_two_become_one_only_when_that_was_confirmed(self, world, alex, printer):
        refused = alex.patch(f"setup/tags/{printer.pk}/", {"name": "urgent"})
        assert refused.status_code == 409
        assert refused.json()["leaning"] == ["The two tags become one: “urgent” is there already."]
        assert alex.patch(f"setup/tags/{printer.pk}/", {"name": "urgent", "confirmed": True}).status_code == 200
        assert [tag["name"] for tag in alex.get("setup/tags/").json()["results"]] == ["urgent"]

    def test_one_is_retired_and_taken_off(self, world, alex, printer):
        path = f"setup/tags/{printer.pk}/"
        seen = alex.get(path)["ETag"]
        assert alex.patch(path, {"is_active": False}).json()["is_active"] is False
        assert [t["name"] for t in alex.get("setup/tags/", {"active": "true"}).json()["results"]] == ["urgent"]
        assert [t["name"] for t in alex.get("setup/tags/", {"words": "PRI"}).json()["results"]] == ["printer"]
        assert alex.delete(f"/api/v1/{path}", headers={"If-Match": seen}).status_code == 412
        assert alex.delete(f"/api/v1/{path}").status_code == 204
        assert not Tag.objects.filter(name="printer").exists()


class TestBrands:
    BODY = {
        "name": "Acme IT",
        "host": "Help.Acme.example",
        "colour": "#7a1f3d",
        "greeting": {"en": "How can we help?"},
        "registration": "domains",
        "allowed_domains": ["acme.example", "Acme.org"],
        "logo": base64.b64encode(PNG).decode(),
    }

    def test_one_is_added_and_changed(self, world, alex):
        added = alex.post("setup/brands/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["host"], shown["key"], shown["has_logo"]) == ("help.acme.example", "acme-it", True)
        assert shown["allowed_domains"] == ["acme.example", "acme.org"]
        path = f"setup/brands/{shown['id']}/"
        changed = alex.patch(path, {"refused_domains": ["evil.example"], "logo": None}).json()
        assert (changed["has_logo"], changed["refused_domains"]) == (False, ["evil.example"])
        assert changed["allowed_domains"] == shown["allowed_domains"]
        assert alex.patch(path, {"allowed_domains": []}).json()["allowed_domains"] == []

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": ""}, "name"),
            ({"host": "https://acme.example"}, "host"),
            ({"colour": "red"}, "colour"),
            ({"logo": base64.b64encode(b"<svg>").decode()}, "logo"),
            ({"logo": "%"}, "logo"),
            ({"sender_address": "nobody@demo.example"}, "sender_address"),
            ({"languages": ["de"]}, "language"),
            ({"refused_domains": ["acme.example"]}, "refused_domains"),
            ({"allowed_domains": ["acme"]}, "allowed_domains.0"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"is_default": True}, "is_default"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, field):
        before = Brand.objects.count(), DomainRule.objects.count()
        answer = alex.post("setup/brands/", {**self.BODY, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (Brand.objects.count(), DomainRule.objects.count()) == before

    def test_the_default_one_stays(self, world, alex):
        default = Brand.objects.get_or_create(is_default=True, defaults={"name": "Helpdesk", "key": "helpdesk"})[0]
        answer = alex.patch(f"setup/brands/{default.pk}/", {"is_active": False})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["is_active"])


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_knows_of_it(world, program, bea, path):
    for somebody in (bea, program(world.dana)):
        assert somebody.get(f"setup/{path}").status_code == 404
        assert somebody.post(f"setup/{path}", {"name": "Mine"}).status_code in (404, 405)


@pytest.mark.parametrize("path", PATHS)
def test_lists_cost_the_same_however_long_they_are(world, alex, floor, queries, path):
    def add(n: int) -> None:
        field = FieldDefinition.objects.create(key=f"f{n}", label=f"F{n}", kind="text")
        field.queues.add(world.support)
        queue = alex.post("setup/queues/", {"name": f"Q{n}", "parent": "Support", "unwraps_forwards": True}).json()
        alex.post("setup/states/", {"name": f"s{n}", "type": "open", "next_state": "open"})
        alex.post("setup/types/", {"name": f"t{n}"})
        alex.post("setup/priorities/", {"name": f"p{n}", "level": 3})
        service = alex.post(
            "setup/services/", {"name": f"S{n}", "queue": queue["id"], "organisations": ["Acme"]}
        ).json()
        alex.post(f"setup/services/{service['id']}/questions/", {"field": "floor"})
        alex.post("setup/brands/", {"name": f"B{n}", "host": f"b{n}.example", "allowed_domains": [f"b{n}.example"]})
        Tag.objects.create(name=f"tag{n}")

    add(0)
    alex.get(f"setup/{path}")
    with queries() as few:
        before = len(alex.get(f"setup/{path}").json()["results"])
    for n in range(1, 4):
        add(n)
    with queries() as many:
        rows = alex.get(f"setup/{path}").json()["results"]
    assert (len(rows), len(many)) == (before + 3, len(few))
    first = alex.get(f"setup/{path}", {"page_size": 1}).json()
    assert [*first["results"], *alex.get(first["next"]).json()["results"]] == rows[:2]
    assert alex.get(f"setup/{path}", {"x": 1}).status_code == 400
