"""Changes of a drawing beyond one step's settings: what an event is about, which process is called, the way that is
taken otherwise, and steps put in or taken out. All that is not meant stays as it was drawn."""

from collections.abc import Iterator
from secrets import token_hex

from lxml import etree

from processes.drawing import Box, Drawing
from processes.reading import process_of, read_drawing
from processes.xml import BPMNDI, DC, DI, Node, bpmn, local, parse, text_of

# How much room a new step takes, and how wide and high it is.
ROOM, GAP = 160.0, 60.0
SIZES = {"exclusiveGateway": (50.0, 50.0), "parallelGateway": (50.0, 50.0), "intermediateCatchEvent": (36.0, 36.0)}
TASK = (100.0, 80.0)
# What can be put in: the element of BPMN, and what an event is about.
KINDS = {
    "user": ("userTask", ""),
    "manual": ("manualTask", ""),
    "service": ("serviceTask", ""),
    "timer": ("intermediateCatchEvent", "timerEventDefinition"),
    "message": ("intermediateCatchEvent", "messageEventDefinition"),
}


class NotPossible(ValueError):
    """The step stands where more than one way comes in or goes out, or none: that is for the drawing."""


def with_called(xml: str, element: str, key: str) -> str:
    """Which process a call activity runs; "" for none yet."""
    root = parse(xml)
    _put(_node(root, element), "calledElement", key)
    return text_of(root)


def with_message(xml: str, element: str, name: str) -> str:
    """The message that an event or step waits for, by its name."""
    return _with_definition(xml, element, kind="message", attribute="name", value=name)


def with_error(xml: str, element: str, code: str) -> str:
    """The error that an event catches or throws; without a code every one."""
    return _with_definition(xml, element, kind="error", attribute="errorCode", value=code)


def with_default(xml: str, element: str, flow: str) -> str:
    """The way from an element that is taken when no other is; "" for none."""
    root = parse(xml)
    _put(_node(root, element), "default", flow)
    return text_of(root)


def with_interrupts(xml: str, element: str, interrupts: bool) -> str:  # noqa: FBT001
    """Whether an event at the border ends what it is fixed to, which it does where nothing is said."""
    root = parse(xml)
    _put(_node(root, element), "cancelActivity", "" if interrupts else "false")
    return text_of(root)


def with_step(xml: str, flow: str, kind: str, name: str) -> tuple[str, str]:
    """A new step on a way, and its id. What lies to the right moves on to make room."""
    root, drawing = parse(xml), read_drawing(xml)
    tag, about = KINDS[kind]
    old = _node(root, flow)
    holder = old.getparent()
    step, after = f"Step_{token_hex(4)}", f"Flow_{token_hex(4)}"
    target = old.get("targetRef")
    node = etree.Element(bpmn(tag), {"id": step, "name": name})
    etree.SubElement(node, bpmn("incoming")).text = flow
    etree.SubElement(node, bpmn("outgoing")).text = after
    if about:
        etree.SubElement(node, bpmn(about), {"id": f"Event_{token_hex(4)}"})
    old.set("targetRef", step)
    holder.insert(holder.index(old), node)
    way = etree.Element(bpmn("sequenceFlow"), {"id": after, "sourceRef": step, "targetRef": target})
    holder.insert(holder.index(old) + 1, way)
    for incoming in _node(root, target).findall(bpmn("incoming")):
        if incoming.text == flow:
            incoming.text = after
    _draw_in(root, drawing, flow, (step, *SIZES.get(tag, TASK)), after)
    return text_of(root), step


def without_step(xml: str, element: str) -> str:
    """The way before it leads on to what came after it. Raises `NotPossible`."""
    root, drawing = parse(xml), read_drawing(xml)
    before, after = drawing.flows_to(element), drawing.flows_from(element)
    if len(before) != 1 or len(after) != 1 or drawing.inside(element) or drawing.boundaries_of(element):
        raise NotPossible
    kept, gone = before[0], after[0]
    node = _node(root, element)
    node.getparent().remove(node)
    way = _node(root, gone.id)
    way.getparent().remove(way)
    _node(root, kept.id).set("targetRef", gone.target)
    for incoming in _node(root, gone.target).findall(bpmn("incoming")):
        if incoming.text == gone.id:
            incoming.text = kept.id
    for drawn in list(_drawn(root)):
        if drawn.get("bpmnElement") in (element, gone.id):
            drawn.getparent().remove(drawn)
    if kept.points and gone.points:
        _bend(root, kept.id, [*kept.points[:1], *gone.points[-1:]])
    return text_of(root)


