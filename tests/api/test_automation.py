"""Rules, schedules and macros for programs: kept by the functions of the pages, with what is wrong named by its place."""

import pytest

from accounts.models import ConfigChange
from automation.models import Macro, Rule, RuleRun, Schedule, ScheduleRun
from automation.rule_handlers import run_rules
from automation.scheduling import run
from tests.api.conftest import Program
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.models import Event, Priority

RULE = {
    "name": "Outages first",
    "events": ["opened"],
    "condition": {"field": "title", "contains": "outage"},
    "effects": [{"do": "tag", "tags": ["outage"]}],
    "queues": ["Support"],
}
SCHEDULE = {
    "name": "Nobody is forgotten",
    "condition": {"field": "state.type", "in": ["new", "open"]},
    "cron": "0 8 * * 1-5",
    "zone": "Europe/Berlin",
    "effects": [{"do": "tag", "tags": ["waits long"]}],
}
MACRO = {"name": "Spare part", "effects": [{"do": "tag", "tags": ["spare part"]}], "key": "4", "queues": ["Support"]}
KINDS = [("rules/", RULE, Rule), ("schedules/", SCHEDULE, Schedule), ("macros/", MACRO, Macro)]


@pytest.fixture
def alex(world, program) -> Program:
    return program(world.alex)


