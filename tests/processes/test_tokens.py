"""What is kept of a run is where it is: whatever it waits for, it goes on from what was kept as from what was alive."""

import json
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter

from processes.compiling import Plan, compiled
from processes.engine import Engine
from processes.hosting import StepError
from processes.reading import read_drawing
from tests.processes.drawings import acting, drawing, end, error, line, message, node, span, start, tag, ways, work


class Host:
    """Says yes to every condition, and fails where a step is called "Fail"."""

    def act(self, place, instance):
        if place.element.id.startswith("Fail"):
            raise StepError("broken")

    def holds(self, condition, scope):
        return True

    def send(self, name, instance):
        pass


GO, WHEN = message("go")
BROKEN, CATCHES = error("broken")
LATER = span("PT1H")
INNER = node(
    "subProcess",
    "Sub",
    inside=start("S2") + work("Deep") + end("E2") + ways("S2>Deep", "Deep>E2"),
)
DRAWINGS = {
    "a line": line(work("A"), acting("B", tag("b")), work("C")),
    "ways at once": drawing(
        start(),
        node("parallelGateway", "F"),
        work("A"),
        work("B"),
        node("parallelGateway", "J"),
        end(),
        ways("S>F", "F>A", "F>B", "A>J", "B>J", "J>E"),
    ),
    "whatever comes first": drawing(
        start(),
        node("eventBasedGateway", "G"),
        node("intermediateCatchEvent", "Later", inside=LATER),
        node("intermediateCatchEvent", "Said", inside=WHEN),
        work("A"),
        work("B"),
        end(),
        ways("S>G", "G>Later", "G>Said", "Later>A", "Said>B", "A>E", "B>E"),
        before=GO,
    ),
    "steps inside, with a deadline": drawing(
        start(),
        INNER,
        node("boundaryEvent", "Late", inside=LATER, attachedToRef="Sub"),
        node("boundaryEvent", "Wrong", inside=CATCHES, attachedToRef="Sub"),
        work("A"),
        end(),
        ways("S>Sub", "Sub>E", "Late>A", "Wrong>A", "A>E"),
        before=BROKEN,
    ),
    "a circle": drawing(
        start(),
        node("exclusiveGateway", "M"),
        work("A"),
        node("exclusiveGateway", "G", default="G_E"),
        end(),
        ways("S>M", "M>A", "A>G", "G>M", "G>E"),
    ),
}


def plan_of(name: str) -> Plan:
    return compiled(read_drawing(DRAWINGS[name]), {})


def as_json(engine: Engine) -> dict[str, Any]:
    return json.loads(json.dumps(engine.tokens()))


def standing(engine: Engine) -> tuple[Any, ...]:
    """All that anybody asks of a run that waits."""
    events = sorted((one.instance, one.place.id, [place.id for place in one.signals]) for one in engine.events())
    return [(one.instance, one.place.id) for one in engine.work()], events, sorted(engine.here()), engine.is_over


def moved_on(engine: Engine) -> bool:
    """Somebody does the first thing that is waited for, or the first event comes; false when nothing is left."""
    if work := engine.work():
        return engine.finish(work[0].instance)
    events = engine.events()
    return bool(events) and engine.signal(events[0].instance, events[0].signals[0].id)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_run_goes_on_from_what_was_kept_as_from_what_was_alive(name):
    plan = plan_of(name)
    alive = Engine(plan, Host())
    alive.go()
    for _step in range(6):
        again = Engine(plan, Host(), as_json(alive))
        assert standing(again) == standing(alive)
        assert as_json(again) == as_json(alive)
        if not moved_on(again):
            break
        assert moved_on(alive)
        alive.go()
        again.go()
        assert [(one.place.id, one.outcome) for one in again.moved] == [
            (one.place.id, one.outcome) for one in alive.moved[-len(again.moved) :]
        ]
        alive = again
    assert alive.is_over or name == "a circle"


def test_an_event_that_came_just_before_is_not_forgotten():
    plan = plan_of("whatever comes first")
    engine = Engine(plan, Host())
    engine.go()
    assert engine.signal(engine.events()[0].instance, "Said")
    again = Engine(plan, Host(), as_json(engine))
    again.go()
    assert [one.place.id for one in again.work()] == ["B"]


def test_what_lies_ahead_takes_little_room():
    long = compiled(read_drawing(line(*(work(f"Step{n}") for n in range(100)))), {})
    engine = Engine(long, Host())
    engine.go()
    assert len(json.dumps(engine.tokens())) < 4_000


class _AsBefore(BpmnWorkflowConverter):
    def to_dict(self, workflow):
        kept = WorkflowConverter.to_dict(self, workflow)
        kept["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        return kept


@pytest.mark.parametrize("name", DRAWINGS)
def test_runs_kept_in_the_form_of_before_go_on(name):
    plan = plan_of(name)
    engine = Engine(plan, Host())
    engine.go()
    engines_own = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: _AsBefore}))
    before = json.loads(json.dumps(engines_own.to_dict(engine._flow)))
    again = Engine(plan, Host(), before)
    assert standing(again) == standing(engine)
    assert as_json(again) == as_json(engine)
    moved_on(again)
    moved_on(engine)
    again.go()
    engine.go()
    assert sorted(again.here()) == sorted(engine.here())
