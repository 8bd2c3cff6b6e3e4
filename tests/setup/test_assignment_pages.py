"""The pages of assignment: the policy of a queue, the table of skills, what tickets need, what agents take on."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConfigChange, User
from automation.models import (
    AgentProfile,
    AgentSkill,
    Method,
    PriorityWeight,
    QueueAssignment,
    Skill,
    SkillRule,
    Waiting,
)
from sla.configuring import save_calendar
from sla.models import Calendar
from tests.factories import AgentFactory, TicketFactory
from tests.setup.test_queue_service import sent
from tickets.actions.queues import save_queue
from tickets.models import Priority, Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(world, signed_in):
    return signed_in(world.alex)


@pytest.fixture
def linux(world) -> Skill:
    return Skill.objects.create(name="Linux")


def newest() -> ConfigChange:
    return ConfigChange.objects.latest("pk")


# ---- all queues together


def test_one_page_says_how_every_queue_gives_its_tickets(page, world, queries):
    role = world.support_role.role
    QueueAssignment.objects.create(
        queue=world.support, method=Method.LEAST_LOAD, role=role, limit=7, sticky_days=30, by_skills=True
    )
    ticket = TicketFactory(queue=world.hardware, customer=world.dana)
    Waiting.objects.create(ticket=ticket)
    url = reverse("setup:assignment_queues")
    text = page.get(url).content.decode()
    rows = {place: row for row in text.split("<tr>") for place in re.findall(r'medium" href="[^"]+">([^<]+)<', row)}
    assert list(rows) == ["Billing", "Support", "Support › Hardware"]
    assert "by hand" in rows["Billing"]
    for words in ("Whoever has the least to do", str(role), "At most 7 points", "for 30 days", "with the skills"):
        assert words in rows["Support"]
        assert words in rows["Support › Hardware"]
    assert "as Support says" in rows["Support › Hardware"]
    assert "as Support says" not in rows["Support"]
    assert re.search(r"Waiting for somebody\">1<", rows["Support › Hardware"])
    with queries() as before:
        page.get(url)
    save_queue(Queue(name="More", parent=world.hardware), by=world.alex)
    with queries() as after:
        page.get(url)
    assert len(after) == len(before)
    QueueAssignment.objects.create(queue=world.hardware, method=Method.MANUAL)
    text = page.get(url).content.decode()
    assert text.count("as Support › Hardware says") == 1


# ---- the policy of a queue


def policy(page, queue, **values) -> dict:
    """What the page of the queue sends, with these values of the panel."""
    text = page.get(reverse("setup:queue", args=[queue.pk])).content.decode()
    seen = re.search(r'name="assignment-seen" value="(\d*)"', text)[1]
    return sent(queue, **{"assignment-seen": seen, **{f"assignment-{name}": value for name, value in values.items()}})


def test_a_queue_gets_a_policy(page, world):
    form = policy(page, world.support, method="round_robin", role="", limit="5", sticky_days="", by_skills="on")
    answer = page.post(reverse("setup:queue", args=[world.support.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    row = QueueAssignment.objects.get()
    assert (row.queue, row.method, row.limit, row.sticky_days, row.by_skills) == (
        world.support,
        Method.ROUND_ROBIN,
        5,
        0,
        True,
    )
    change = ConfigChange.objects.get(kind="automation.queueassignment")
    assert (change.action, change.after["method"]) == ("created", "round_robin")


def test_a_queue_that_says_nothing_does_as_the_one_above(page, world):
    QueueAssignment.objects.create(queue=world.support, method=Method.LEAST_LOAD)
    QueueAssignment.objects.create(queue=world.hardware, method=Method.MANUAL)
    url = reverse("setup:queue", args=[world.hardware.pk])
    assert "Whoever has the least to do, from Support" in page.get(url).content.decode()
    assert page.post(url, policy(page, world.hardware, method="")).status_code == 302
    assert list(QueueAssignment.objects.values_list("queue", flat=True)) == [world.support.pk]


def test_a_policy_that_somebody_else_changed_is_refused(page, world):
    form = policy(page, world.support, method="least_load")
    page.post(reverse("setup:queue", args=[world.support.pk]), policy(page, world.support, method="round_robin"))
    answer = page.post(reverse("setup:queue", args=[world.support.pk]), form)
    assert answer.status_code == 409
    assert QueueAssignment.objects.get().method == Method.ROUND_ROBIN


@pytest.mark.parametrize(("name", "value"), [("limit", "-1"), ("method", "dice"), ("sticky_days", "9999")])
def test_what_does_not_fit_is_refused(page, world, name, value):
    form = policy(page, world.support, **{"method": "round_robin", name: value})
    assert page.post(reverse("setup:queue", args=[world.support.pk]), form).status_code == 422
    assert not QueueAssignment.objects.exists()


# ---- skills


def test_levels_are_set_and_noted(page, world, linux):
    AgentSkill.objects.create(user=world.carlos, skill=linux, level=2)
    form = {
        "shown": f"{world.carlos.pk}:{linux.pk}:2",
        f"u{world.bea.pk}s{linux.pk}": "4",
        f"u{world.carlos.pk}s{linux.pk}": "",
    }
    assert page.post(reverse("setup:assignment"), form).status_code == 302
    assert list(AgentSkill.objects.values_list("user", "skill", "level")) == [(world.bea.pk, linux.pk, 4)]
    lines = {line.label: (line.before, line.after) for line in ConfigChange.objects.filter(after__has_key="skills")}
    assert lines == {
        "Bea Costa": ({"skills": {"Linux": 0}}, {"skills": {"Linux": 4}}),
        "Carlos Díaz": ({"skills": {"Linux": 2}}, {"skills": {"Linux": 0}}),
    }


def test_the_table_shows_agents_and_levels(page, world, linux):
    AgentSkill.objects.create(user=world.bea, skill=linux, level=3)
    text = page.get(reverse("setup:assignment")).content.decode()
    field = re.search(rf'<input[^>]*name="u{world.bea.pk}s{linux.pk}"[^>]*>', text)[0]
    assert 'value="3"' in field
    assert f'aria-labelledby="p{world.bea.pk} s{linux.pk}"' in field
    assert "Dana Miller" not in text
    assert "Carlos" not in page.get(reverse("setup:assignment"), {"q": "bea"}).content.decode()


def test_a_level_that_somebody_else_changed_is_refused_with_both(page, world, linux):
    AgentSkill.objects.create(user=world.bea, skill=linux, level=5)
    form = {"shown": "", f"u{world.bea.pk}s{linux.pk}": "1", f"u{world.carlos.pk}s{linux.pk}": "2"}
    answer = page.post(reverse("setup:assignment"), form)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Bea Costa has the skill Linux at level 5 now." in text
    assert f'value="{world.bea.pk}:{linux.pk}:5"' in text  # whoever has read it may save again
    assert AgentSkill.objects.get().level == 5


@pytest.mark.parametrize("text", ["6", "-1", "much", "1.5"])
def test_levels_go_from_one_to_five(page, world, linux, text):
    form = {"shown": "", f"u{world.bea.pk}s{linux.pk}": text, f"u{world.carlos.pk}s{linux.pk}": "2"}
    assert page.post(reverse("setup:assignment"), form).status_code == 422
    assert not AgentSkill.objects.exists()


def test_nobody_but_agents_gets_a_level(page, world, linux):
    form = {"shown": "", f"u{world.dana.pk}s{linux.pk}": "4", f"u{world.bea.pk}s999": "3"}
    assert page.post(reverse("setup:assignment"), form).status_code == 302
    assert not AgentSkill.objects.exists()


def test_the_table_asks_no_more_for_more_agents(page, world, linux, queries):
    def cost() -> int:
        with queries() as counted:
            page.get(reverse("setup:assignment"))
        return len(counted)

    cost()
    few = cost()
    for number in range(5):
        AgentSkill.objects.create(user=AgentFactory(), skill=linux, level=number % 5 + 1)
        Skill.objects.create(name=f"Skill {number}")
    assert cost() == few


def test_a_skill_is_made_renamed_and_removed(page, linux):
    form = {"name": "German", "language": "de", "is_active": "on"}
    assert page.post(reverse("setup:skill_new"), form).status_code == 302
    german = Skill.objects.get(language="de")
    assert page.post(reverse("setup:skill_new"), {**form, "name": "Deutsch"}).status_code == 422
    assert page.post(reverse("setup:skill_new"), {"name": "linux"}).status_code == 422
    rule = SkillRule.objects.create(name="Both", condition={"all": []}, wants={str(german.pk): 1, str(linux.pk): 2})
    assert page.post(reverse("setup:skill_remove", args=[german.pk])).status_code == 302
    rule.refresh_from_db()
    assert rule.wants == {str(linux.pk): 2}
    assert newest().action == "removed"


# ---- what tickets need

TAGGED = {
    "kind-0": "all",
    "row": "0.0 leaf",
    "field-0.0": "tags",
    "op-0.0": "contains",
    "value-0.0": "linux",
    "is_active": "on",
}


def test_a_rule_is_made(page, linux):
    form = {**TAGGED, "name": "Linux", f"skill-{linux.pk}": "3"}
    answer = page.post(reverse("setup:skill_rule_new"), form)
    assert answer.status_code == 302, answer.content.decode()
    rule = SkillRule.objects.get()
    assert (rule.name, rule.wants, rule.position) == ("Linux", {str(linux.pk): 3}, 1)
    assert rule.condition == {"all": [{"field": "tags", "contains": "linux"}]}
    text = page.get(reverse("setup:skill_rules")).content.decode()
    assert "Linux, level 3" in text


@pytest.mark.parametrize("change", [{"name": ""}, {"skill": ""}, {"value-0.0": ""}])
def test_a_rule_needs_a_name_a_skill_and_whole_conditions(page, linux, change):
    form = {**TAGGED, "name": "Linux", f"skill-{linux.pk}": change.pop("skill", "3"), **change}
    answer = page.post(reverse("setup:skill_rule_new"), form)
    assert answer.status_code == 422
    assert not SkillRule.objects.exists()


def test_a_condition_is_drawn_with_a_row_more(page, linux):
    form = {**TAGGED, "name": "Linux", "edit": "leaf 0"}
    answer = page.post(reverse("setup:skill_rule_new") + "?draw=rows", form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'name="field-0.1"' in answer.content.decode()
    assert not SkillRule.objects.exists()


def test_rules_change_places(page, linux):
    first, second = (
        SkillRule.objects.create(name=name, position=place, condition={"all": []}, wants={str(linux.pk): 1})
        for place, name in enumerate("ab", start=1)
    )
    page.post(reverse("setup:skill_rule_move", args=[second.pk]), {"to": "up"})
    assert list(SkillRule.objects.all()) == [second, first]
    assert page.post(reverse("setup:skill_rule_remove", args=[first.pk])).status_code == 302
    assert list(SkillRule.objects.all()) == [second]


def test_points_of_work(page):
    names = {f"priority-{priority.pk}": "1" for priority in Priority.objects.active()}
    high = Priority.objects.get(level=5)
    assert page.post(reverse("setup:weights"), {**names, f"priority-{high.pk}": "3"}).status_code == 302
    assert list(PriorityWeight.objects.values_list("priority", "weight")) == [(high.pk, 3)]
    assert page.post(reverse("setup:weights"), {**names, f"priority-{high.pk}": "101"}).status_code == 422


# ---- what one agent is given


def work(**values) -> dict[str, str]:
    return {"when_away": "keep", "is_available": "on", **values}


def test_the_work_of_an_agent(page, world):
    office = save_calendar(Calendar(name="Office", zone="UTC"), by=world.alex)
    url = reverse("setup:agent_work", args=[world.bea.pk])
    today = timezone.localdate()
    form = work(limit="8", calendar=office.pk, away_from=today, substitute=world.carlos.pk, when_away="stand_in")
    assert page.post(url, form).status_code == 302
    profile, bea = AgentProfile.objects.get(user=world.bea), User.objects.get(pk=world.bea.pk)
    assert (profile.limit, profile.calendar, profile.is_available, profile.when_away) == (8, office, True, "stand_in")
    assert (bea.away_from, bea.away_until, bea.substitute) == (today, None, world.carlos)
    change = ConfigChange.objects.filter(kind="accounts.user").latest("pk")
    assert (change.before["most_points"], change.after["most_points"], change.after["substitute"]["name"]) == (
        None,
        8,
        "Carlos Díaz",
    )
    assert "Office" in page.get(url).content.decode()


def test_a_page_of_an_agent_that_is_old_is_refused(page, world):
    url = reverse("setup:agent_work", args=[world.bea.pk])
    assert page.post(url, work(limit="8", seen="0")).status_code == 302
    answer = page.post(url, work(limit="2", seen="0"))
    assert answer.status_code == 409
    assert AgentProfile.objects.get().limit == 8


@pytest.mark.parametrize("change", [{"limit": "-1"}, {"away_until": "2026-12-24"}, {"when_away": "never"}])
def test_wrong_work_is_refused(page, world, change):
    answer = page.post(reverse("setup:agent_work", args=[world.bea.pk]), work(**change))
    assert answer.status_code == 422
    assert not AgentProfile.objects.exists()


def test_customers_have_no_work(page, world):
    assert page.get(reverse("setup:agent_work", args=[world.dana.pk])).status_code == 404


def test_the_audit_tells_of_all_of_it(page, world, linux):
    page.post(reverse("setup:agent_work", args=[world.bea.pk]), work(limit="8", when_away="stand_in"))
    page.post(reverse("setup:assignment"), {"shown": "", f"u{world.bea.pk}s{linux.pk}": "4"})
    page.post(reverse("setup:skill_rule_new"), {**TAGGED, "name": "Linux", f"skill-{linux.pk}": "3"})
    told = [
        page.get(reverse("setup:audit_change", args=[change.pk])).content.decode()
        for change in ConfigChange.objects.order_by("-pk")[:3]
    ]
    assert all("Linux, level" in text for text in told[:2])
    assert "The substitute has them meanwhile" in told[2]
    assert "most points of work at the same time" in told[2]
