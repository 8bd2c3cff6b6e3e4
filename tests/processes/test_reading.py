"""Drawings of strangers: what harms is refused, what cannot run is named, what other tools draw is read."""

import pytest
from django.urls import reverse

from processes.actions import configuring
from processes.checking import problems_of
from processes.drawing import Kind, Trigger
from processes.editing import blank, laid_out, with_condition, with_name, with_settings
from processes.reading import Unreadable, read_drawing
from tests.factories import AgentFactory
from tests.processes.drawings import HEAD, acting, drawing, end, line, node, span, start, tag, way, ways, work

pytestmark = pytest.mark.django_db

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    + ']><x name="&j;">&j;</x>'
)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (BOMB, "doctype"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "doctype"),
        ('<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:1/x.dtd"> %e;]><x/>', "doctype"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>', "doctype"),
        (BOMB.encode("utf-16"), "doctype"),
        ('<?xml version="1.0" encoding="UTF-16BE"?><x/>'.encode("utf-16-be"), "xml"),
        (b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-', "encoding"),
        ("<a>" * 60 + "</a>" * 60, "depth"),
        ("<a>" * 400, "xml"),
        ("<a>" + "<b/>" * 30_000 + "</a>", "size"),
        ("<a>" + " " * 1_100_000 + "</a>", "size"),
        ('<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></a>', "include"),
        (b"\xff\xfe\x00", "encoding"),
        (b"\x00\x01\x02", "xml"),
        ("", "xml"),
        ("no xml", "xml"),
        ("<svg/>", "bpmn"),
        (f"{HEAD}</bpmn:definitions>", "empty"),
        (drawing(start("S"), end("S")), "id"),
        (drawing(start("1<2"), end()), "xml"),
        (drawing(start("a b"), end()), "id"),
        (drawing(*(work(f"A{n}") for n in range(501))), "size"),
        (f'{HEAD}<bpmn:import importType="x" location="http://127.0.0.1/" namespace="n"/></bpmn:definitions>', "include"),
        (
            f'{HEAD}<bpmn:process id="A">{start("S1")}</bpmn:process><bpmn:process id="B">{start("S2")}</bpmn:process>'
            "</bpmn:definitions>",
            "several",
        ),
    ],
)  # fmt: skip
def test_T69_what_is_no_drawing_or_out_to_harm_is_refused_with_its_reason(source, code):
    with pytest.raises(Unreadable) as refused:
        read_drawing(source)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].text


def problems(xml):
    return [(problem.element, problem.code) for problem in problems_of(read_drawing(xml))]


CAMUNDA = HEAD.replace(
    "<bpmn:definitions ",
    '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ',
)
EFFECTS = '{"effects": [{"do": "tag", "tags": ["a"]}]}'


def foreign(attributes="", inside="", kind="serviceTask"):
    ours = f"<helpdesk:step>{EFFECTS}</helpdesk:step>" if kind == "serviceTask" else ""
    step = f'<bpmn:{kind} id="T" {attributes}><bpmn:extensionElements>{ours}{inside}</bpmn:extensionElements></bpmn:{kind}>'
    return f'{CAMUNDA}<bpmn:process id="P">{start()}{step}{end()}{ways("S>T", "T>E")}</bpmn:process></bpmn:definitions>'


@pytest.mark.parametrize(
    ("attributes", "inside"),
    [
        ('camunda:class="com.evil.Run"', ""),
        ('camunda:delegateExpression="bean"', ""),
        ('camunda:expression="run"', ""),
        ('camunda:type="external" camunda:topic="x"', ""),
        ('flowable:class="x"', ""),
        ("", '<camunda:executionListener class="x" event="start"/>'),
        (
            "",
            '<camunda:inputOutput><camunda:inputParameter name="a">${x}</camunda:inputParameter></camunda:inputOutput>',
        ),
        ("", "<camunda:connector/>"),
        ("", '<zeebe:taskDefinition type="x"/>'),
        ("", '<zeebe:ioMapping><zeebe:input source="=1" target="a"/></zeebe:ioMapping>'),
        ("", "<spiffworkflow:preScript>import os</spiffworkflow:preScript>"),
        ("", '<camunda:properties><camunda:property name="a" value="#{system}"/></camunda:properties>'),
        ('camunda:assignee="${initiator}"', ""),
    ],
)
def test_T58_code_of_other_tools_is_named_at_its_step_and_cannot_be_published(attributes, inside):
    assert ("T", "code") in problems(foreign(attributes, inside))


