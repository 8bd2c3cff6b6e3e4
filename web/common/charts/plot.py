"""Lines and stacked bars in a plot whose area is stretched, with labels that are not.

Lengths are of a drawing 600 wide and 200 high; places of labels are percent of the width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.quantities import written_short
from web.common.charts.scale import Scale, scale_around, scale_from_zero
from web.common.charts.series import Figures, Series, finding_of

WIDTH, HEIGHT = 600, 200
# How many letters of labels stand beside each other, on a narrow screen and on a wide one.
LETTERS, LETTERS_WIDE = 36, 72
_BETWEEN = 4
# Fewer letters of a name say nothing.
_FEWEST = 3
# The colours of series in their order: the red one comes late, as red means late elsewhere; grey is for the rest.
HUES = (1, 2, 3, 5, 4, 6)
_FILLED = 0.56
_GAP = 1.2


@dataclass(frozen=True)
class Label:
    """A word below the plot. `anchor` as SVG has it; on narrow screens it is `narrow`, which may be nothing."""

    at: float
    text: str
    anchor: str = "middle"
    narrow: str = ""


@dataclass(frozen=True)
class Line:
    """`dots` are the values without neighbours: a line of no length, of which the round ends are drawn."""

    hue: int
    path: str
    dots: str = ""


@dataclass(frozen=True)
class Bar:
    hue: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Hit:
    """The strip over one place, which tells its values to the pointer."""

    x: float
    width: float
    title: str


@dataclass(frozen=True)
class Key:
    hue: int
    name: str


@dataclass(frozen=True)
class Plot:
    """Everything the template draws. `up` are labels from top to bottom, `grid` heights of lines."""

    finding: str
    up: Sequence[str]
    grid: Sequence[float]
    base: float
    across: Sequence[Label]
    keys: Sequence[Key]
    hits: Sequence[Hit]
    lines: Sequence[Line] = ()
    area: str = ""
    bars: Sequence[Bar] = ()


def lines(figures: Figures) -> Plot:
    """A line per series, the first with its area; a place without value is a gap."""
    scale = scale_around(figures.everything(), figures.kind)
    number = len(figures.places)
    xs = [_round(index * WIDTH / (number - 1)) if number > 1 else WIDTH // 2 for index in range(number)]
    points = [_points(one, xs, scale) for one in figures.series]
    drawn = [Line(hue, _path(runs), _dots(runs)) for hue, runs in zip(HUES, points, strict=False)]
    floor = _y(max(scale.low, min(0, scale.high)), scale)
    area = _area(points[0], floor) if points else ""
    return _plot(figures, scale, _along(figures.places), _strips(figures, xs), lines=drawn, area=area)


def stacked(figures: Figures) -> Plot:
    """A bar per place with its series on top of each other, those below zero beneath."""
    sums = [total for index in range(len(figures.places)) for total in _sums(figures, index)]
    scale = scale_from_zero(sums, figures.kind)
    slot = WIDTH / max(1, len(figures.places))
    found = [bar for index in range(len(figures.places)) for bar in _pile(figures, index, slot, scale)]
    hits = [Hit(_round(i * slot), _round(slot), figures.title_at(i)) for i in range(len(figures.places))]
    return _plot(figures, scale, _amid(figures), hits, bars=found)


def _plot(figures: Figures, scale: Scale, across: Sequence[Label], hits: Sequence[Hit], **drawn) -> Plot:
    zero = min(max(0, scale.low), scale.high)
    return Plot(
        finding=finding_of(figures),
        up=[written_short(tick, figures.kind) for tick in reversed(scale.ticks)],
        grid=[_y(tick, scale) for tick in scale.ticks if tick != zero],
        base=_y(zero, scale),
        across=across,
        keys=[Key(hue, one.name) for hue, one in zip(HUES, figures.series, strict=False)],
        hits=hits,
        **drawn,
    )


# ---- lines

Point = tuple[float, float]


def _points(one: Series, xs: Sequence[float], scale: Scale) -> list[list[Point]]:
    """Runs of neighbours that have a value."""
    runs: list[list[Point]] = [[]]
    for x, value in zip(xs, one.values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, _y(value, scale)))
    return [run for run in runs if run]


def _path(runs: Sequence[Sequence[Point]]) -> str:
    return "".join(f"M{_joined(run)}" for run in runs if len(run) > 1)


def _dots(runs: Sequence[Sequence[Point]]) -> str:
    return "".join(f"M{_joined(run)}h0" for run in runs if len(run) == 1)


def _joined(run: Sequence[Point]) -> str:
    return "L".join(f"{x} {y}" for x, y in run)


def _area(runs: Sequence[Sequence[Point]], floor: float) -> str:
    wide = [run for run in runs if len(run) > 1]
    return "".join(f"M{_joined(run)}L{run[-1][0]} {floor}L{run[0][0]} {floor}Z" for run in wide)


def _strips(figures: Figures, xs: Sequence[float]) -> list[Hit]:
    edges = [0, *((left + right) / 2 for left, right in pairwise(xs)), WIDTH]
    return [
        Hit(_round(left), _round(right - left), figures.title_at(index))
        for index, (left, right) in enumerate(pairwise(edges))
        if index < len(xs)
    ]


# ---- bars


def _sums(figures: Figures, index: int) -> tuple[float, float]:
    values = [one.values[index] or 0 for one in figures.series]
    return sum(value for value in values if value > 0), sum(value for value in values if value < 0)


def _pile(figures: Figures, index: int, slot: float, scale: Scale) -> Iterator[Bar]:
    # Few bars are no walls.
    width, tops = min(slot * _FILLED, WIDTH / 6), {True: 0.0, False: 0.0}
    for hue, one in zip(HUES, figures.series, strict=False):
        value = one.values[index]
        if not value:
            continue
        below = tops[value > 0]
        tops[value > 0] = below + value
        upper, lower = sorted((_y(below, scale), _y(below + value, scale)))
        height = max(lower - upper - _GAP, 0.4)
        x = index * slot + (slot - width) / 2
        yield Bar(hue, _round(x), _round(upper), _round(width), _round(height))


# ---- labels


def _along(places: Sequence[str]) -> list[Label]:
    """From edge to edge: the first begins at its place, the last ends there."""
    last = len(places) - 1
    if last < 1:
        return [Label(50, place) for place in places]
    anchors = {0: "start", last: "end"}
    return _thinned(places, [index / last * 100 for index in range(last + 1)], anchors)


def _amid(figures: Figures) -> list[Label]:
    number = len(figures.places)
    at = [(index + 0.5) / number * 100 for index in range(number)]
    if figures.is_ordered:
        return _thinned(figures.places, at, {})
    wide, narrow = (max(_FEWEST, letters // max(1, number)) for letters in (LETTERS_WIDE, LETTERS))
    return [
        Label(_round(x), _cut(place, wide), narrow=_cut(place, narrow))
        for x, place in zip(at, figures.places, strict=True)
    ]


def _thinned(places: Sequence[str], at: Sequence[float], anchors: dict[int, str]) -> list[Label]:
    """Only as many as there is room for, evenly."""
    narrow, wide = _stride(places, LETTERS), _stride(places, LETTERS_WIDE)
    narrow = -(-narrow // wide) * wide
    return [
        Label(_round(at[index]), place, anchors.get(index, "middle"), narrow="" if index % narrow else place)
        for index, place in enumerate(places)
        if index % wide == 0
    ]


def _stride(places: Sequence[str], letters: int) -> int:
    longest = max((len(place) for place in places), default=1) + _BETWEEN
    return max(1, -(-len(places) * longest // max(letters, longest)))


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}\N{HORIZONTAL ELLIPSIS}"


def _y(value: float, scale: Scale) -> float:
    return _round(HEIGHT * (1 - scale.at(value)))


def _round(number: float) -> float:
    """Tenths are finer than any screen."""
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
