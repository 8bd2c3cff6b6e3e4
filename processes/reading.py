"""BPMN 2.0 XML, our own or of any other tool, to a `Drawing`. Reads and looks nothing up.

Our extension is one element of JSON, `<helpdesk:step>` in a node and `<helpdesk:condition>` in a flow. What other tools
have added stays in the XML and is ignored, unless it would be code there: then it is named, and cannot be published.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from processes.drawing import Box, Drawing, Element, Flow, Kind, Lane, Problem, Trigger
from processes.extension import misshapen
from processes.foreign import code_in, code_of
from processes.xml import BPMN, Node, Unreadable, bpmn, decoded, local, namespace, ours, parse, unreadable
from processes.xml import BPMNDI as _BPMNDI
from processes.xml import DC as _DC
from processes.xml import DI as _DI

__all__ = ["Unreadable", "decoded", "process_of", "read_drawing"]

MAX_ELEMENTS = 500
MAX_FLOWS = 1_000
MAX_NAME = 300
_ID = re.compile(r"[A-Za-z_][\w.\-]{0,99}\Z")

_TRIGGERS: Mapping[str, Trigger] = {
    "timerEventDefinition": Trigger.TIMER,
    "messageEventDefinition": Trigger.MESSAGE,
    "errorEventDefinition": Trigger.ERROR,
    "terminateEventDefinition": Trigger.TERMINATE,
}
# Which events can be about what; the others are read and named as a problem (processes/checking.py).
_NODES = {kind.value for kind in Kind if kind is not Kind.OTHER}
# Nodes of BPMN that carry tokens and that we cannot run.
_UNSUPPORTED = {
    "task",
    "scriptTask",
    "businessRuleTask",
    "complexGateway",
    "transaction",
    "adHocSubProcess",
    "choreographyTask",
    "callChoreography",
    "subChoreography",
}


def read_drawing(source: str | bytes) -> Drawing:
    """Raises `Unreadable` for what is no drawing; what cannot run is among its `problems`."""
    root = parse(source)
    process = process_of(root)
    reader = _Reader(root)
    reader.read(process, parent="")
    reader.note_code(process)
    return reader.drawing(process)


def process_of(root: Node) -> Node:
    """The one process of a file; pools that are only drawn have none. Raises `Unreadable`."""
    if root.tag != bpmn("definitions"):
        raise unreadable("bpmn", _("This is no BPMN 2.0 file."))
    imported = root.find(bpmn("import"))
    if imported is not None:
        raise unreadable("include", _("The file wants to read another file."), imported.get("id") or "")
    found = [node for node in root.findall(bpmn("process")) if any(local(child) == "startEvent" for child in node)]
    found = found or root.findall(bpmn("process"))[:1]
    if not found:
        raise unreadable("empty", _("There is no process in the file."))
    if len(found) > 1:
        text = _("There are several processes in the file. One can run at a time: split it, one file for each.")
        raise unreadable("several", text, found[1].get("id") or "")
    return found[0]


class _Reader:
    """One pass over the tree; what it finds is in `elements`, `flows` and `problems`."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.elements: list[Element] = []
        self.flows: list[Flow] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.boxes: dict[str, tuple[Box | None, Box | None, bool]] = {}
        self.points: dict[str, tuple[tuple[tuple[float, float], ...], Box | None]] = {}
        self._read_layout()
        self.texts = {
            node.get("id"): node.get("errorCode" if local(node) == "error" else "name") or ""
            for node in root
            if local(node) in ("message", "error") and node.get("id")
        }

    def drawing(self, process: Node) -> Drawing:
        named = process.get("name") or ""
        return Drawing(
            process=process.get("id") or "",
            name=named[:MAX_NAME],
            elements=tuple(self.elements),
            flows=tuple(self.flows),
            lanes=tuple(self._drawn("participant")) + tuple(self._drawn("lane")),
            notes=tuple(self._drawn("textAnnotation")),
            problems=tuple(self.problems),
        )

    def read(self, parent_node: Node, *, parent: str) -> None:
        for node in parent_node:
            name = local(node)
            if namespace(node) != BPMN:
                continue
            if name == "sequenceFlow":
                self._flow(node, parent)
            elif name in _NODES or name in _UNSUPPORTED:
                self._element(node, name, parent)
        for code, element, text in code_in(parent_node):
            self._problem(element, code, text)

    def note_code(self, process: Node) -> None:
        """Of the process itself: listeners and scripts of all of it."""
        for code, _element, text in code_of(process):
            self._problem("", code, text)

    def _element(self, node: Node, name: str, parent: str) -> None:
        element_id = self._id(node)
        box, label, is_expanded = self.boxes.get(element_id, (None, None, True))
        trigger, text, timer = self._trigger(node, name)
        kind = Kind(name) if name in _NODES else Kind.OTHER
        if node.get("triggeredByEvent") == "true":
            kind, name = Kind.OTHER, "eventSubProcess"
        self.elements.append(
            Element(
                id=element_id,
                kind=kind,
                name=(node.get("name") or "").strip()[:MAX_NAME],
                parent=parent,
                settings=self._settings(node, element_id),
                trigger=trigger,
                text=name if kind is Kind.OTHER else text,
                timer=timer,
                attached_to=node.get("attachedToRef") or "",
                interrupts=node.get("cancelActivity", "true") != "false",
                calls=(node.get("calledElement") or "").strip(),
                default=node.get("default") or "",
                is_multiple=node.find(bpmn("multiInstanceLoopCharacteristics")) is not None,
                box=box,
                label=label,
                is_expanded=is_expanded,
            )
        )
        if len(self.elements) > MAX_ELEMENTS:
            raise unreadable("size", _("The drawing has too many parts."))
        if node.find(bpmn("standardLoopCharacteristics")) is not None:
            self._problem(element_id, "loop", _("A step cannot repeat itself; draw a way back instead."))
        if kind in (Kind.SUB_PROCESS, Kind.OTHER):
            self.read(node, parent=element_id)

    def _flow(self, node: Node, parent: str) -> None:
        flow_id = self._id(node)
        points, label = self.points.get(flow_id, ((), None))
        condition = _json(node, "condition")
        if condition is None and node.find(bpmn("conditionExpression")) is not None:
            text = _("The condition is written for another program. Choose it anew.")
            self._problem(flow_id, "condition", text)
        if isinstance(condition, ValueError):
            self._problem(flow_id, "extension", _("The condition cannot be read."))
            condition = None
        self.flows.append(
            Flow(
                id=flow_id,
                source=node.get("sourceRef") or "",
                target=node.get("targetRef") or "",
                name=(node.get("name") or "").strip()[:MAX_NAME],
                parent=parent,
                condition=condition,
                points=points,
                label=label,
            )
        )
        if len(self.flows) > MAX_FLOWS:
            raise unreadable("size", _("The drawing has too many parts."))

    def _trigger(self, node: Node, name: str) -> tuple[Trigger, str, str]:
        """What an event is about, what that is called, and how a timer's text is to be read."""
        if name == "receiveTask":
            return Trigger.MESSAGE, self.texts.get(node.get("messageRef") or "", ""), ""
        if not name.endswith("Event"):
            return Trigger.NONE, "", ""
        definitions = [child for child in node if local(child).endswith("EventDefinition")]
        if not definitions:
            return Trigger.NONE, "", ""
        if len(definitions) > 1:
            return Trigger.OTHER, "multiple", ""
        definition = definitions[0]
        trigger = _TRIGGERS.get(local(definition), Trigger.OTHER)
        if trigger is Trigger.TIMER:
            return self._timer(definition)
        if trigger is Trigger.OTHER:
            return trigger, local(definition), ""
        return trigger, self.texts.get(definition.get("messageRef") or definition.get("errorRef") or "", ""), ""

    def _timer(self, definition: Node) -> tuple[Trigger, str, str]:
        for how in ("timeDate", "timeDuration", "timeCycle"):
            found = definition.find(bpmn(how))
            if found is not None:
                return Trigger.TIMER, (found.text or "").strip()[:100], how.removeprefix("time").lower()
        return Trigger.TIMER, "", ""

    def _settings(self, node: Node, element_id: str) -> Mapping[str, Any]:
        settings = _json(node, "step")
        if isinstance(settings, ValueError):
            self._problem(element_id, "extension", _("The settings of this step cannot be read."))
            return {}
        wrong = misshapen(settings or {})
        for name in wrong:
            text = _("The setting “%(name)s” of this step cannot be read and was left out.") % {"name": name}
            self._problem(element_id, "extension", text)
        return {name: value for name, value in (settings or {}).items() if name not in wrong}

    def _id(self, node: Node) -> str:
        element_id = node.get("id") or ""
        if not _ID.match(element_id):
            words = {"name": local(node), "id": element_id[:50]}
            raise unreadable("id", _("A %(name)s has no usable id: “%(id)s”.") % words, element_id[:50])
        if element_id in self.seen:
            text = _("Two parts of the drawing have the id “%(id)s”.") % {"id": element_id}
            raise unreadable("id", text, element_id)
        self.seen.add(element_id)
        return element_id

    def _problem(self, element: str, code: str, text: str) -> None:
        self.problems.append(Problem(element, code, text))

    def _read_layout(self) -> None:
        for shape in self.root.iter(f"{{{_BPMNDI}}}BPMNShape"):
            label = shape.find(f"{{{_BPMNDI}}}BPMNLabel")
            is_expanded = shape.get("isExpanded", "true") != "false"
            self.boxes[shape.get("bpmnElement") or ""] = _box(shape), _box(label), is_expanded
        for edge in self.root.iter(f"{{{_BPMNDI}}}BPMNEdge"):
            points = tuple(_points(edge))
            label = edge.find(f"{{{_BPMNDI}}}BPMNLabel")
            self.points[edge.get("bpmnElement") or ""] = points, _box(label)

    def _drawn(self, name: str) -> Iterator[Lane]:
        for node in self.root.iter(bpmn(name)):
            box, _label, _is_expanded = self.boxes.get(node.get("id") or "", (None, None, True))
            if box:
                text = node.findtext(bpmn("text")) or node.get("name") or ""
                yield Lane(node.get("id") or "", text.strip()[:MAX_NAME], box)


def _json(node: Node, name: str) -> Any:
    """What our extension says; None when it says nothing, a `ValueError` when that cannot be read."""
    extensions = node.find(bpmn("extensionElements"))
    found = extensions.find(ours(name)) if extensions is not None else None
    if found is None or not (found.text or "").strip():
        return None
    try:
        value = json.loads(found.text)
        # Half a character, and NUL, can be written in JSON but in no database.
        is_text = b"\\u0000" not in json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return ValueError(name)
    return value if isinstance(value, dict) and is_text else ValueError(name)


def _box(node: Node | None) -> Box | None:
    bounds = node.find(f"{{{_DC}}}Bounds") if node is not None else None
    if bounds is None:
        return None
    return Box(*(_number(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _points(edge: Node) -> Iterator[tuple[float, float]]:
    for point in edge.findall(f"{{{_DI}}}waypoint")[:100]:
        yield _number(point.get("x")), _number(point.get("y"))


def _number(text: str | None) -> float:
    """Pixels; what cannot be one, or lies beyond every screen, is 0."""
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if abs(number) < 1_000_000 else 0.0