@pytest.mark.parametrize(
    ("attributes", "inside"),
    [
        ('camunda:asyncBefore="true" camunda:priority="3"', ""),
        ("", '<camunda:properties><camunda:property name="colour" value="red"/></camunda:properties>'),
        ("", '<zeebe:userTaskForm id="x"/>'),
    ],
)
def test_what_other_tools_only_note_is_no_problem(attributes, inside):
    assert problems(foreign(attributes, inside)) == []


@pytest.mark.parametrize(
    "kind", ["scriptTask", "businessRuleTask", "complexGateway", "transaction", "adHocSubProcess", "task"]
)
def test_what_cannot_run_is_named_with_what_to_draw_instead(kind):
    script = "<bpmn:script>import os; os.remove('x')</bpmn:script>" if kind == "scriptTask" else ""
    xml = drawing(start(), node(kind, "T", inside=script), end(), ways("S>T", "T>E"))
    found = [p for p in problems_of(read_drawing(xml)) if p.code == "unsupported"]
    assert [problem.element for problem in found] == ["T"]
    assert found[0].text


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (drawing(end()), {("", "start"), ("E", "incoming")}),
        (drawing(start(), start("S2"), end(), ways("S>E", "S2>E")), {("S2", "start")}),
        (drawing(start(), work("A"), ways("S>A")), {("", "end"), ("A", "outgoing")}),
        (drawing(start(), work("A"), end(), ways("S>E")), {("A", "incoming"), ("A", "outgoing")}),
        (drawing(start(), work("A"), end(), ways("S>A", "A>Nowhere")), {("A_Nowhere", "flow"), ("E", "incoming")}),
        (drawing(start(), work("A"), work("B"), end(), ways("S>A", "S>B", "A>E", "B>E")), {("S", "outgoing")}),
        (drawing(start(), node("exclusiveGateway", "G"), work("A"), end(), ways("S>G", "G>A", "G>E", "A>E")), {("G", "default"), ("G_A", "condition"), ("G_E", "condition")}),
        (drawing(start(), work("A"), end(), ways("A>E"), way("S>A", {"field": "title", "is": "x"})), {("S_A", "condition")}),
        (drawing(start(), node("boundaryEvent", "B", attachedToRef="Gone", inside=span("PT1H")), end(), end("F"), ways("S>E", "B>F")), {("B", "boundary"), ("F", "unreachable")}),
        (drawing(start(), work("A"), node("boundaryEvent", "B", attachedToRef="A", inside="<bpmn:errorEventDefinition/>"), end(), ways("S>A", "A>E", "B>E")), {("B", "boundary")}),
        (drawing(start(), work("A"), work("B"), end(), ways("S>E", "A>B", "B>A")), {("A", "unreachable"), ("B", "unreachable"), ("A", "circle")}),
        (line(node("intermediateCatchEvent", "T", inside=span("P1M"))), {("T", "timer")}),
        (line(node("intermediateCatchEvent", "T", inside="<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>")), {("T", "timer")}),
        (line(node("intermediateCatchEvent", "T", inside="<bpmn:signalEventDefinition/>")), {("T", "unsupported")}),
        (line(node("intermediateCatchEvent", "T")), {("T", "trigger")}),
        (line(node("intermediateCatchEvent", "T", inside="<bpmn:messageEventDefinition/>")), {("T", "message")}),
        (line(work("A", {})), {("A", "who")}),
        (line(work("A", {"who": {"kind": "agent", "person": "nobody@x.example"}})), {("A", "who")}),
        (line(work("A", {"who": {"kind": "role", "role": "Nobody"}})), {("A", "who")}),
        (line(work("A", {"who": {"kind": "queue"}, "form": [{"field": "gone"}]})), {("A", "form")}),
        (line(work("A", {"who": {"kind": "queue"}, "python": "import os"})), {("A", "extension")}),
        (line(work("A", {"approval": {"rule": "all", "by": []}})), {("A", "approval")}),
        (line(acting("A")), {("A", "effects")}),
        (line(acting("A", {"do": "python", "code": "x"})), {("A", "effects")}),
        (line(acting("A", {"do": "reply", "text": "{{ x.__class__ }}{% load x %}"})), {("A", "effects")}),
        (line(node("callActivity", "C", calledElement="nowhere")), {("C", "call")}),
        (line(node("userTask", "A", {"who": {"kind": "queue"}}, inside="<bpmn:multiInstanceLoopCharacteristics/>")), {("A", "multiple")}),
        (line(node("userTask", "A", {"who": {"kind": "queue"}}, inside="<bpmn:standardLoopCharacteristics/>")), {("A", "loop")}),
    ],
)  # fmt: skip
def test_every_problem_is_named_at_its_part(xml, expected):
    assert set(problems(xml)) == expected


