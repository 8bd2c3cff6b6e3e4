"""Changes to the XML of a drawing that leave everything else of it as it is, foreign parts and layout included."""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from processes.drawing import Drawing
from processes.layout import placed
from processes.reading import process_of, read_drawing
from processes.xml import BPMN, BPMNDI, DC, DI, OURS, Node, bpmn, ours, parse, text_of

_BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="{bpmn}" xmlns:bpmndi="{bpmndi}" xmlns:dc="{dc}" xmlns:di="{di}" \
xmlns:helpdesk="{ours}" id="Definitions_1" targetNamespace="urn:helpdesk:process">
  <bpmn:process id="Process_1" name={name} isExecutable="true">
    <bpmn:startEvent id="Start" />
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="End" />
    <bpmn:endEvent id="End" />
  </bpmn:process>
</bpmn:definitions>
"""


def blank(name: str) -> str:
    """A drawing that begins and ends."""
    text = _BLANK.format(bpmn=BPMN, bpmndi=BPMNDI, dc=DC, di=DI, ours=OURS, name=quoteattr(name))
    return laid_out(text)


def laid_out(xml: str | bytes) -> str:
    """With a layout where it has none; a drawing that says where its parts lie stays as it is. Raises `Unreadable`."""
    drawing = read_drawing(xml)
    if drawing.is_laid_out and drawing.elements:
        return xml.decode() if isinstance(xml, bytes) else xml
    root = parse(xml)
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    root.append(_diagram(drawing))
    return text_of(root)


def with_settings(xml: str, element: str, settings: Mapping[str, Any]) -> str:
    """What our extension says of a step, instead of what it said; empty settings take it away."""
    return _with_extension(xml, element, "step", settings)


def with_condition(xml: str, flow: str, condition: Mapping[str, Any] | None) -> str:
    """When a way is taken; None: always. What another program wrote as the condition goes."""
    root = parse(_with_extension(xml, flow, "condition", condition or {}))
    node = _node(root, flow)
    for old in node.findall(bpmn("conditionExpression")):
        node.remove(old)
    return text_of(root)


def with_name(xml: str, element: str, name: str) -> str:
    root = parse(xml)
    _node(root, element).set("name", name)
    return text_of(root)


def with_process(xml: str, *, name: str) -> str:
    """The name of the process itself."""
    root = parse(xml)
    process_of(root).set("name", name)
    return text_of(root)


def _with_extension(xml: str, element: str, name: str, value: Mapping[str, Any]) -> str:
    root = parse(xml)
    node = _node(root, element)
    holder = node.find(bpmn("extensionElements"))
    if holder is None:
        holder = etree.Element(bpmn("extensionElements"))
        # after the documentation, before everything else, as the schema of BPMN wants it
        node.insert(len(node.findall(bpmn("documentation"))), holder)
    for old in holder.findall(ours(name)):
        holder.remove(old)
    if value:
        new = etree.SubElement(holder, ours(name), nsmap={"helpdesk": OURS})
        new.text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if not len(holder):
        node.remove(holder)
    return text_of(root)


def _node(root: Node, element: str) -> Node:
    """Raises `KeyError` where there is no part with this id."""
    for node in process_of(root).iter():
        if isinstance(node.tag, str) and node.get("id") == element:
            return node
    raise KeyError(element)


def _diagram(drawing: Drawing) -> Node:
    layout = placed(drawing)
    diagram = etree.Element(f"{{{BPMNDI}}}BPMNDiagram", nsmap={"bpmndi": BPMNDI, "dc": DC, "di": DI}, id="Diagram_1")
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", id="Plane_1", bpmnElement=drawing.process)
    for element, box in layout.boxes.items():
        shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{element}_di", bpmnElement=element)
        if element in layout.expanded:
            shape.set("isExpanded", "true")
        sizes = {name: f"{getattr(box, name):g}" for name in ("x", "y", "width", "height")}
        etree.SubElement(shape, f"{{{DC}}}Bounds", **sizes)
    for flow, points in layout.points.items():
        edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{flow}_di", bpmnElement=flow)
        for x, y in points:
            etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}")
    return diagram
