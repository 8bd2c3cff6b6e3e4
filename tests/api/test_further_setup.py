"""What else administrators keep, for programs: forms of websites, categories, announcements, the matrix, limits of mail,
what may be removed, and the audit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ConfigChange
from knowledge.models import Announcement, Category
from mail.models import MailRules
from sla.configuring import save_calendar, save_policy
from sla.models import Calendar, Policy
from tests.sla.conftest import hours_of_queue
from tickets.matrix import cells
from tickets.models import FieldDefinition, WebForm

LISTS = ["web-forms/", "categories/", "announcements/", "audit/", "priority-matrix/"]


@pytest.fixture
def alex(world, program):
    return program(world.alex)


class TestWebForms:
    def test_one_is_added_changed_and_removed(self, world, alex):
        FieldDefinition.objects.create(key="floor", label="Floor", kind="text")
        body = {"name": "Contact", "queue": "Support", "sites": ["https://WWW.demo.example/"]}
        texts = {"en": {"title": "Write to us", "intro": "We read everything."}}
        added = alex.post("setup/web-forms/", {**body, "texts": texts, "questions": [{"field": "floor"}]})
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["sites"], shown["texts"], bool(shown["key"])) == (["https://www.demo.example"], texts, True)
        assert shown["questions"] == [{"field": "floor", "is_required": False}]
        path = f"setup/web-forms/{shown['id']}/"
        assert alex.patch(path, {"takes_files": True}).json() == {**shown, "takes_files": True}
        required = alex.patch(path, {"questions": [{"field": "floor", "is_required": True}]}).json()
        assert required["questions"] == [{"field": "floor", "is_required": True}]
        assert alex.patch(path, {"questions": []}).json()["questions"] == []
        assert alex.delete(path).status_code == 204
        assert ConfigChange.objects.filter(kind="tickets.webform").count() == 5

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "Old"}, "name"),
            ({"queue": "Nowhere"}, "queue"),
            ({"sites": ["javascript:alert(1)"]}, "sites"),
            ({"texts": {"xx": {}}}, "texts"),
            ({"texts": {"en": {"footer": "x"}}}, "texts.footer"),
            ({"texts": {"en": {"title": "x" * 201}}}, "texts"),
            ({"consent_url": "javascript:alert(1)"}, "consent_url"),
            ({"questions": [{"field": "nothing"}]}, "questions.0.field"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        WebForm.objects.create(name="Old", queue=world.support)
        before = ConfigChange.objects.count()
        answer = alex.post("setup/web-forms/", {"name": "Contact", "queue": "Support", **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert (WebForm.objects.count(), ConfigChange.objects.count()) == (1, before)


class TestCategories:
    def test_a_tree_with_an_order(self, world, alex):
        top = alex.post("setup/categories/", {"name": "Devices", "names": {"de": "Geräte"}}).json()
        one = alex.post("setup/categories/", {"name": "Printers", "parent": "Devices"}).json()
        two = alex.post("setup/categories/", {"name": "Screens", "parent": top["id"]}).json()
        assert (one["parent"]["name"], one["position"], two["position"]) == ("Devices", 1, 2)
        assert alex.patch(f"setup/categories/{two['id']}/", {"position": 1}).json()["position"] == 1
        refused = alex.patch(f"setup/categories/{top['id']}/", {"parent": "Printers"})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["parent"])
        assert alex.delete(f"setup/categories/{top['id']}/").status_code == 409
        assert alex.delete(f"setup/categories/{one['id']}/").status_code == 204
        assert set(Category.objects.values_list("name", flat=True)) == {"Devices", "Screens"}


class TestAnnouncements:
    def test_one_is_told_for_a_while(self, world, alex):
        body = {"titles": {"en": "Planned work"}, "texts": {"en": "From 8 to 10.\nOn Sunday."}, "level": "maintenance"}
        added = alex.post("setup/announcements/", body)
        assert added.status_code == 201, added.content
        shown, path = added.json(), f"setup/announcements/{added.json()['id']}/"
        assert (shown["language"], shown["texts"], shown["audience"]) == ("en", body["texts"], "everybody")
        assert alex.patch(path, {"is_active": False}).json() == {**shown, "is_active": False}

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "titles"),
            ({"titles": {"de": "Arbeiten"}}, "titles"),
            ({"titles": {"en": "Work"}, "texts": {"de": "Am Sonntag"}}, "texts"),
            (
                {"titles": {"en": "Work"}, "starts_at": "2027-01-02T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z"},
                "ends_at",
            ),
            ({"titles": {"en": "Work"}, "level": "panic"}, "level"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, alex, sent, field):
        answer = alex.post("setup/announcements/", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert not Announcement.objects.exists()


class TestTheMatrix:
    def test_cells_that_are_not_named_stay(self, world, alex):
        before, seen = cells(), alex.get("setup/priority-matrix/")
        assert len(seen.json()) == len(before) == 9
        body = {"cells": [{"impact": 1, "urgency": 1, "priority": "5 very high"}]}
        changed = alex.patch("setup/priority-matrix/", body, headers={"If-Match": seen["ETag"]})
        assert changed.status_code == 200, changed.content
        assert {place for place, priority in cells().items() if priority != before[place]} == {(1, 1)}
        assert alex.patch("setup/priority-matrix/", body, headers={"If-Match": seen["ETag"]}).status_code == 412
        wrong = {"cells": [{"impact": 4, "urgency": 1, "priority": "5 very high"}]}
        assert alex.patch("setup/priority-matrix/", wrong).status_code == 400


class TestLimitsOfMail:
    def test_they_are_shown_and_changed(self, world, alex):
        seen = alex.get("mail/limits/")
        assert (seen.json()["storm_of_sender"], seen.json()["storm_never"]) == (50, [])
        body = {"storm_of_sender": 100, "storm_never": ["monitoring.demo.example", "robot@demo.example"]}
        changed = alex.patch("mail/limits/", body, headers={"If-Match": seen["ETag"]})
        assert changed.json() == {**seen.json(), **body}
        assert MailRules.objects.get().storm_never == "monitoring.demo.example\nrobot@demo.example"
        assert alex.patch("mail/limits/", body, headers={"If-Match": seen["ETag"]}).status_code == 412
        for wrong in ({"storm_minutes": 0}, {"never_send_to": ["everybody"]}, {"answers_new": "yes"}):
            assert alex.patch("mail/limits/", wrong).status_code == 400
        assert ConfigChange.objects.filter(kind="mail.mailrules").count() == 1


class TestRemoving:
    def test_an_sla_that_was_never_promised(self, world, alex):
        free, used = (save_policy(Policy(name=name), [], by=world.alex) for name in ("Free", "Used"))
        hours_of_queue(world.support, policy=used)
        assert alex.delete(f"slas/{used.pk}/").status_code == 409
        assert alex.delete(f"slas/{free.pk}/", headers={"If-Match": '"old"'}).status_code == 412
        assert alex.delete(f"slas/{free.pk}/").status_code == 204
        assert list(Policy.objects.values_list("name", flat=True)) == ["Used"]

    def test_a_calendar_by_which_nothing_counts(self, world, alex):
        free, used = (save_calendar(Calendar(name=name, zone="UTC"), by=world.alex) for name in ("Free", "Used"))
        save_policy(Policy(name="Standard", calendar=used), [], by=world.alex)
        assert alex.delete(f"calendars/{used.pk}/").status_code == 409
        assert alex.delete(f"calendars/{free.pk}/").status_code == 204
        assert not Calendar.objects.filter(pk=free.pk).exists()


class TestTheAudit:
    def test_it_says_what_was_and_is_and_by_which_program(self, world, alex):
        alex.patch(f"setup/queues/{world.support.pk}/", {"description": "One"})
        asked = {"kind": "tickets.queue", "object": world.support.pk, "person": world.alex.email}
        (line,) = alex.get("setup/audit/", asked).json()["results"]
        assert (line["action"], line["through"].startswith("robot")) == ("changed", True)
        assert (line["before"]["description"], line["after"]["description"]) == ("", "One")
        assert alex.get(f"setup/audit/{line['id']}/").json() == line
        assert alex.get("setup/audit/", {**asked, "since": "2100-01-01"}).json()["results"] == []
        assert alex.get("setup/audit/", {**asked, "person": "bea@demo.example"}).json()["results"] == []
        for ends in ({"until": "9999-12-31"}, {"since": "0001-01-01"}):
            assert len(alex.get("setup/audit/", {**asked, **ends}).json()["results"]) == 1
        assert alex.get("setup/audit/", {"color": "red"}).status_code == 400

    def test_the_helpdesk_itself_has_no_address(self, world, alex):
        system = ConfigChange.objects.filter(actor__system_key__isnull=False).first()
        assert alex.get(f"setup/audit/{system.pk}/").json()["actor"]["email"] is None

    def test_secrets_stay_out(self, world, alex):
        body = {"name": "Relay", "host": "smtp.demo.example", "username": "u", "password": "hush-hush"}
        alex.post("mail/servers/", body)
        assert "hush-hush" not in alex.get("setup/audit/", {"kind": "mail.server"}).content.decode()


@pytest.mark.parametrize("path", LISTS)
def test_only_administrators_know_that_these_are_there(world, bea, program, path):
    for who in (bea, program(world.dana)):
        assert {who.get(f"setup/{path}").status_code, who.post(f"setup/{path}").status_code} <= {404, 405}


MANY = {
    "setup/people/": {"email": "p{}@demo.example", "name": "P{}", "is_agent": True, "roles": ["Support team"]},
    "setup/skills/": {"name": "S{}", "agents": [{"person": "bea@demo.example", "level": 1}]},
    "setup/web-forms/": {"name": "W{}", "queue": "Support", "questions": [{"field": "floor"}]},
    "setup/categories/": {"name": "C{}"},
    "setup/announcements/": {"titles": {"en": "A{}"}},
    "mail/filters/": {"name": "F{}", "conditions": [{"part": "body", "test": "is", "value": "x"}], "queue": "Support"},
    "mail/servers/": {"name": "S{}", "host": "smtp.demo.example", "queues": ["Support"]},
}


@pytest.mark.parametrize("path", MANY)
def test_lists_cost_the_same_for_many(world, alex, path, django_assert_num_queries):
    FieldDefinition.objects.create(key="floor", label="Floor", kind="text")

    def add(number: int) -> None:
        body = {k: v.format(number) if isinstance(v, str) else v for k, v in MANY[path].items()}
        body |= {"titles": {"en": f"A{number}"}} if "titles" in body else {}
        answer = alex.post(path, body)
        assert answer.status_code == 201, answer.content

    for number in range(2):
        add(number)
    with CaptureQueriesContext(connection) as few:
        alex.get(path)
    number_for_two = len(few)
    for number in range(2, 8):
        add(number)
    with django_assert_num_queries(number_for_two):
        assert len(alex.get(path).json()["results"]) >= 8
    if path == "setup/people/":
        with CaptureQueriesContext(connection) as agents:
            assert len(alex.get("setup/agents/").json()["results"]) >= 8
        assert len(agents) <= number_for_two + 2