MISSHAPEN = [
    {"form": 5},
    {"form": [5]},
    {"form": [{"field": {}}]},
    {"form": [{"field": "a", "help": 5}]},
    {"who": 5},
    {"who": {"kind": [1]}},
    {"who": {"kind": "agent", "person": "a\0@demo.example"}},
    {"who": {"kind": "agent", "person": "\ud800@demo.example"}},
    {"approval": 5},
    {"approval": {"by": 5}},
    {"approval": {"by": [5], "deadline": 5}},
    {"effects": 5},
    {"effects": [5]},
    {"effects": [{"do": [1]}]},
    {"text": 5, "due": 5},
    {"timer": None},
]


@pytest.mark.parametrize("settings", MISSHAPEN)
def test_settings_of_a_wrong_shape_are_left_out_and_named(settings):
    read = read_drawing(line(work("A", settings)))
    assert read.by_id["A"].settings == {}
    found = [problem for problem in read.problems if (problem.element, problem.code) == ("A", "extension")]
    assert len(found) == len(settings)


@pytest.mark.parametrize("settings", [*MISSHAPEN, {"approval": {"by": [{"kind": "person"}, {"kind": "field"}]}}])
def test_the_pages_show_what_cannot_be_read(client, settings):
    admin = AgentFactory(is_administrator=True)
    process = configuring.import_drawing(line(work("A", settings)), name="Strange", by=admin)
    client.force_login(admin)
    page = reverse("setup:process", args=[process.pk])
    for url in (page, f"{page}?view=list", f"{reverse('setup:process_step', args=[process.pk])}?element=A"):
        assert client.get(url).status_code == 200


def test_conditions_of_gateways_are_ours_and_name_what_there_is():
    gateway = node("exclusiveGateway", "G", default="G_E")
    for condition, ok in [
        ({"field": "step.A", "is": "done"}, True),
        ({"all": [{"field": "title", "contains": "x"}, {"not": {"field": "step.A", "in": ["done"]}}]}, True),
        ({"field": "step.Z", "is": "done"}, False),
        ({"field": "step.A", "above": 3}, False),
        ({"field": "__class__", "is": "x"}, False),
        ({"python": "1"}, False),
    ]:
        xml = drawing(
            start(), work("A"), gateway, work("B"), end(), ways("S>A", "A>G", "G>E", "B>E"), way("G>B", condition)
        )
        assert (problems(xml) == []) is ok, condition


def test_a_condition_of_another_tool_is_named_and_never_read():
    xml = drawing(
        start(), node("exclusiveGateway", "G", default="G_E"), work("B"), end(), ways("S>G", "G>E", "B>E"),
        '<bpmn:sequenceFlow id="G_B" sourceRef="G" targetRef="B"><bpmn:conditionExpression>${os.system("x")}'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )  # fmt: skip
    assert ("G_B", "condition") in problems(xml)
    mended = with_condition(xml, "G_B", {"field": "title", "is": "x"})
    assert problems(mended) == []


