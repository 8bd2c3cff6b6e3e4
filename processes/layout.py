"""Where the parts of a drawing go that does not say so itself: columns from left to right, ways around. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from processes.drawing import EVENTS, GATEWAYS, Box, Drawing, Element, Kind

COLUMN, ROW, EDGE = 150.0, 120.0, 40.0
_SIZES = {"event": (36.0, 36.0), "gateway": (50.0, 50.0), "activity": (100.0, 80.0)}
Point = tuple[float, float]


@dataclass
class Layout:
    boxes: dict[str, Box] = field(default_factory=dict)
    points: dict[str, Sequence[Point]] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)


def placed(drawing: Drawing) -> Layout:
    layout = Layout()
    _scope(drawing, "", layout, left=160.0, top=80.0)
    solid = {key: box for key, box in layout.boxes.items() if key not in layout.expanded}
    for flow in drawing.flows:
        source, target = layout.boxes.get(flow.source), layout.boxes.get(flow.target)
        if source and target:
            in_the_way = [box for key, box in solid.items() if key not in (flow.source, flow.target)]
            layout.points[flow.id] = _way(source, target, in_the_way)
    return layout


def _scope(drawing: Drawing, parent: str, layout: Layout, *, left: float, top: float) -> tuple[float, float]:
    """Place what lies in this process or sub-process; gives how far it reaches to the right and down."""
    inside = [element for element in drawing.inside(parent) if element.kind != Kind.BOUNDARY]
    columns = _columns(drawing, inside)
    x, far_down = left, top + ROW
    for number in range(max(columns.values(), default=0) + 1):
        width, y = 0.0, top
        for element in (one for one in inside if columns[one.id] == number):
            wide, high = _place(drawing, element, layout, x, y)
            width, y = max(width, wide), y + max(high + EDGE, ROW)
        far_down = max(far_down, y)
        x += max(width + EDGE + 10, COLUMN if width > 60 else COLUMN - 50)
    return x, far_down


def _place(drawing: Drawing, element: Element, layout: Layout, x: float, y: float) -> tuple[float, float]:
    width, height = _size(element)
    middle = y + 40 - height / 2
    if element.kind == Kind.SUB_PROCESS:
        right, down = _scope(drawing, element.id, layout, left=x + EDGE, top=y + EDGE)
        layout.expanded.add(element.id)
        width, height, middle = right - x, down - y, y
    layout.boxes[element.id] = Box(x, middle, width, height)
    for place, event in enumerate(drawing.boundaries_of(element.id)):
        layout.boxes[event.id] = Box(x + 10 + 45.0 * place, middle + height - 18, 36, 36)
    return width, height


def _columns(drawing: Drawing, inside: Sequence[Element]) -> Mapping[str, int]:
    """How many steps each is away from the start; ways back count for nothing."""
    known = {element.id for element in inside}
    columns = {element.id: 0 for element in inside}
    todo = [(element.id, frozenset({element.id})) for element in inside if not drawing.flows_to(element.id)]
    budget = 20_000
    while todo and budget:
        current, path = todo.pop(0)
        sources = [current, *(event.id for event in drawing.boundaries_of(current))]
        for flow in (flow for source in sources for flow in drawing.flows_from(source)):
            budget = max(0, budget - 1)
            if flow.target in known and flow.target not in path and columns[flow.target] <= columns[current]:
                columns[flow.target] = columns[current] + 1
                todo.append((flow.target, path | {flow.target}))
    return columns


def _size(element: Element) -> tuple[float, float]:
    if element.kind in EVENTS:
        return _SIZES["event"]
    return _SIZES["gateway"] if element.kind in GATEWAYS else _SIZES["activity"]


def _way(source: Box, target: Box, others: Sequence[Box]) -> Sequence[Point]:
    """The first of the usual ways on which nothing stands: straight, with a bend, around everything."""
    ways = _ways(source, target, others)
    return min(ways, key=lambda way: sum(_crosses(way, box) for box in others))


def _ways(source: Box, target: Box, others: Sequence[Box]) -> Sequence[Sequence[Point]]:
    out = (source.x + source.width, source.y + source.height / 2)
    to = (target.x, target.y + target.height / 2)
    over, under = _around(source, target, others)
    if to[0] < out[0]:
        return [under, over]
    if out[1] == to[1]:
        return [[out, to], over, under]
    late = to[0] - 20 if to[0] - out[0] > 40 else (out[0] + to[0]) / 2
    early = out[0] + 20 if to[0] - out[0] > 40 else late
    return [*([out, (bend, out[1]), (bend, to[1]), to] for bend in (late, early)), over, under]


def _around(source: Box, target: Box, others: Sequence[Box]) -> tuple[Sequence[Point], Sequence[Point]]:
    """Above, and below, whatever stands in the rows of these two between them."""
    first, last = sorted((source.x + source.width / 2, target.x + target.width / 2))
    top, bottom = min(source.y, target.y), max(source.y + source.height, target.y + target.height)
    between = [
        box
        for box in others
        if first < box.x + box.width and box.x < last and box.y < bottom and top < box.y + box.height
    ]
    over = min([top, *(box.y for box in between)]) - 25
    under = max([bottom, *(box.y + box.height for box in between)]) + 30
    middle, ending = source.x + source.width / 2, target.x + target.width / 2
    return (
        [(middle, source.y), (middle, over), (ending, over), (ending, target.y)],
        [
            (middle, source.y + source.height),
            (middle, under),
            (ending, under),
            (ending, target.y + target.height),
        ],
    )


def _crosses(way: Sequence[Point], box: Box) -> bool:
    """Whether one of the straight parts leads through the box."""
    return any(
        min(x, x2) < box.x + box.width and box.x < max(x, x2) and min(y, y2) < box.y + box.height and box.y < max(y, y2)
        for (x, y), (x2, y2) in pairwise(way)
        if (x, y) != (x2, y2)
    )
