"""The panel of a step: another kind, whether an event at the border ends its step, when a field is asked."""

import json

import pytest
from django.urls import reverse

from processes import kinds
from processes.actions import configuring
from processes.checking import problems_of
from processes.drawing import Kind, Trigger
from processes.editing import laid_out
from processes.models import Process
from processes.plans import drawing_of
from processes.reading import read_drawing
from tests.processes.drawings import QUEUE, acting, drawing, end, error, line, node, span, start, tag, way, ways, work
from tickets.customfields import forget_kinds
from tickets.models import FieldDefinition

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def alex(world, signed_in):
    return signed_in(world.alex)


def draft(xml, world):
    return configuring.create(Process(key="draft", name="Draft"), xml=laid_out(xml), by=world.alex)


def url(process, element, **more):
    query = "&".join(f"{key}={value}" for key, value in {"element": element, **more}.items())
    return f"{reverse('setup:process_step', args=[process.pk])}?{query}"


def seen(process):
    return {"seen": process.versions.order_by("-number").first().pk}


def element(process, id):
    return drawing_of(process.versions.order_by("-number").first()).by_id[id]


def changed(xml, id, key):
    return read_drawing(kinds.with_kind(xml, read_drawing(xml), id, key)).by_id[id]


@pytest.mark.parametrize(
    ("key", "kind", "trigger"),
    [
        ("manual", Kind.MANUAL, Trigger.NONE),
        ("service", Kind.SERVICE, Trigger.NONE),
        ("receive", Kind.RECEIVE, Trigger.MESSAGE),
        ("call", Kind.CALL, Trigger.NONE),
    ],
)
def test_a_step_becomes_another_and_keeps_its_name_and_ways(key, kind, trigger):
    xml = line(work("A", {**QUEUE, "due": {"after": "2d"}, "form": [{"field": "x"}]}), work("B"))
    now = changed(xml, "A", key)
    assert (now.kind, now.trigger, now.name) == (kind, trigger, "A")
    assert set(now.settings) == ({"who", "due"} if key == "manual" else set())


@pytest.mark.parametrize("key", list(kinds.GATEWAYS))
def test_a_gateway_becomes_another(key):
    xml = drawing(
        start(), node("exclusiveGateway", "G", default="G_E"), work("A"), end(), ways("S>G", "G>E", "A>E"),
        way("G>A", {"field": "title", "is": "x"}),
    )  # fmt: skip
    assert kinds.key_of(changed(xml, "G", key)) == key


@pytest.mark.parametrize("key", list(kinds.BORDERS))
def test_an_event_at_the_border_becomes_another(key):
    late = node("boundaryEvent", "L", {"timer": {"after": "2d"}}, "<bpmn:timerEventDefinition />", attachedToRef="A")
    xml = drawing(start(), work("A"), late, work("B"), end(), ways("S>A", "A>E", "L>B", "B>E"))
    now = changed(xml, "L", key)
    assert (kinds.key_of(now), now.attached_to) == (key, "A")
    assert bool(now.settings.get("timer")) == (key == "timer")


@pytest.mark.parametrize("key", list(kinds.ENDS))
def test_an_end_becomes_another(key):
    declared, defined = error("broken")
    xml = drawing(start(), work("A"), end(inside=defined), ways("S>A", "A>E"), before=declared)
    assert kinds.key_of(changed(xml, "E", key)) == key


@pytest.mark.parametrize("foreign", ["task", "scriptTask", "businessRuleTask"])
def test_a_step_of_another_tool_becomes_one_that_runs(foreign):
    inside = "<bpmn:script>rm()</bpmn:script>" if foreign == "scriptTask" else ""
    attributes = {"scriptFormat": "groovy"} if inside else {}
    xml = line(node(foreign, "A", inside=inside, name="Theirs", **attributes), work("B"))
    assert read_drawing(xml).by_id["A"].kind is Kind.OTHER
    made = kinds.with_kind(xml, read_drawing(xml), "A", "user")
    assert (read_drawing(made).by_id["A"].kind, "script" in made) == (Kind.USER, False)
    assert [problem.code for problem in problems_of(read_drawing(made))] == ["who"]


def test_what_cannot_become_that_stays(world):
    xml = line(work("A"))
    with pytest.raises(KeyError):
        kinds.with_kind(xml, read_drawing(xml), "A", "exclusive")