CAMUNDA_MODELER = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
 xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_0x"
 targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.20.0" modeler:executionPlatform="Camunda Platform">
  <bpmn:process id="Process_1" name="Order" isExecutable="true" camunda:historyTimeToLive="180">
    <bpmn:startEvent id="StartEvent_1" name="Wanted"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="Activity_1" name="Check" camunda:candidateGroups="sales"><bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="Event_1"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_1" />
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Event_1" />
    <bpmn:textAnnotation id="TextAnnotation_1"><bpmn:text>Ask sales</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="Association_1" associationDirection="None" sourceRef="Activity_1" targetRef="TextAnnotation_1" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Process_1">
    <bpmndi:BPMNShape id="a" bpmnElement="StartEvent_1"><dc:Bounds x="179" y="99" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="177" y="142" width="40" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="b" bpmnElement="Activity_1"><dc:Bounds x="270" y="77" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="c" bpmnElement="Event_1"><dc:Bounds x="432" y="99" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="d" bpmnElement="TextAnnotation_1"><dc:Bounds x="370" y="0" width="100" height="30" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e" bpmnElement="Flow_1"><di:waypoint x="215" y="117" /><di:waypoint x="270" y="117" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="f" bpmnElement="Flow_2"><di:waypoint x="370" y="117" /><di:waypoint x="432" y="117" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
SIGNAVIO = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:omgdc="http://www.omg.org/spec/DD/20100524/DC" xmlns:omgdi="http://www.omg.org/spec/DD/20100524/DI"
 xmlns:signavio="http://www.signavio.com" exporter="Signavio Process Editor" id="sid-1" targetNamespace="http://www.signavio.com">
  <collaboration id="sid-c"><extensionElements><signavio:signavioDiagramMetaData metaKey="revisionid" metaValue="1"/></extensionElements>
    <participant id="sid-pool" name="Company" processRef="sid-p"/><participant id="sid-other" name="Customer"/></collaboration>
  <process id="sid-p" isClosed="false" isExecutable="false" processType="None">
    <laneSet id="sid-ls"><lane id="sid-lane" name="Desk"><flowNodeRef>sid-s</flowNodeRef></lane></laneSet>
    <startEvent id="sid-s" name=""><extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffff"/></extensionElements><outgoing>sid-f1</outgoing></startEvent>
    <task id="sid-t" completionQuantity="1" isForCompensation="false" name="Decide" startQuantity="1"><incoming>sid-f1</incoming><outgoing>sid-f2</outgoing></task>
    <endEvent id="sid-e" name=""><incoming>sid-f2</incoming></endEvent>
    <sequenceFlow id="sid-f1" sourceRef="sid-s" targetRef="sid-t"/><sequenceFlow id="sid-f2" sourceRef="sid-t" targetRef="sid-e"/>
  </process>
  <bpmndi:BPMNDiagram id="sid-d"><bpmndi:BPMNPlane bpmnElement="sid-c" id="sid-pl">
    <bpmndi:BPMNShape bpmnElement="sid-pool" id="g1" isHorizontal="true"><omgdc:Bounds height="250.0" width="600.0" x="90.0" y="60.0"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="sid-lane" id="g2" isHorizontal="true"><omgdc:Bounds height="250.0" width="570.0" x="120.0" y="60.0"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="sid-s" id="g3"><omgdc:Bounds height="30.0" width="30.0" x="165.0" y="165.0"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="sid-t" id="g4"><omgdc:Bounds height="80.0" width="100.0" x="240.0" y="140.0"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape bpmnElement="sid-e" id="g5"><omgdc:Bounds height="28.0" width="28.0" x="385.0" y="166.0"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>
