"""Reports that people keep, and their mails, for programs."""

import pytest

from reports.models import Report, Subscription

QUESTION = {"measures": ["created"], "period": "this_month"}


@pytest.fixture
def report(bea) -> dict:
    return bea.post("reports/saved/", {"name": "New tickets", "question": QUESTION, "display": "line"}).json()


class TestReports:
    def test_they_are_kept_changed_shared_and_removed(self, report, bea, world, program):
        path, alex = f"reports/saved/{report['id']}/", program(world.carlos)
        assert (report["name"], report["display"], report["owner"]["id"]) == ("New tickets", "line", world.bea.pk)
        assert report["question"]["measures"] == ["created"]
        assert alex.get(path).status_code == 404
        seen = bea.get(path).headers["ETag"]
        changed = bea.patch(path, {"name": "Opened", "roles": [world.support_role.name]}, headers={"If-Match": seen})
        assert (changed.status_code, changed.json()["name"], changed.json()["display"]) == (200, "Opened", "line")
        assert [role["id"] for role in changed.json()["roles"]] == [world.support_role.pk]
        assert [one["id"] for one in bea.get("reports/saved/").json()["results"]] == [report["id"]]
        assert bea.patch(path, {"name": "Late"}, headers={"If-Match": seen}).status_code == 412
        assert bea.delete(path).status_code == 204
        assert not Report.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": "Mine"}, "question"),
            ({"name": "Mine", "question": {"measures": ["nothing"]}}, "question"),
            ({"name": "Mine", "question": "all"}, "question"),
            ({"name": "Mine", "question": QUESTION, "display": "pie"}, "display"),
            ({"name": "Mine", "question": QUESTION, "roles": ["Nobody"]}, "roles.0"),
        ],
    )
    def test_what_cannot_be_is_refused(self, bea, sent, field):
        refused = bea.post("reports/saved/", sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
        assert not Report.objects.exists()

    def test_one_of_a_name(self, report, bea):
        assert bea.post("reports/saved/", {"name": "New tickets", "question": QUESTION}).status_code == 400
        assert Report.objects.count() == 1


class TestMails:
    def test_they_are_planned_and_ended(self, report, bea, world):
        path = f"reports/saved/{report['id']}/mails/"
        sent = {"people": [world.bea.email, world.alex.email], "rhythm": "weekly", "hour": 6}
        made = bea.post(path, sent)
        assert (made.status_code, made.json()["rhythm"], made.json()["hour"]) == (201, "weekly", 6)
        assert {one["email"] for one in made.json()["people"]} == {world.bea.email, world.alex.email}
        assert [one["id"] for one in bea.get(path).json()["results"]] == [made.json()["id"]]
        assert bea.delete(f"reports/mails/{made.json()['id']}/").status_code == 204
        assert not Subscription.objects.exists()

    def test_others_end_them_for_themselves_alone(self, report, bea, world, program):
        path = f"reports/saved/{report['id']}/mails/"
        made = bea.post(path, {"people": [world.bea.email, world.alex.email], "rhythm": "daily"}).json()
        alex = program(world.alex)
        assert alex.delete(f"reports/mails/{made['id']}/").status_code == 204
        assert alex.delete(f"reports/mails/{made['id']}/").status_code == 404
        assert [person.pk for person in Subscription.objects.get().people.all()] == [world.bea.pk]

    @pytest.mark.parametrize(
        "change", [{"people": []}, {"people": ["dana@acme.example"]}, {"rhythm": "x"}, {"hour": 24}]
    )
    def test_what_cannot_be_is_refused(self, report, bea, change):
        sent = {"people": ["bea@demo.example"], "rhythm": "daily", **change}
        refused = bea.post(f"reports/saved/{report['id']}/mails/", sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [*change])
        assert not Subscription.objects.exists()