def test_the_panel_changes_the_kind_whatever_the_old_one_lacks(alex, world):
    process = draft(line(acting("A", tag("x")), work("B")), world)
    page = alex.get(url(process, "A"), headers=PART).content.decode()
    assert 'name="kind"' in page
    answer = alex.post(url(process, "A"), {"name": "Ask", "kind": "user", **seen(process)}, headers=PART)
    assert answer.status_code == 200
    now = element(process, "A")
    assert (now.kind, now.name, dict(now.settings)) == (Kind.USER, "Ask", {})
    assert json.loads(answer["HX-Trigger"])["process:changed"] == {"element": "A"}
    assert 'name="who"' in answer.content.decode()


def test_the_panel_says_whether_the_border_ends_the_step(alex, world):
    late = node("boundaryEvent", "L", {"timer": {"after": "2d"}}, span("PT1H"), attachedToRef="A", name="Late")
    process = draft(drawing(start(), work("A"), late, work("B"), end(), ways("S>A", "A>E", "L>B", "B>E")), world)
    asked = {"name": "Late", "kind": "timer", "timer": "after", "after": "2d"}
    assert alex.post(url(process, "L"), {**asked, **seen(process)}, headers=PART).status_code == 200
    assert not element(process, "L").interrupts
    alex.post(url(process, "L"), {**asked, "interrupts": "on", **seen(process)}, headers=PART)
    assert element(process, "L").interrupts


@pytest.fixture
def asking(world):
    for key, kind in (("amount", "number"), ("reason", "text")):
        FieldDefinition.objects.create(key=key, label=key.capitalize(), kind=kind)
    forget_kinds()
    return draft(
        line(work("A", {**QUEUE, "form": [{"field": "amount"}, {"field": "reason", "required": True}]})), world
    )


def row(place, field, operator, value):
    return {"row": [f"{place} leaf"], f"field-{place}": field, f"op-{place}": operator, f"value-{place}": value}


def test_a_field_is_asked_upon_a_whole_condition(alex, asking):
    rows = {
        "kind-0": "any",
        "row": ["0.0 leaf", "0.1 leaf"],
        **{k: v for k, v in row("0.0", "field.amount", "above", "100").items() if k != "row"},
        **{k: v for k, v in row("0.1", "title", "contains", "urgent").items() if k != "row"},
    }
    answer = alex.post(url(asking, "A", field="reason"), {**rows, **seen(asking)}, headers=PART)
    assert answer.status_code == 200
    form = element(asking, "A").settings["form"]
    wanted = {"any": [{"field": "field.amount", "above": 100}, {"field": "title", "contains": "urgent"}]}
    assert form == [{"field": "amount"}, {"field": "reason", "required": True, "shown_when": wanted}]
    # back at the step, with the condition in words
    assert "Only asked when" in answer.content.decode()
    alex.post(url(asking, "A", field="reason"), {"kind-0": "all", **seen(asking)}, headers=PART)
    assert "shown_when" not in element(asking, "A").settings["form"][1]


def test_the_step_is_saved_on_the_way_to_the_condition(alex, asking):
    data = {"name": "Ask", "kind": "user", "mode": "form", "who": "queue", "fields-row": ["0 amount", "1 reason"]}
    answer = alex.post(url(asking, "A"), {**data, "then": "reason", **seen(asking)}, headers=PART)
    assert "When “Reason” is asked" in answer.content.decode()
    assert element(asking, "A").name == "Ask"
    plain = alex.post(url(asking, "A"), {**data, "then": "reason", **seen(asking)})
    assert plain["Location"].endswith("?element=A&field=reason")
    assert "When “Reason” is asked" in alex.get(plain["Location"]).content.decode()


def test_a_row_that_says_nothing_is_told_and_nothing_is_saved(alex, asking):
    before = asking.versions.get().xml
    data = {"kind-0": "all", **row("0.0", "field.amount", "above", ""), **seen(asking)}
    assert alex.post(url(asking, "A", field="reason"), data, headers=PART).status_code == 422
    assert asking.versions.get().xml == before


def test_saving_a_step_keeps_the_conditions_of_its_fields(alex, asking, world):
    alex.post(
        url(asking, "A", field="reason"),
        {"kind-0": "all", **row("0.0", "field.amount", "above", "100"), **seen(asking)},
        headers=PART,
    )
    kept = element(asking, "A").settings["form"][1]["shown_when"]
    data = {"name": "A", "kind": "user", "mode": "form", "who": "owner", "fields-row": ["0 amount", "1 reason"]}
    alex.post(url(asking, "A"), {**data, **seen(asking)}, headers=PART)
    settings = element(asking, "A").settings
    assert (settings["who"], settings["form"][1]["shown_when"]) == ({"kind": "owner"}, kept)