"""


def test_a_drawing_of_camunda_modeler_needs_only_who_does_it_and_then_runs():
    from processes.actions import configuring, starting, working
    from tests.factories import TicketFactory
    from tests.processes.world import fresh, tasks

    by = AgentFactory()
    process = configuring.import_drawing(CAMUNDA_MODELER.encode(), by=by)
    version = process.versions.get()
    assert (process.key, process.name, version.xml) == ("order", "Order", CAMUNDA_MODELER)
    assert configuring.export(version) == ("order-1.bpmn", CAMUNDA_MODELER.encode())
    read = read_drawing(version.xml)
    assert (read.notes[0].name, read.by_id["StartEvent_1"].label.x) == ("Ask sales", 177)
    assert problems(version.xml) == [("Activity_1", "who")]
    xml = with_settings(version.xml, "Activity_1", {"who": {"kind": "queue"}})
    for kept in ('camunda:candidateGroups="sales"', 'exporter="Camunda Modeler"', "TextAnnotation_1", 'x="179"'):
        assert kept in xml
    configuring.save_draft(process, xml, by=by)
    configuring.publish(process, by=by)
    run = starting.start(process, TicketFactory(), by=by)
    working.complete(tasks(run)["Activity_1"], {}, by=by)
    assert fresh(run).state == "done"


def test_a_drawing_of_signavio_is_read_and_says_what_is_missing():
    read = read_drawing(SIGNAVIO)
    assert [lane.name for lane in read.lanes] == ["Company", "Desk"]
    assert problems(SIGNAVIO) == [("sid-t", "unsupported")]
    mended = SIGNAVIO.replace("<task ", "<manualTask ").replace("</task>", "</manualTask>")
    assert problems(with_settings(mended, "sid-t", {"who": {"kind": "queue"}})) == []


def test_what_is_read_of_each_part():
    read = read_drawing(CAMUNDA_MODELER)
    task = read.by_id["Activity_1"]
    assert (task.kind, task.name, task.box.width, task.trigger) == (Kind.USER, "Check", 100.0, Trigger.NONE)
    assert read.flow_by_id["Flow_1"].points == ((215.0, 117.0), (270.0, 117.0))
    assert read.is_laid_out


def test_a_drawing_without_a_layout_gets_one_and_others_keep_theirs():
    xml = drawing(
        start(), node("exclusiveGateway", "G", default="G_A"), work("A"), node("subProcess", "Sub", inside=start("S1") + end("E1") + ways("S1>E1")),
        end(), ways("S>G", "G>A", "A>E", "Sub>E"), way("G>Sub", {"field": "title", "is": "x"}),
    )  # fmt: skip
    read = read_drawing(laid_out(xml))
    assert read.is_laid_out
    boxes = [element.box for element in read.elements if not element.parent]
    for one in boxes:
        for other in boxes:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart = apart or one.y + one.height <= other.y or other.y + other.height <= one.y
            assert one is other or apart
    assert all(len(flow.points) >= 2 for flow in read.flows)
    assert laid_out(CAMUNDA_MODELER) == CAMUNDA_MODELER


def test_a_new_drawing_begins_and_ends_whatever_its_name():
    for name in ("Order", 'A & <b> "c"', "名前"):
        read = read_drawing(blank(name))
        assert (read.name, problems(blank(name))) == (name, [])


def test_editing_leaves_everything_else():
    xml = with_name(CAMUNDA_MODELER, "Activity_1", "Look & see")
    assert read_drawing(xml).by_id["Activity_1"].name == "Look & see"
    said = {"who": {"kind": "queue"}, "text": {"en": "<b>&amp;</b> ]]>"}}
    again = with_settings(xml, "Activity_1", said)
    assert read_drawing(again).by_id["Activity_1"].settings == said
    assert read_drawing(with_settings(again, "Activity_1", {})).by_id["Activity_1"].settings == {}
    with pytest.raises(KeyError):
        with_name(xml, "Nowhere", "x")


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "null", "{" * 5000, '{"a":' * 3000])
def test_settings_that_cannot_be_read_are_a_problem_of_their_step(text):
    xml = line(work("A")).replace('{"who": {"kind": "queue"}}', text)
    assert ("A", "extension") in problems(xml) or ("A", "who") in problems(xml)


def test_settings_may_be_nonsense_of_any_kind():
    nonsense = [1, "x", None, [], {}, [[]], {"kind": 1}, {"kind": "agent", "person": 5}, {"rule": 1, "by": 3}, True]
    for word in ("who", "form", "text", "due", "names", "approval"):
        for value in nonsense:
            found = problems(line(work("A", {"who": {"kind": "queue"}, word: value})))
            assert all(element == "A" for element, _code in found)
    for value in nonsense:
        problems(line(acting("A", value), acting("B", tag("x"))))
        problems(line(node("intermediateCatchEvent", "T", {"timer": value}, inside=span("PT1H"))))
