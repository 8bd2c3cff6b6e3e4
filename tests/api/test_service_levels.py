"""Setting service levels up: administrators write, agents read, nobody else knows of them."""

import pytest

from accounts.models import ConfigChange
from sla.models import Calendar, Policy, QueueHours, Retarget
from tests.factories import role
from tests.sla.conftest import HOUR, office, sla
from tickets.models import State
from tickets.rights import grant

__all__ = ["office", "sla"]

PATHS = ["calendars/", "slas/", "queue-hours/"]
BERLIN = {"name": "Berlin", "zone": "Europe/Berlin", "hours": {"mon": [["08:00", "17:00"]]}, "country": "DE"}
GOLD = {
    "name": "Gold",
    "condition": {"field": "organisation", "is": "Acme"},
    "calendar": "Office",
    "targets": [
        {"kind": "first_response", "seconds": 7200},
        {"kind": "solution", "seconds": 28800},
        {"kind": "solution", "seconds": 14400, "priority": "5 very high", "calendar": "Office"},
    ],
    "warnings": [50, 75],
    "levels": [3600],
    "pause_states": ["open"],
    "reopening": "restart",
}


@pytest.fixture
def alex(world, program):
    """An administrator."""
    return program(world.alex)


class TestCalendars:
    def test_one_is_added_shown_and_changed(self, world, alex, bea):
        added = alex.post("calendars/", BERLIN)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert {name: shown[name] for name in BERLIN} == BERLIN
        assert (shown["region"], shown["own_days"], shown["is_default"]) == ("", {}, False)
        path = f"calendars/{shown['id']}/"
        assert bea.get(path).json() == shown
        changed = alex.patch(path, {"hours": {"tue": [["22:00", "06:00"]]}, "is_default": True})
        assert (changed.status_code, changed.json()["zone"]) == (200, "Europe/Berlin")
        assert Calendar.objects.get().versions.count() == 2
        assert Retarget.objects.exists()
        assert ConfigChange.objects.filter(actor=world.alex, kind="sla.calendar").count() == 2

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "name"),
            ({"name": "A", "hours": {"mon": [["8", "17"]]}}, "hours"),
            ({"name": "A", "hours": []}, "hours"),
            ({"name": "A", "hours": {"someday": []}}, "hours"),
            ({"name": "A", "zone": "Europe/Nowhere"}, "hours"),
            ({"name": "A", "country": "XX"}, "country"),
            ({"name": "A", "own_days": {"2026-02-30": {}}}, "hours"),
            ({"name": "A", "own_days": {"2026-02-03": 5}}, "hours"),
            ({"name": "A", "own_days": {"2026-02-03": {"name": "\0"}}}, "own_days"),
            ({"name": "A", "own_days": {"2026-02-03": {"name": "\ud800"}}}, "own_days"),
            ({"name": "A", "is_default": "yes"}, "is_default"),
            ({"name": "Office"}, "name"),
            ({"name": "A", "versions": []}, "versions"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, office, sent, field):
        answer = alex.post("calendars/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert Calendar.objects.get() == office

    def test_the_second_of_two_at_once_is_told_which_field_it_is(self, world, alex, office, monkeypatch):
        monkeypatch.setattr(Calendar, "validate_unique", lambda *_args, **_options: None)
        answer = alex.post("calendars/", {"name": "Office"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"]), answer.content
        assert Calendar.objects.get() == office

    def test_nobody_overwrites_what_he_has_not_seen(self, world, alex, office):
        path = f"calendars/{office.pk}/"
        seen = alex.get(path)["ETag"]
        now = alex.patch(path, {"zone": "Europe/Berlin"}, headers={"If-Match": seen})["ETag"]
        refused = alex.patch(path, {"zone": "Asia/Tokyo"}, headers={"If-Match": seen})
        assert (refused.status_code, refused.json()["title"]) == (412, "Precondition Failed")
        office.refresh_from_db()
        assert office.zone == "Europe/Berlin"
        assert alex.patch(path, {"zone": "Asia/Tokyo"}, headers={"If-Match": now}).status_code == 200


class TestSlas:
    def test_one_is_added_shown_and_changed(self, world, alex, bea, office):
        added = alex.post("slas/", GOLD)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert shown["calendar"] == {"id": office.pk, "name": "Office"}
        assert [(each["kind"], each["seconds"], each["priority"]) for each in shown["targets"]] == [
            ("first_response", 7200, None),
            ("solution", 28800, None),
            ("solution", 14400, {"id": shown["targets"][2]["priority"]["id"], "name": "5 very high"}),
        ]
        assert (shown["condition"], shown["pause_states"][0]["name"]) == (GOLD["condition"], "open")
        path = f"slas/{shown['id']}/"
        changed = alex.patch(path, {"warnings": [90], "is_active": False}).json()
        assert (changed["warnings"], changed["is_active"], len(changed["targets"])) == ([90], False, 3)
        fewer = alex.patch(path, {"targets": [{"kind": "update", "seconds": 60}], "calendar": None}).json()
        assert ([each["kind"] for each in fewer["targets"]], fewer["calendar"]) == (["update"], None)
        assert bea.get(path).json() == fewer | {"condition": None}

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": None}, "name"),
            ({"name": "Silver"}, "name"),
            ({"condition": {"field": "due", "empty": True}}, "condition"),
            ({"condition": {"field": "nothing", "is": 1}}, "condition"),
            ({"condition": [1]}, "condition"),
            ({"condition": {"field": "title", "is": "\0"}}, "condition"),
            ({"calendar": "Nowhere"}, "calendar"),
            ({"targets": [{"kind": "stay", "seconds": 60}]}, "targets.0.kind"),
            ({"targets": [{"kind": "update", "seconds": 59}]}, "targets.0.seconds"),
            ({"targets": [{"kind": "update"}]}, "targets.0.seconds"),
            ({"targets": [{"kind": "update", "seconds": 60}] * 2}, "targets"),
            ({"targets": [{"kind": "update", "seconds": 60, "priority": "urgent"}]}, "targets.0.priority"),
            ({"warnings": [100]}, "warnings.0"),
            ({"levels": [5]}, "levels.0"),
            ({"pause_states": ["nowhere"]}, "pause_states.0"),
            ({"reopening": "never"}, "reopening"),
            ({"position": -1}, "position"),
            ({"unknown": 1}, "unknown"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_stored(self, world, alex, office, sla, sent, field):
        sla("Silver")
        before = ConfigChange.objects.count()
        answer = alex.post("slas/", {**GOLD, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (Policy.objects.count(), ConfigChange.objects.count()) == (1, before)

    def test_they_come_in_the_order_in_which_they_are_asked(self, world, bea, sla):
        for position, name in enumerate(["Bronze", "Silver", "Gold"]):
            sla(name, position=9 - position)
        assert [each["name"] for each in bea.get("slas/").json()["results"]] == ["Gold", "Silver", "Bronze"]

    def test_a_key_adds_it_once(self, world, alex, office):
        first = alex.post("slas/", GOLD, headers={"Idempotency-Key": "gold"})
        again = alex.post("slas/", GOLD, headers={"Idempotency-Key": "gold"})
        assert (first.status_code, first.content) == (201, again.content)
        assert Policy.objects.count() == 1


class TestQueueHours:
    def test_what_a_queue_adds_is_set_and_kept(self, world, alex, office, sla):
        sla("Gold")
        path = f"queue-hours/{world.support.pk}/"
        empty = alex.get(path).json()
        assert (empty["queue"]["name"], empty["sla"], empty["stays"]) == ("Support", None, [])
        body = {"sla": "Gold", "calendar": "Office", "stays": [{"seconds": 3600}], "unlock_after": 7200}
        shown = alex.patch(path, body)
        assert shown.status_code == 200, shown.content
        assert shown.json()["stays"] == [{"priority": None, "seconds": 3600}]
        kept = alex.patch(path, {"warnings": [50]}).json()
        assert kept == shown.json() | {"warnings": [50]}
        assert QueueHours.objects.get().targets.get().seconds == HOUR
        assert alex.get("queue-hours/").json()["results"] == [kept]

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"sla": "Nothing"}, "sla"),
            ({"stays": [{"seconds": 1}]}, "stays.0.seconds"),
            ({"stays": [{"seconds": 60}, {"seconds": 90}]}, "stays"),
            ({"unlock_after": -1}, "unlock_after"),
            ({"queue": 5}, "queue"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, field):
        answer = alex.patch(f"queue-hours/{world.support.pk}/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert not QueueHours.objects.exists()

    def test_agents_see_it_of_their_queues(self, world, alex, program):
        for queue in (world.support, world.billing):
            alex.patch(f"queue-hours/{queue.pk}/", {"unlock_after": 7200})
        carlos = program(world.carlos)
        assert [row["queue"]["name"] for row in carlos.get("queue-hours/").json()["results"]] == ["Support"]
        assert carlos.get(f"queue-hours/{world.billing.pk}/").status_code == 404
        assert carlos.patch(f"queue-hours/{world.billing.pk}/", {"unlock_after": 1}).status_code == 404
        grant(role("Counter", world.carlos), world.billing, "create")
        assert carlos.get(f"queue-hours/{world.billing.pk}/").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_customers_know_nothing_of_it(world, program, path):
    assert program(world.dana).get(path).status_code == 404
    assert program(world.dana).post(path, GOLD).status_code in (404, 405)


def test_agents_write_nothing(world, bea, office, sla):
    policy = sla("Gold")
    for path, body in [("calendars/", BERLIN), ("slas/", GOLD)]:
        assert bea.post(path, body).status_code == 403
    for path in (f"calendars/{office.pk}/", f"slas/{policy.pk}/"):
        answer = bea.patch(path, {"name": "Mine"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert bea.patch(f"queue-hours/{world.support.pk}/", {"unlock_after": 60}).status_code == 403
    assert not QueueHours.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_lists_come_in_pages_and_cost_the_same(world, alex, sla, queries, path):
    for n in range(2):
        _add(alex, sla, world, n)
    everything = alex.get(path).json()["results"]
    first = alex.get(path, {"page_size": 1}).json()
    assert [first["results"], alex.get(first["next"]).json()["results"]] == [everything[:1], everything[1:2]]
    assert alex.get(path, {"x": 1}).status_code == 400
    with queries() as few:
        alex.get(path)
    for n in range(2, 5):
        _add(alex, sla, world, n)
    with queries() as many:
        alex.get(path)
    assert len(many) <= len(few)


def _add(alex, sla, world, n: int) -> None:
    """An SLA, a calendar, and the hours of a queue, with all that can belong to them."""
    calendar = alex.post("calendars/", {**BERLIN, "name": f"Berlin {n}"}).json()
    states = [State.objects.get(name="open").pk]
    level = sla(f"Level {n}", first_response=HOUR, high={"solution": HOUR}, pause_states=states)
    queue = [world.support, world.billing, world.hardware][n % 3]
    body = {"calendar": calendar["id"], "sla": level.pk, "stays": [{"seconds": 60, "priority": "5 very high"}]}
    assert alex.patch(f"queue-hours/{queue.pk}/", body).status_code == 200
