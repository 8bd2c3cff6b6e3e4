"""Who works here, set up by programs: roles and rights, people with accounts, skills and what agents are given."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import ConfigChange, Role, User
from automation.models import AgentSkill, PriorityWeight, Skill, SkillRule
from tests.factories import PersonFactory, TicketFactory
from tickets.models import Chore
from tickets.rights import RIGHTS, rights_of

PATHS = [
    *("setup/roles/", "setup/people/", "setup/agents/", "setup/skills/", "setup/skill-rules/", "setup/work-points/"),
]


@pytest.fixture
def alex(world, program):
    """An administrator."""
    return program(world.alex)


def may(person: User, queue, right: str) -> bool:
    return rights_of(User.objects.get(pk=person.pk)).covers(queue.pk, right)


class TestRoles:
    BODY = {  # noqa: RUF012
        "name": "Field service",
        "members": ["carlos@demo.example"],
        "edits_people": True,
        "rights": [{"queue": "Billing", "rights": ["read", "note"]}, {"queue": "Billing", "rights": ["create"]}],
    }

    def test_a_role_gives_its_members_rights_from_now_on(self, world, alex):
        assert not may(world.carlos, world.billing, "note")
        added = alex.post("setup/roles/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert [one["email"] for one in shown["members"]] == ["carlos@demo.example"]
        assert (shown["edits_people"], shown["writes_articles"]) == (True, False)
        assert [(one["queue"]["name"], one["rights"]) for one in shown["rights"]] == [
            ("Billing", ["read", "create", "note"])
        ]
        assert may(world.carlos, world.billing, "note")
        lines = ConfigChange.objects.filter(kind="accounts.role", object_id=str(shown["id"]))
        assert {line.through.partition(" ")[0] for line in lines} == {"robot"}

    def test_what_is_not_named_stays_and_lists_are_replaced_as_a_whole(self, world, alex):
        path = f"setup/roles/{alex.post('setup/roles/', self.BODY).json()['id']}/"
        changed = alex.patch(path, {"description": "Drive out"}).json()
        assert (len(changed["members"]), changed["edits_people"], len(changed["rights"])) == (1, True, 1)
        changed = alex.patch(path, {"members": [], "rights": [{"queue": "Support", "rights": ["write"]}]}).json()
        assert (changed["members"], [one["queue"]["name"] for one in changed["rights"]]) == ([], ["Support"])
        assert not may(world.carlos, world.billing, "read")

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "name"),
            ({"name": "Support team"}, "name"),
            ({"name": "A", "members": ["dana@acme.example"]}, "members"),
            ({"name": "A", "members": ["nobody@nowhere.example"]}, "members"),
            ({"name": "A", "rights": [{"queue": "Nowhere", "rights": ["read"]}]}, "rights"),
            ({"name": "A", "rights": [{"queue": "Support", "rights": ["fly"]}]}, "rights"),
            ({"name": "A", "rights": [{"queue": "Support"}]}, "rights"),
            ({"name": "A", "is_staff": True}, "is_staff"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        before = Group.objects.count(), Role.objects.count(), ConfigChange.objects.count()
        answer = alex.post("setup/roles/", sent)
        assert (answer.status_code, [at.partition(".")[0] for at in answer.json()["errors"]]) == (400, [field]), (
            answer.content
        )
        assert (Group.objects.count(), Role.objects.count(), ConfigChange.objects.count()) == before

    def test_what_somebody_has_changed_in_the_table_of_rights_is_not_overwritten(self, world, alex):
        path = f"setup/roles/{world.support_role.role.pk}/"
        seen = alex.get(path)["ETag"]
        granted = {"granted": [{"role": "Support team", "rights": ["read"]}]}
        assert alex.patch(f"setup/queues/{world.billing.pk}/rights/", granted).status_code == 200
        assert alex.patch(path, {"description": "x"}, headers={"If-Match": seen}).status_code == 412

    def test_the_list_costs_the_same_for_many(self, world, alex, django_assert_max_num_queries):
        for number in range(5):
            alex.post("setup/roles/", {**self.BODY, "name": f"Role {number}"})
        with django_assert_max_num_queries(12):
            assert len(alex.get("setup/roles/").json()["results"]) >= 7


class TestQueueRights:
    def test_it_says_who_has_which_right_and_why(self, world, alex):
        shown = alex.get(f"setup/queues/{world.hardware.pk}/rights/").json()
        assert shown["granted"] == []
        holder = next(one for one in shown["holders"] if one["person"]["email"] == "bea@demo.example")
        assert holder["rights"] == list(RIGHTS)
        assert [(way["right"], way["queue"]["name"], way["role"]) for way in holder["ways"]] == [
            ("write", "Support", "Support team")
        ]

    def test_roles_that_are_not_named_keep_what_they_have(self, world, alex):
        path = f"setup/queues/{world.support.pk}/rights/"
        before = {one["role"]["name"]: one["rights"] for one in alex.get(path).json()["granted"]}
        assert before
        changed = alex.patch(path, {"granted": [{"role": "Billing team", "rights": ["note", "read"]}]})
        assert changed.status_code == 200, changed.content
        now = {one["role"]["name"]: one["rights"] for one in changed.json()["granted"]}
        assert now == {**before, "Billing team": ["read", "note"]}
        alex.patch(path, {"granted": [{"role": "Billing team", "rights": []}]})
        assert {one["role"]["name"]: one["rights"] for one in alex.get(path).json()["granted"]} == before
        line = ConfigChange.objects.filter(kind="tickets.queue").latest("pk")
        assert line.before["rights"]["Billing team"] == ["read", "note"]

    def test_only_what_was_seen_is_changed(self, world, alex):
        path = f"setup/queues/{world.support.pk}/rights/"
        seen, body = alex.get(path)["ETag"], {"granted": [{"role": "Billing team", "rights": ["read"]}]}
        assert alex.patch(path, body, headers={"If-Match": seen}).status_code == 200
        assert alex.patch(path, body, headers={"If-Match": seen}).status_code == 412
        assert alex.patch(path, {"granted": [{"role": "Nobody", "rights": []}]}).status_code == 400


class TestAccounts:
    BODY = {"email": "Gina@Demo.example", "name": "Gina Rossi", "is_agent": True, "roles": ["Support team"]}  # noqa: RUF012

    def test_a_colleague_is_added_invited_and_has_the_rights_of_the_role(self, world, alex):
        added = alex.post("setup/people/", self.BODY)
        assert added.status_code == 201, added.content
        shown = added.json()
        assert (shown["email"], shown["has_password"], shown["is_active"]) == ("gina@demo.example", False, True)
        assert [one["name"] for one in shown["roles"]] == ["Support team"]
        assert may(User.objects.get(pk=shown["id"]), world.support, "write")
        invited = alex.post(f"setup/people/{shown['id']}/invite/")
        assert (invited.status_code, "/welcome/" in invited.json()["link"]) == (200, True)

    def test_who_has_a_password_is_not_invited_by_a_program(self, world, alex):
        """A token opens what it opens: with such a link it would open everything that somebody else may."""
        PersonFactory(email="paul@demo.example", is_agent=True, password="demo")
        pk = User.objects.get(email="paul@demo.example").pk
        assert alex.post(f"setup/people/{pk}/invite/").status_code == 409
        assert User.objects.get(pk=pk).has_usable_password()

    def test_what_is_not_named_stays(self, world, alex):
        path = f"setup/people/{world.dana.pk}/"
        before = alex.get(path).json()
        assert before["organisation"]["name"] == "Acme"
        after = alex.patch(path, {"phone": "123", "further": ["d.miller@acme.example"]}).json()
        assert after == {**before, "phone": "123", "further": ["d.miller@acme.example"]}
        assert alex.patch(path, {"organisation": None}).json()["organisation"] is None

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"name": "A"}, "email"),
            ({"email": "a@b.example"}, "name"),
            ({"email": "dana@acme.example", "name": "A"}, "email"),
            ({"email": "a@b.example", "name": "A", "further": ["dana@acme.example"]}, "further"),
            ({"email": "a@b.example", "name": "A", "organisation": "Nowhere"}, "organisation"),
            ({"email": "a@b.example", "name": "A", "roles": ["Nowhere"]}, "roles"),
            ({"email": "a@b.example", "name": "A", "time_zone": "Mars"}, "time_zone"),
            ({"email": "a@b.example", "name": "A", "password": "secret"}, "password"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        before = User.objects.count(), ConfigChange.objects.count()
        answer = alex.post("setup/people/", sent)
        assert (answer.status_code, [at.partition(".")[0] for at in answer.json()["errors"]]) == (400, [field]), (
            answer.content
        )
        assert (User.objects.count(), ConfigChange.objects.count()) == before

    def test_nobody_locks_himself_out(self, world, alex):
        path = f"setup/people/{world.alex.pk}/"
        for sent in ({"is_administrator": False}, {"is_active": False, "confirmed": True}):
            assert alex.patch(path, sent).status_code == 400
        assert alex.post(f"{path}deactivate/", {"confirmed": True}).status_code == 400
        assert User.objects.get(pk=world.alex.pk).is_active

    def test_who_leaves_hands_over(self, world, alex):
        TicketFactory(queue=world.support, owner=world.bea)
        path = f"setup/people/{world.bea.pk}/deactivate/"
        refused = alex.post(path, {})
        assert (refused.status_code, bool(refused.json()["leaning"])) == (409, True)
        assert list(alex.post(path, {"tickets": "heir", "confirmed": True}).json()["errors"]) == ["heir"]
        assert User.objects.get(pk=world.bea.pk).is_active
        done = alex.post(path, {"tickets": "heir", "heir": "carlos@demo.example", "confirmed": True})
        assert (done.status_code, done.json()["is_active"]) == (200, False)
        assert Chore.objects.get(kind=Chore.Kind.HANDOVER).data["other"] == world.carlos.pk

    def test_sessions_end(self, world, alex):
        assert alex.post(f"setup/people/{world.bea.pk}/sign-out/").status_code == 204
        assert User.objects.get(pk=world.bea.pk).signed_out_at

    def test_they_are_found(self, world, alex):
        def found(**asked: str) -> list[str]:
            return [one["email"] for one in alex.get("setup/people/", asked).json()["results"]]

        assert found(q="dan") == ["dana@acme.example"]
        assert "dana@acme.example" not in found(kind="agents")
        assert found(active="false") == []
        assert alex.get("setup/people/", {"kind": "robots"}).status_code == 400
        assert world.alex.email in found(kind="administrators")


class TestSkills:
    def test_a_skill_and_who_has_it(self, world, alex):
        body = {"name": "Networks", "agents": [{"person": "bea@demo.example", "level": 4}]}
        added = alex.post("setup/skills/", body)
        assert added.status_code == 201, added.content
        path = f"setup/skills/{added.json()['id']}/"
        assert [(one["person"]["email"], one["level"]) for one in added.json()["agents"]] == [("bea@demo.example", 4)]
        assert len(alex.patch(path, {"name": "Cables"}).json()["agents"]) == 1
        changed = alex.patch(path, {"agents": [{"person": "carlos@demo.example", "level": 1}]}).json()
        assert [one["person"]["email"] for one in changed["agents"]] == ["carlos@demo.example"]
        skills = [line.after["skills"] for line in ConfigChange.objects.filter(kind="accounts.user").order_by("pk")]
        assert {"Cables": 0} in skills and {"Cables": 1} in skills
        assert alex.delete(path).status_code == 204
        assert not AgentSkill.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "name"),
            ({"name": "linux"}, "name"),
            ({"name": "A", "language": "xx"}, "language"),
            ({"name": "A", "agents": [{"person": "dana@acme.example", "level": 1}]}, "agents"),
            ({"name": "A", "agents": [{"person": "bea@demo.example", "level": 6}]}, "agents"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        Skill.objects.create(name="Linux")
        answer = alex.post("setup/skills/", sent)
        assert (answer.status_code, [at.partition(".")[0] for at in answer.json()["errors"]]) == (400, [field]), (
            answer.content
        )
        assert (Skill.objects.count(), AgentSkill.objects.count()) == (1, 0)

    def test_requirements_have_an_order(self, world, alex):
        skill = Skill.objects.create(name="Linux")
        body = {"name": "Servers", "condition": {"field": "title", "contains": "server"}}
        first = alex.post("setup/skill-rules/", {**body, "skills": [{"skill": "Linux", "level": 2}]})
        assert first.status_code == 201, first.content
        second = alex.post("setup/skill-rules/", {"name": "All", "skills": [{"skill": skill.pk, "level": 1}]}).json()
        assert (second["position"], second["condition"]) == (2, {"all": []})
        assert alex.patch(f"setup/skill-rules/{second['id']}/", {"position": 1}).json()["position"] == 1
        assert [one["name"] for one in alex.get("setup/skill-rules/").json()["results"]] == ["All", "Servers"]
        refused = alex.post("setup/skill-rules/", {**body, "name": "None", "skills": []})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["skills"])
        broken = {"name": "B", "condition": {"field": "x"}, "skills": [{"skill": "Linux", "level": 2}]}
        assert list(alex.post("setup/skill-rules/", broken).json()["errors"]) == ["condition"]
        assert alex.delete(f"setup/skill-rules/{second['id']}/").status_code == 204
        assert SkillRule.objects.count() == 1

    def test_points_of_work(self, world, alex):
        before = alex.get("setup/work-points/")
        assert {one["points"] for one in before.json()} == {1}
        body = {"points": [{"priority": "5 very high", "points": 3}]}
        after = alex.patch("setup/work-points/", body, headers={"If-Match": before["ETag"]})
        assert [one["points"] for one in after.json()].count(3) == 1
        assert alex.patch("setup/work-points/", body, headers={"If-Match": before["ETag"]}).status_code == 412
        assert alex.patch("setup/work-points/", {"points": [{"priority": 1, "points": 101}]}).status_code == 400
        assert PriorityWeight.objects.get().weight == 3


class TestAgents:
    def test_what_an_agent_is_given(self, world, alex):
        Skill.objects.create(name="Linux")
        path = f"setup/agents/{world.bea.pk}/"
        assert alex.get(path).json()["limit"] is None
        away = {"away_from": "2027-07-05", "away_until": "2027-07-09", "substitute": "carlos@demo.example"}
        body = {"limit": 12, "skills": [{"skill": "Linux", "level": 3}], **away}
        changed = alex.patch(path, body)
        assert changed.status_code == 200, changed.content
        shown = changed.json()
        assert (shown["limit"], shown["away_until"], shown["substitute"]["id"]) == (12, "2027-07-09", world.carlos.pk)
        assert [(one["skill"]["name"], one["level"]) for one in shown["skills"]] == [("Linux", 3)]
        assert alex.patch(path, {"is_available": False}).json() == {**shown, "is_available": False}
        assert alex.patch(path, {"skills": []}).json()["skills"] == []

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"away_until": "2027-07-09"}, "away_from"),
            ({"away_from": "2027-07-09", "away_until": "2027-07-08"}, "away_until"),
            ({"substitute": "bea@demo.example"}, "substitute"),
            ({"substitute": "dana@acme.example"}, "substitute"),
            ({"limit": -1}, "limit"),
            ({"calendar": "Nowhere"}, "calendar"),
            ({"skills": [{"skill": "Nothing", "level": 1}]}, "skills"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, world, alex, sent, field):
        path = f"setup/agents/{world.bea.pk}/"
        before = alex.get(path).json(), ConfigChange.objects.count()
        answer = alex.patch(path, {"limit": 3, **sent})
        assert (answer.status_code, [at.partition(".")[0] for at in answer.json()["errors"]]) == (400, [field]), (
            answer.content
        )
        assert (alex.get(path).json(), ConfigChange.objects.count()) == before

    def test_only_agents_are_there(self, world, alex):
        assert alex.get(f"setup/agents/{world.dana.pk}/").status_code == 404
        assert [one["email"] for one in alex.get("setup/agents/", {"q": "bea"}).json()["results"]] == [
            "bea@demo.example"
        ]


@pytest.mark.parametrize("path", PATHS)
def test_only_administrators_know_that_these_are_there(world, bea, program, path):
    for who in (bea, program(world.dana)):
        assert {who.get(path).status_code, who.post(path).status_code} <= {404, 405}