@pytest.mark.parametrize(("path", "body", "model"), KINDS)
class TestAll:
    def test_one_is_added_shown_changed_and_removed(self, world, alex, path, body, model):
        made = alex.post(path, body)
        assert made.status_code == 201, made.content
        one = f"{path}{made.json()['id']}/"
        assert alex.get(one).json() == made.json()
        assert alex.get(path).json()["results"] == [made.json()]
        changed = alex.patch(one, {"name": "Another name"})
        assert changed.status_code == 200, changed.content
        assert {**changed.json(), "changed_at": 0} == {**made.json(), "name": "Another name", "changed_at": 0}
        assert alex.delete(f"/api/v1/{one}").status_code == 204
        assert (alex.get(one).status_code, model.objects.count()) == (404, 0)

    def test_T88_the_audit_names_the_token(self, world, alex, path, body, model):
        one = f"{path}{alex.post(path, body).json()['id']}/"
        alex.patch(one, {"name": "Another name"})
        alex.delete(f"/api/v1/{one}")
        lines = ConfigChange.objects.filter(kind=model._meta.label_lower).order_by("pk")
        assert [line.action for line in lines] == ["created", "changed", "removed"]
        for line in lines:
            assert (line.actor, line.through.split()[0]) == (world.alex, "robot")

    def test_nobody_overwrites_what_he_has_not_seen(self, world, alex, path, body, model):
        made = alex.post(path, body)
        one, seen = f"{path}{made.json()['id']}/", made["ETag"]
        now = alex.patch(one, {"name": "Mine"}, headers={"If-Match": seen})
        assert (now.status_code, alex.get(one)["ETag"]) == (200, now["ETag"])
        for refused in (
            alex.patch(one, {"name": "Yours"}, headers={"If-Match": seen}),
            alex.delete(f"/api/v1/{one}", headers={"If-Match": seen}),
        ):
            assert (refused.status_code, refused.json()["detail"]) == (412, "Somebody has changed this meanwhile.")
        assert model.objects.get().name == "Mine"
        assert alex.delete(f"/api/v1/{one}", headers={"If-Match": now["ETag"]}).status_code == 204

    def test_a_page_that_was_open_meanwhile_is_refused_as_well(self, world, alex, signed_in, path, body, model):
        made = alex.post(path, body).json()
        browser = signed_in(world.alex)
        page = browser.get(f"/admin/automation/{path}{made['id']}/").content.decode()
        alex.patch(f"{path}{made['id']}/", {"name": "Mine"})
        seen = page.split('name="seen" value="')[1].split('"')[0]
        sent = browser.post(f"/admin/automation/{path}{made['id']}/", {"name": "Yours", "seen": seen})
        assert sent.status_code in (409, 422)
        assert model.objects.get().name == "Mine"

    def test_a_key_adds_it_once_and_a_name_is_given_once(self, world, alex, path, body, model):
        first = alex.post(path, body, headers={"Idempotency-Key": "one"})
        assert alex.post(path, body, headers={"Idempotency-Key": "one"}).content == first.content
        again = alex.post(path, {**body, "key": ""} if "key" in body else body)
        assert (again.status_code, list(again.json()["errors"])) == (400, ["name"]), again.content
        assert model.objects.count() == 1

    @pytest.mark.parametrize("person", ["bea", "dana"])
    def test_only_administrators_know_of_it(self, world, alex, program, path, body, model, person):
        one = f"{path}{alex.post(path, body).json()['id']}/"
        other = program(getattr(world, person))
        answers = [other.get(path), other.get(one), other.post(path, body), other.patch(one, {"name": "x"})]
        assert {answer.status_code for answer in [*answers, other.delete(f"/api/v1/{one}")]} == {404}
        assert model.objects.get().name == body["name"]

    def test_lists_cost_the_same_however_many_there_are(self, world, alex, queries, path, body, model):
        def add(number: int) -> None:
            key = {"key": ""} if "key" in body else {}
            assert alex.post(path, {**body, "name": f"Number {number}", **key}).status_code == 201

        add(1)
        with queries() as few:
            alex.get(path)
        for number in range(2, 6):
            add(number)
        with queries() as many:
            assert len(alex.get(path).json()["results"]) == 5
        assert len(many) <= len(few)

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            ({"effects": [{"do": "tag", "tags": ["x"]}, {"do": "assign", "to": 999_999}]}, "effects.1.to"),
            ({"effects": [{"do": "tag"}]}, "effects.0.tags"),
            ({"effects": [{"do": "fly"}]}, "effects.0"),
            ({"effects": {"do": "tag"}}, "effects"),
            ({"effects": ["tag"]}, "effects.0"),
            ({"effects": [{"do": "tag", "tags": ["\0"]}]}, "effects"),
            ({"effects": [{"do": "tag", "tags": ["x"]}] * 31}, "effects"),
            ({"queues": ["Nowhere"]}, "queues.0"),
            ({"name": ""}, "name"),
            ({"unknown": 1}, "unknown"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(self, world, alex, path, body, model, sent, place):
        if model is Schedule and "queues" in sent:
            place = "queues"  # a schedule searches, and has no queues
        answer = alex.post(path, {**body, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert not model.objects.exists()


class TestRules:
    @pytest.fixture
    def rule(self, world, alex) -> str:
        return f"rules/{alex.post('rules/', RULE).json()['id']}/"

    def test_it_is_a_draft_until_it_is_published(self, world, alex, rule):
        assert alex.get(rule).json()["status"] == "draft"
        assert alex.post(f"{rule}publish/").json()["status"] == "active"
        assert alex.post(f"{rule}pause/").json()["status"] == "paused"
        alex.patch(rule, {"effects": []})
        answer = alex.post(f"{rule}publish/")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["effects"])

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            ({"events": []}, "events"),
            ({"events": ["nothing"]}, "events.0"),
            ({"condition": {"field": "nothing", "is": 1}}, "condition"),
            ({"condition": {"all": [{"field": "title"}]}}, "condition"),
            ({"condition": []}, "condition"),
            ({"position": 0}, "position"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, rule, sent, place):
        before = alex.get(rule).json()
        answer = alex.patch(rule, sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content
        assert alex.get(rule).json() == before

    def test_the_place_among_all(self, world, alex):
        ids = [alex.post("rules/", {**RULE, "name": name}).json()["id"] for name in ("A", "B", "C", "D")]
        alex.delete(f"/api/v1/rules/{ids[0]}/")
        alex.patch(f"rules/{ids[3]}/", {"position": 1})
        assert [one["name"] for one in alex.get("rules/").json()["results"]] == ["D", "B", "C"]
        alex.patch(f"rules/{ids[3]}/", {"position": 99})
        assert [one["name"] for one in alex.get("rules/").json()["results"]] == ["B", "C", "D"]
        added = alex.post("rules/", {**RULE, "name": "E", "position": 2}).json()
        assert added["position"] == 2

    def test_changes_of_an_active_rule_wait_until_they_are_published(self, world, alex, rule):
        assert alex.patch(f"{rule}draft/", {"stops": True}).status_code == 409
        alex.post(f"{rule}publish/")
        waits = alex.patch(f"{rule}draft/", {"stops": True, "queues": ["Billing"]}).json()
        assert (waits["stops"], waits["draft"]["stops"]) == (False, True)
        more = alex.patch(f"{rule}draft/", {"description": "Why"}).json()["draft"]
        assert (more["stops"], more["queues"], more["description"]) == (True, [world.billing.pk], "Why")
        now = alex.post(f"{rule}publish/").json()
        assert (now["stops"], now["draft"], now["queues"][0]["name"]) == (True, None, "Billing")
        alex.patch(f"{rule}draft/", {"stops": False})
        assert alex.delete(f"/api/v1/{rule}draft/").status_code == 204
        assert (alex.get(rule).json()["stops"], alex.get(rule).json()["draft"]) == (True, None)

    def test_it_is_tried_on_the_past(self, world, alex, rule):
        ticket = TicketFactory(title="An outage", queue=world.support)
        TicketFactory(title="A question", queue=world.support)
        before = Event.objects.count()
        found = alex.post(f"{rule}try/", {"days": 3}).json()
        assert (found["tickets"], found["runs"], found["looked_at"], found["mails"]) == (1, 1, 2, 0)
        assert found["effects"] == [{"effect": RULE["effects"][0], "done": 1, "nothing": 0, "failed": 0}]
        (would,) = found["shown"]
        assert (would["ticket"], would["outcome"], would["effects"][0]["result"]) == (ticket.number, "done", "done")
        new = alex.post("rules/try/", {**RULE, "name": "Not kept", "condition": {}}).json()
        assert (new["tickets"], Rule.objects.count(), Event.objects.count()) == (2, 1, before)
        TicketFactory(title="An outage", queue=world.billing)
        hidden = alex.post("rules/try/", {**RULE, "name": "Not kept", "queues": ["Billing"]}).json()
        assert (hidden["tickets"], hidden["shown"]) == (1, [])
        assert alex.post(f"{rule}try/", {"days": 91}).status_code == 400

    def test_what_it_did_is_told_and_tried_again(self, world, alex, rule):
        alex.patch(rule, {"events": ["tags"], "condition": {}, "effects": [{"do": "untag", "tags": ["old"]}]})
        alex.post(f"{rule}publish/")
        ticket = TicketFactory(queue=world.support)
        run_rules(set_tags(ticket, {"new"}, by=world.bea))
        (told,) = alex.get(f"{rule}runs/").json()["results"]
        assert (told["ticket"], told["outcome"], told["effects"][0]["result"]) == (ticket.number, "nothing", "nothing")
        assert alex.get(f"{rule}runs/", {"failed": "true"}).json()["results"] == []
        run_id = RuleRun.objects.get().pk
        assert alex.post(f"{rule}runs/{run_id}/again/").json() == {"tried": 0}
        assert alex.post(f"{rule}runs/{run_id + 1}/again/").status_code == 404


class TestSchedules:
    @pytest.fixture
    def schedule(self, world, alex) -> str:
        return f"schedules/{alex.post('schedules/', SCHEDULE).json()['id']}/"

    def test_a_new_one_is_paused_until_somebody_switches_it_on(self, world, alex, schedule):
        shown = alex.get(schedule).json()
        assert (shown["is_active"], shown["next_at"], len(shown["next_times"])) == (False, None, 5)
        on = alex.patch(schedule, {"is_active": True}).json()
        assert on["next_at"] == on["next_times"][0]
        assert alex.patch(schedule, {"is_active": False}).json()["next_at"] is None

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            ({"cron": "often"}, "cron"),
            ({"cron": "0 0 30 2 *"}, "cron"),
            ({"zone": "Berlin"}, "zone"),
            ({"condition": {"field": "article.text", "contains": "x"}}, "condition"),
            ({"limit": 0}, "limit"),
            ({"effects": []}, "effects"),
            ({"effects": [{"do": "take"}]}, "effects.0"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, place):
        answer = alex.post("schedules/", {**SCHEDULE, **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content

    def test_it_is_tried_run_and_stopped(self, world, alex, schedule):
        tickets = [TicketFactory(queue=world.support), TicketFactory(queue=world.billing)]
        seen = [tickets[0].number]  # the other one is in a queue that he does not read
        assert alex.post(f"{schedule}try/").json() == {"number": 2, "now": 2, "tickets": seen, "mails": 0}
        assert alex.post("schedules/try/", {**SCHEDULE, "limit": 1}).json()["now"] == 1
        begun = alex.post(f"{schedule}runs/")
        assert begun.status_code == 201, begun.content
        assert alex.post(f"{schedule}runs/").status_code == 409
        run(ScheduleRun.objects.get())
        one = f"{schedule}runs/{begun.json()['id']}/"
        told = alex.get(one).json()
        assert (told["total"], told["done"], told["asked_by"]["name"]) == (2, 2, world.alex.name)
        assert alex.get(f"{schedule}runs/").json()["results"] == [told]
        items = alex.get(f"{one}items/").json()["results"]
        assert [(item["ticket"], item["state"]) for item in items] == [(each.number, "done") for each in tickets]
        assert alex.get(f"{one}items/", {"failed": "true"}).json()["results"] == []
        assert alex.post(f"{one}stop/").status_code == 409
        assert alex.post(f"{one}again/").status_code == 200
        again = f"{schedule}runs/{alex.post(f'{schedule}runs/').json()['id']}/"
        assert alex.post(f"{again}stop/").json()["problem"].startswith("stopped by")


class TestMacros:
    def test_who_is_offered_it(self, world, alex, bea):
        made = alex.post("macros/", {**MACRO, "roles": ["Support team"], "then": "next"}).json()
        assert (made["roles"][0]["name"], made["queues"][0]["name"], made["then"]) == (
            "Support team",
            "Support",
            "next",
        )
        ticket = TicketFactory(queue=world.support)
        assert [one["name"] for one in bea.get(f"tickets/{ticket.number}/macros/").json()["results"]] == ["Spare part"]
        alex.patch(f"macros/{made['id']}/", {"is_active": False})
        assert bea.get(f"tickets/{ticket.number}/macros/").json()["results"] == []
        everybody = alex.patch(f"macros/{made['id']}/", {"roles": [], "queues": []}).json()
        assert (everybody["roles"], everybody["queues"]) == ([], [])

    @pytest.mark.parametrize(
        ("sent", "place"),
        [({"key": "4"}, "key"), ({"key": "x"}, "key"), ({"on_ticket": False, "in_lists": False}, "on_ticket")],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, place):
        alex.post("macros/", MACRO)
        answer = alex.post("macros/", {**MACRO, "name": "Second", "key": "", **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [place]), answer.content

    def test_the_place_among_all(self, world, alex):
        ids = [alex.post("macros/", {**MACRO, "name": name, "key": ""}).json()["id"] for name in ("A", "B", "C")]
        alex.patch(f"macros/{ids[2]}/", {"position": 1})
        assert [one["name"] for one in alex.get("macros/").json()["results"]] == ["C", "A", "B"]


def test_effects_and_happenings_say_what_may_be_named(world, alex, bea):
    effects = {one["name"]: one for one in alex.get("effects/").json()}
    assert [(ask["name"], ask["kind"]) for ask in effects["priority"]["asks"]] == [("to", "priority")]
    assert effects["take"]["needs_person"] is True
    high = Priority.objects.get(level=5).pk
    assert alex.post("rules/", {**RULE, "effects": [{"do": "priority", "to": high}]}).status_code == 201
    assert "opened" in [one["name"] for one in alex.get("happenings/").json()]
    assert (bea.get("effects/").status_code, bea.get("happenings/").status_code) == (404, 404)
