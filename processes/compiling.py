"""A drawing as specifications for the engine (SpiffWorkflow), built by hand: its own parser never sees any XML.

All that the engine could evaluate is left out. Conditions are the ids of flows, which processes/engine.py looks up;
whatever an event waits for (a time, a message, an error) becomes a signal of its own that only we can give; automatic
steps become steps without any behaviour, before which we do the effects. So a diagram cannot make the engine run code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    ManualTask,
    ParallelGateway,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions import (
    MessageEventDefinition,
    MultipleEventDefinition,
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.specs.base import TaskSpec

from processes.drawing import Drawing, Element, Flow, Kind, Trigger

# Between the key of a called process and the id of an element in it.
SEPARATOR = "/"
TOP = "top"
MARK = "#"


class Passing(BpmnTaskSpec):
    """What the engine does nothing at: an automatic step, after we have done its effects, and a thrown event."""


@dataclass(frozen=True)
class Place:
    """An element in the plan, and the process that it is in: "" for the one that runs, else the key of a called one."""

    element: Element
    scope: str
    drawing: Drawing

    @property
    def id(self) -> str:
        return full_id(self.scope, self.element.id)


@dataclass(frozen=True)
class Plan:
    """What the engine runs. Never changed after it was made, so that all runs of a version share it."""

    top: BpmnProcessSpec
    inner: Mapping[str, BpmnProcessSpec]
    places: Mapping[str, Place]
    flows: Mapping[str, tuple[Flow, str]]


def spec_name(scope: str, element: str) -> str:
    """How the engine calls an element; with a mark, because it has names of its own such as "Start"."""
    return f"{MARK}{full_id(scope, element)}"


def full_id(scope: str, element: str) -> str:
    return f"{scope}{SEPARATOR}{element}" if scope else element


def compiled(drawing: Drawing, called: Mapping[str, Drawing]) -> Plan:
    """`called` are the drawings of all processes that it calls, and that these call, by key."""
    places: dict[str, Place] = {}
    flows: dict[str, tuple[Flow, str]] = {}
    specs: dict[str, BpmnProcessSpec] = {}
    for scope, each in {"": drawing, **called}.items():
        places |= {full_id(scope, element.id): Place(element, scope, each) for element in each.elements}
        flows |= {full_id(scope, flow.id): (flow, scope) for flow in each.flows}
        parents = ["", *(element.id for element in each.elements if element.kind == Kind.SUB_PROCESS)]
        for parent in parents:
            name = _process_name(scope, parent)
            specs[name] = _Scope(each, scope, parent).spec(name)
    return Plan(specs.pop(TOP), specs, places, flows)


def _process_name(scope: str, parent: str) -> str:
    return full_id(scope, parent) or TOP if parent else (f"call{SEPARATOR}{scope}" if scope else TOP)


class _Scope:
    """One process, or one sub-process of it, on its way to a specification."""

    def __init__(self, drawing: Drawing, scope: str, parent: str) -> None:
        self.drawing, self.scope = drawing, scope
        self.elements = drawing.inside(parent)
        # What ways lead to, and what they come from: the same, but for steps with events at their border.
        self.entries: dict[str, TaskSpec] = {}
        self.exits: dict[str, TaskSpec] = {}

    def spec(self, name: str) -> BpmnProcessSpec:
        self.made = BpmnProcessSpec(name=name, description=name)
        hosts = [element for element in self.elements if element.kind != Kind.BOUNDARY]
        for element in hosts:
            self.entries[element.id] = self.exits[element.id] = self._task(element)
        for element in hosts:
            if events := self.drawing.boundaries_of(element.id):
                self._surround(element, events)
        for element in self.elements:
            self._connect(element)
        return self.made

    def _surround(self, element: Element, events: Sequence[Element]) -> None:
        """As the engine's own parser does it: a split before the step and its events, a join behind."""
        inner, name = self.entries[element.id], spec_name(self.scope, element.id)
        split = BoundaryEventSplit(self.made, f"{name}.split")
        join = BoundaryEventJoin(self.made, f"{name}.join", split_task=split.name, cancel=True)
        split.connect(inner)
        inner.connect(join)
        for event in events:
            task = BoundaryEvent(self.made, spec_name(self.scope, event.id), self._signal(event), event.interrupts)
            self.exits[event.id] = task
            split.connect(task)
            task.connect(join)
        self.entries[element.id] = split

    def _connect(self, element: Element) -> None:
        task = self.exits[element.id]
        for flow in self.drawing.flows_from(element.id):
            target = self.entries[flow.target]
            if element.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and self._has_condition(element, flow):
                task.connect_outgoing_if(full_id(self.scope, flow.id), target)
            else:
                task.connect(target)
        if element.kind == Kind.START:
            self.made.start.connect(task)
        if element.kind == Kind.END:
            task.connect(self.made.end)

    def _has_condition(self, gateway: Element, flow: Flow) -> bool:
        return flow.id != gateway.default and len(self.drawing.flows_from(gateway.id)) > 1

    def _task(self, element: Element) -> TaskSpec:
        name = spec_name(self.scope, element.id)
        match element.kind:
            case Kind.START:
                return StartEvent(self.made, name, NoneEventDefinition())
            case Kind.END:
                ends_all = element.trigger is Trigger.TERMINATE
                return EndEvent(self.made, name, TerminateEventDefinition() if ends_all else NoneEventDefinition())
            case Kind.CATCH | Kind.RECEIVE:
                return IntermediateCatchEvent(self.made, name, self._signal(element))
            case Kind.EVENT_BASED:
                return EventBasedGateway(self.made, name, MultipleEventDefinition())
            case Kind.PARALLEL if len(self.drawing.flows_to(element.id)) < 2:
                return Passing(self.made, name)  # it waits for nobody: the engine need not look who might still come
            case Kind.SUB_PROCESS:
                return SubWorkflowTask(self.made, name, _process_name(self.scope, element.id))
            case Kind.CALL:
                return SubWorkflowTask(self.made, name, _process_name(element.calls, ""))
        return _PLAIN[element.kind](self.made, name)

    def _signal(self, element: Element) -> MessageEventDefinition:
        return MessageEventDefinition(full_id(self.scope, element.id))


_PLAIN: Mapping[Kind, type[TaskSpec]] = {
    Kind.USER: UserTask,
    Kind.MANUAL: ManualTask,
    Kind.SERVICE: Passing,
    Kind.SEND: Passing,
    Kind.THROW: Passing,
    Kind.EXCLUSIVE: ExclusiveGateway,
    Kind.INCLUSIVE: InclusiveGateway,
    Kind.PARALLEL: ParallelGateway,
}
