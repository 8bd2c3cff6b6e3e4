"""A process drawing as values: what BPMN elements it has, how they hang together, and what we know of each.

Made by processes/reading.py from XML. Nothing here looks anything up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class Kind(StrEnum):
    """The elements that can run. The values are the names of BPMN 2.0."""

    START = "startEvent"
    END = "endEvent"
    USER = "userTask"
    MANUAL = "manualTask"
    SERVICE = "serviceTask"
    SEND = "sendTask"
    RECEIVE = "receiveTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    SUB_PROCESS = "subProcess"
    CALL = "callActivity"
    # Anything else: `text` is what BPMN calls it.
    OTHER = "other"


class Trigger(StrEnum):
    """What an event is about; "" is an event without any definition."""

    NONE = ""
    TIMER = "timer"
    MESSAGE = "message"
    ERROR = "error"
    TERMINATE = "terminate"
    # Anything else: `text` is what BPMN calls it.
    OTHER = "other"


GATEWAYS = frozenset({Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE, Kind.EVENT_BASED})
EVENTS = frozenset({Kind.START, Kind.END, Kind.CATCH, Kind.THROW, Kind.BOUNDARY})
ACTIVITIES = frozenset(Kind) - GATEWAYS - EVENTS - {Kind.OTHER}
# What people do.
WORK = frozenset({Kind.USER, Kind.MANUAL})


@dataclass(frozen=True)
class Box:
    """Where something is drawn, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Element:
    """A node of the drawing. `parent` is the sub-process it lies in, "" at the top. `settings` is what our extension
    says about it (processes/settings.py), empty where it says nothing. `text` is what the trigger names: of a message
    its name, of an error its code, of a timer the ISO 8601 text of BPMN (`timer` says which: date or duration)."""

    id: str
    kind: Kind
    name: str
    parent: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    trigger: Trigger = Trigger.NONE
    text: str = ""
    timer: str = ""
    # Of a boundary event: what it is fixed to, and whether it ends that.
    attached_to: str = ""
    interrupts: bool = True
    # Of a call activity: the key of the process.
    calls: str = ""
    # Of a gateway or activity: the flow that is taken when no other is.
    default: str = ""
    is_multiple: bool = False
    box: Box | None = None
    label: Box | None = None
    is_expanded: bool = True

    @property
    def shown_name(self) -> str:
        return self.name or self.id


@dataclass(frozen=True)
class Flow:
    """A way from one element to the next; `condition` is of the condition language (processes/conditions.py)."""

    id: str
    source: str
    target: str
    name: str = ""
    parent: str = ""
    condition: Mapping[str, Any] | None = None
    points: Sequence[tuple[float, float]] = ()
    label: Box | None = None


@dataclass(frozen=True)
class Lane:
    """A pool, a lane or an annotation: only how it is drawn, nothing depends on it."""

    id: str
    name: str
    box: Box


@dataclass(frozen=True)
class Problem:
    """Why a drawing cannot be imported or published. `element` is the id of what is wrong, "" for the whole; `code`
    is the same in every language, `text` is for people in theirs."""

    element: str
    code: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything of one process, in the order of the XML. `process` is the id of the process element."""

    process: str
    name: str
    elements: Sequence[Element]
    flows: Sequence[Flow]
    lanes: Sequence[Lane] = ()
    # Texts that are only drawn.
    notes: Sequence[Lane] = ()
    # What reading found that cannot run.
    problems: Sequence[Problem] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        return {element.id: element for element in self.elements}

    @cached_property
    def flow_by_id(self) -> Mapping[str, Flow]:
        return {flow.id: flow for flow in self.flows}

    def flows_from(self, element: str) -> Sequence[Flow]:
        return self._outgoing.get(element, ())

    def flows_to(self, element: str) -> Sequence[Flow]:
        return self._incoming.get(element, ())

    def inside(self, parent: str) -> Sequence[Element]:
        """The elements that lie directly in this sub-process; "" for the top."""
        return [element for element in self.elements if element.parent == parent]

    def boundaries_of(self, element: str) -> Sequence[Element]:
        return self._boundaries.get(element, ())

    @cached_property
    def starts(self) -> Sequence[Element]:
        return [element for element in self.inside("") if element.kind == Kind.START]

    @cached_property
    def is_laid_out(self) -> bool:
        """Whether every element says where it is drawn."""
        return all(element.box for element in self.elements)

    @cached_property
    def _boundaries(self) -> Mapping[str, Sequence[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            if element.attached_to:
                found.setdefault(element.attached_to, []).append(element)
        return found

    @cached_property
    def _outgoing(self) -> Mapping[str, Sequence[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.source, []).append(flow)
        return found

    @cached_property
    def _incoming(self) -> Mapping[str, Sequence[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.target, []).append(flow)
        return found
