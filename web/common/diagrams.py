"""A process drawing (processes/drawing.py) as a picture for pages: what stands where, by classes of css/process.css.

    picture_of(drawing, marks={"Approve": "now"})     for components/diagram.html

All numbers are texts, because a page would write them as the reader's language does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, hypot, pi, sin

from django.utils.translation import gettext as _

from processes.drawing import ACTIVITIES, EVENTS, GATEWAYS, Box, Drawing, Element, Flow, Kind, Trigger
from processes.editing import laid_out
from processes.models import Version
from processes.plans import drawing_of
from processes.reading import read_drawing
from processes.words import drawn_name, name_of

MARGIN = 16.0
# How wide a letter is drawn, in pixels, and how high a line.
LETTER, LINE = 6.2, 14.5
ARROW = 8.0
# What is seen of a large picture where there is little room, in pixels.
NEAR = (380.0, 230.0)
SIGNS = {
    Kind.USER: "user",
    Kind.MANUAL: "check",
    Kind.SERVICE: "bolt",
    Kind.SEND: "send",
    Kind.RECEIVE: "mail",
    Kind.CALL: "flow",
    Kind.SUB_PROCESS: "layers",
}
TRIGGERS = {Trigger.TIMER: "clock", Trigger.MESSAGE: "mail", Trigger.ERROR: "bolt"}
# In a picture as in words.
STATES = ("done", "now", "next", "stuck")


@dataclass(frozen=True)
class Text:
    x: str
    y: str
    words: str
    cls: str = "bp-txt"
    turned: bool = False


@dataclass(frozen=True)
class Shape:
    """`form` is task, group, event, gateway or lane; the rest are attributes of SVG."""

    id: str
    form: str
    cls: str
    name: str
    x: str
    y: str
    width: str
    height: str
    # The middle, and the radius of a circle.
    cx: str
    cy: str
    r: str
    path: str
    # What is drawn within a gateway.
    inner: str
    icon: str
    icon_x: str
    icon_y: str
    texts: Sequence[Text]


@dataclass(frozen=True)
class Line:
    path: str
    head: str
    texts: Sequence[Text]
    is_default: bool


@dataclass(frozen=True)
class Picture:
    view: str
    width: str
    height: str
    sentence: str
    lanes: Sequence[Shape]
    lines: Sequence[Line]
    shapes: Sequence[Shape]


def drawn(version: Version) -> Drawing:
    """The drawing of a version, laid out where the file that it came from was not."""
    drawing = drawing_of(version)
    return drawing if drawing.is_laid_out else read_drawing(laid_out(version.xml))


def picture_of(drawing: Drawing, *, marks: Mapping[str, str] | None = None, name: str = "") -> Picture | None:
    """None while the drawing does not say where things are. `marks` says how far each element is (`STATES`)."""
    if not drawing.is_laid_out or not drawing.elements:
        return None
    marks = marks or {}
    left, top, right, bottom = _bounds(drawing)
    shown = [element for element in drawing.elements if element.box]
    # what holds others lies behind them
    shown.sort(key=lambda element: element.kind != Kind.SUB_PROCESS or not element.is_expanded)
    defaults = {element.default for element in drawing.elements if element.default}
    return Picture(
        view=f"{left:g} {top:g} {right - left:g} {bottom - top:g}",
        width=f"{right - left:g}",
        height=f"{bottom - top:g}",
        sentence=_sentence(drawing, marks, name or drawing.name),
        lanes=[_lane(lane.name, lane.box, lane.id) for lane in drawing.lanes],
        lines=[_line(flow, is_default=flow.id in defaults) for flow in drawing.flows if len(flow.points) > 1],
        shapes=[_shape(element, marks.get(element.id, "")) for element in shown if element.box],
    )


def near(drawing: Drawing, picture: Picture | None, marks: Mapping[str, str]) -> Picture | None:
    """What stands around the step that is done now; all of it where it is small, or no step is done."""
    at = next((one.box for one in drawing.elements if one.box and marks.get(one.id) in ("now", "stuck")), None)
    if not picture or not at:
        return picture
    left, top, right, bottom = _bounds(drawing)
    width, height = min(NEAR[0], right - left), min(NEAR[1], bottom - top)
    x = max(left, min(at.x + at.width / 2 - width / 2, right - width))
    y = max(top, min(at.y + at.height / 2 - height / 2, bottom - height))
    return replace(picture, view=f"{x:g} {y:g} {width:g} {height:g}", width=f"{width:g}", height=f"{height:g}")


def wrapped(words: str, width: float, *, most: int = 3) -> list[str]:
    """In lines that are no wider than so many pixels; what does not fit ends in dots."""
    letters = max(4, int(width / LETTER))
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [line if len(line) <= letters else f"{line[: letters - 1]}…" for line in lines]


def _sentence(drawing: Drawing, marks: Mapping[str, str], name: str) -> str:
    def named(state: str) -> str:
        return ", ".join(name_of(one) for one in drawing.elements if marks.get(one.id) == state and drawn_name(one))

    said = [_("Diagram of the process %(name)s.") % {"name": name}]
    if now := named("now"):
        said.append(_("Now: %(steps)s.") % {"steps": now})
    if stuck := named("stuck"):
        said.append(_("Stuck: %(steps)s.") % {"steps": stuck})
    if done := named("done"):
        said.append(_("Done: %(steps)s.") % {"steps": done})
    return " ".join(said)


def _bounds(drawing: Drawing) -> tuple[float, float, float, float]:
    boxes = [box for one in drawing.elements for box in (one.box, one.label) if box]
    boxes += [lane.box for lane in drawing.lanes]
    points = [point for flow in drawing.flows for point in flow.points]
    xs = [box.x for box in boxes] + [box.x + box.width for box in boxes] + [x for x, _y in points]
    ys = [box.y for box in boxes] + [box.y + box.height for box in boxes] + [y for _x, y in points]
    below = LINE * 2 if any(one.kind in EVENTS | GATEWAYS and not one.label for one in drawing.elements) else 0
    return min(xs) - MARGIN, min(ys) - MARGIN, max(xs) + MARGIN, max(ys) + MARGIN + below


def _shape(element: Element, state: str) -> Shape:
    box = element.box or Box(0, 0, 0, 0)
    if element.kind in EVENTS:
        form, cls, texts = "event", _event_class(element), _below(element, box)
    elif element.kind in GATEWAYS:
        form, cls, texts = "gateway", "bp-gate", _below(element, box)
    elif element.kind == Kind.SUB_PROCESS and element.is_expanded:
        form, cls = "group", "bp-group"
        name = wrapped(drawn_name(element), box.width - 30)[:1]
        texts = [Text(f"{box.x + 26:g}", f"{box.y + 18:g}", line) for line in name]
    else:
        form, cls, texts = "task", "bp-task", _inside(element, box)
    icon = SIGNS.get(element.kind, "") if element.kind in ACTIVITIES else TRIGGERS.get(element.trigger, "")
    cx, cy = box.x + box.width / 2, box.y + box.height / 2
    at_x, at_y = (cx - 8, cy - 8) if form == "event" else (box.x + 7, box.y + 6)
    half_x, half_y = box.width / 2, box.height / 2
    return Shape(
        id=element.id,
        form=form,
        cls=f"{cls} bp-is-{state}" if state in STATES else cls,
        name=name_of(element),
        x=f"{box.x:g}",
        y=f"{box.y:g}",
        width=f"{box.width:g}",
        height=f"{box.height:g}",
        cx=f"{cx:g}",
        cy=f"{cy:g}",
        r=f"{min(half_x, half_y):g}",
        path=f"M{cx:g} {cy - half_y:g}L{cx + half_x:g} {cy:g}L{cx:g} {cy + half_y:g}L{cx - half_x:g} {cy:g}Z",
        inner=_sign(element.kind, cx, cy, half_x / 3.2) if form == "gateway" else "",
        icon=icon,
        icon_x=f"{at_x:g}",
        icon_y=f"{at_y:g}",
        texts=texts,
    )


def _event_class(element: Element) -> str:
    if element.kind == Kind.START:
        return "bp-start"
    return "bp-end" if element.kind == Kind.END else "bp-timer"


def _sign(kind: Kind, x: float, y: float, r: float) -> str:
    """What tells the gateways apart: a cross, a plus, a circle, a pentagon."""
    if kind == Kind.EXCLUSIVE:
        d = r * 0.75
        return f"M{x - d:g} {y - d:g}L{x + d:g} {y + d:g}M{x + d:g} {y - d:g}L{x - d:g} {y + d:g}"
    if kind == Kind.PARALLEL:
        return f"M{x - r:g} {y:g}H{x + r:g}M{x:g} {y - r:g}V{y + r:g}"
    corners = 24 if kind == Kind.INCLUSIVE else 5
    turn = [(x + r * sin(2 * pi * n / corners), y - r * cos(2 * pi * n / corners)) for n in range(corners)]
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in turn) + "Z"


def _inside(element: Element, box: Box) -> list[Text]:
    lines = wrapped(drawn_name(element), box.width - 14)
    first = box.y + box.height / 2 - (len(lines) - 1) * LINE / 2 + 4 + (4 if len(lines) < 3 else 8)
    return [
        Text(f"{box.x + box.width / 2:g}", f"{first + place * LINE:g}", line, "bp-txt bp-mid")
        for place, line in enumerate(lines)
    ]


def _below(element: Element, box: Box) -> list[Text]:
    """Beside the sign: where the drawing has its label, else under it."""
    if element.label:
        x, y = element.label.x + element.label.width / 2, element.label.y + 11
        width = max(element.label.width, 90.0)
    else:
        x, y, width = box.x + box.width / 2, box.y + box.height + 14, 110.0
    return [
        Text(f"{x:g}", f"{y + place * LINE:g}", line, "bp-sub bp-mid")
        for place, line in enumerate(wrapped(drawn_name(element), width))
    ]


def _lane(name: str, box: Box, id: str) -> Shape:
    cx, cy = box.x + 18, box.y + box.height / 2
    words = wrapped(name, box.height - 10, most=1)
    return Shape(
        id=id,
        form="lane",
        cls="bp-lane",
        name=name,
        x=f"{box.x:g}",
        y=f"{box.y:g}",
        width=f"{box.width:g}",
        height=f"{box.height:g}",
        cx=f"{cx:g}",
        cy=f"{cy:g}",
        r="0",
        path="",
        inner="",
        icon="",
        icon_x="",
        icon_y="",
        texts=[Text(f"{cx:g}", f"{cy:g}", line, "bp-lanetxt bp-mid", turned=True) for line in words],
    )


def _line(flow: Flow, *, is_default: bool) -> Line:
    points = list(flow.points)
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    texts: list[Text] = []
    if flow.name:
        x, y = _label_of(flow)
        lines = wrapped(flow.name, 120.0)
        texts = [Text(f"{x:g}", f"{y + place * LINE:g}", line, "bp-lab bp-mid") for place, line in enumerate(lines)]
    return Line(path, _head(points[-2], points[-1]), texts, is_default)


def _label_of(flow: Flow) -> tuple[float, float]:
    if flow.label:
        return flow.label.x + flow.label.width / 2, flow.label.y + 11
    (a, b), (c, d) = flow.points[0], flow.points[1]
    return (a + c) / 2, (b + d) / 2 - 5


def _head(before: tuple[float, float], at: tuple[float, float]) -> str:
    if hypot(at[0] - before[0], at[1] - before[1]) < 1:
        return ""
    angle = atan2(at[1] - before[1], at[0] - before[0])
    corners = [(at[0] - ARROW * cos(angle + turn), at[1] - ARROW * sin(angle + turn)) for turn in (0.45, -0.45)]
    return f"M{at[0]:.1f} {at[1]:.1f}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in corners) + "Z"