def _with_definition(xml: str, element: str, *, kind: str, attribute: str, value: str) -> str:
    """An event names it by a definition of its own beside the process; those of others stay."""
    root = parse(xml)
    node = _node(root, element)
    about = node.find(bpmn(f"{kind}EventDefinition"))
    holder = about if about is not None else node
    reference = f"{kind}Ref"
    if not value:
        _put(holder, reference, "")
        return text_of(root)
    found = next((one for one in root.findall(bpmn(kind)) if one.get(attribute) == value), None)
    if found is None:
        found = etree.Element(bpmn(kind), {"id": f"{kind.title()}_{token_hex(4)}", "name": value, attribute: value})
        root.insert(root.index(process_of(root)), found)
    holder.set(reference, found.get("id"))
    return text_of(root)


def _put(node: Node, name: str, value: str) -> None:
    if value:
        node.set(name, value)
    elif name in node.attrib:
        del node.attrib[name]


def _node(root: Node, element: str) -> Node:
    """Raises `KeyError` where there is no part with this id."""
    for node in process_of(root).iter():
        if isinstance(node.tag, str) and node.get("id") == element:
            return node
    raise KeyError(element)


# ---- the drawing


def _drawn(root: Node) -> Iterator[Node]:
    yield from root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")


def _draw_in(root: Node, drawing: Drawing, flow: str, shape: tuple[str, float, float], after: str) -> None:
    """A drawing that says nothing of where things are stays so."""
    old = drawing.flow_by_id[flow]
    source, target = drawing.by_id[old.source].box, drawing.by_id[old.target].box
    edge = next((one for one in _drawn(root) if one.get("bpmnElement") == flow), None)
    if source is None or target is None or edge is None or len(old.points) < 2:
        return
    step, width, height = shape
    edge_of_source = source.x + source.width
    if target.x - edge_of_source < ROOM + GAP:
        _make_room(root, edge_of_source + 1)
        if target.x > edge_of_source:
            target = Box(target.x + ROOM, target.y, target.width, target.height)
    middle = source.y + source.height / 2
    box = Box(edge_of_source + GAP, middle - height / 2, width, height)
    plane = edge.getparent()
    drawn = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{step}_di", "bpmnElement": step})
    bounds = {"x": f"{box.x:g}", "y": f"{box.y:g}", "width": f"{width:g}", "height": f"{height:g}"}
    etree.SubElement(drawn, f"{{{DC}}}Bounds", bounds)
    _bend(root, flow, [(edge_of_source, middle), (box.x, middle)])
    made = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"{after}_di", "bpmnElement": after})
    end = (target.x, target.y + target.height / 2)
    for x, y in _way((box.x + width, middle), end):
        etree.SubElement(made, f"{{{DI}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


def _way(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    if abs(start[1] - end[1]) < 1:
        return [start, end]
    middle = (start[0] + end[0]) / 2
    return [start, (middle, start[1]), (middle, end[1]), end]


def _bend(root: Node, flow: str, points: list[tuple[float, float]]) -> None:
    edge = next((one for one in _drawn(root) if one.get("bpmnElement") == flow), None)
    if edge is None:
        return
    for old in edge.findall(f"{{{DI}}}waypoint"):
        edge.remove(old)
    for place, (x, y) in enumerate(points):
        edge.insert(place, etree.Element(f"{{{DI}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"}))


def _make_room(root: Node, from_x: float) -> None:
    """What begins right of it moves on; what reaches over it, such as a lane, becomes wider."""
    for node in root.iter(f"{{{DC}}}Bounds"):
        x, width = float(node.get("x")), float(node.get("width"))
        if x >= from_x:
            node.set("x", f"{x + ROOM:g}")
        elif x + width > from_x and local(node.getparent()) == "BPMNShape":
            node.set("width", f"{width + ROOM:g}")
    for node in root.iter(f"{{{DI}}}waypoint"):
        if float(node.get("x")) >= from_x:
            node.set("x", f"{float(node.get('x')) + ROOM:g}")
