"""The picture of an answer (web/common/charts): what is a line, a bar or a shade, and what is left to the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.quantities import COUNT
from reports.dimensions import HOUR, TIME, WEEKDAY
from reports.measures import Measure
from reports.models import Display
from reports.tables import TOTAL, Header
from reports.wording import measured, quantity_of
from web.common.charts.beside import Lying, Warmth, heat, lying, spark
from web.common.charts.plot import Plot, lines, stacked
from web.common.charts.series import Figures, Series, finding_of
from web.desk.reports.shown import Number, Shown, label_of, short_label

# More lines than these cannot be told apart; of stacked bars one more is for the rest.
MOST_LINES = 4
MOST_COLOURS = 5

Cells = Callable[[str], float | None]


@dataclass(frozen=True)
class Barred:
    """A row with a bar that lies."""

    label: str
    bar: Lying | None
    number: Number


@dataclass(frozen=True)
class Drawn:
    """What there is of these depends on the display; none of them means that the table says it all."""

    plot: Plot | None = None
    is_line: bool = False
    bars: Sequence[Barred] = ()
    heat: Sequence[tuple[str, Sequence[Warmth]]] = ()
    heat_heads: Sequence[str] = ()
    spark: str = ""
    finding: str = ""
    is_partial: bool = False
    # other measures are in the table alone
    is_of_first: bool = False

    @property
    def has_picture(self) -> bool:
        return bool(self.plot or self.bars or self.heat)


def drawn(shown: Shown) -> Drawn:
    draw = _DRAWERS.get(shown.display)
    return draw(shown) if draw and not shown.is_empty else Drawn()


# ---- lines and stacked bars


def _line(shown: Shown) -> Drawn:
    figures, is_partial = _figures(shown, most=MOST_LINES)
    return Drawn(
        plot=lines(figures),
        is_line=True,
        is_partial=is_partial,
        is_of_first=_is_of_first(shown),
        finding=finding_of(figures),
    )


def _stacked(shown: Shown) -> Drawn:
    figures, is_partial = _figures(shown, most=MOST_COLOURS)
    return Drawn(
        plot=stacked(figures), is_partial=is_partial, is_of_first=_is_of_first(shown), finding=finding_of(figures)
    )


def _is_of_first(shown: Shown) -> bool:
    return shown.has_rows and shown.has_columns and len(shown.table.measures) > 1


def _figures(shown: Shown, *, most: int) -> tuple[Figures, bool]:
    """Places are the rows, or the columns where these are the time. Series are what is across them; where nothing is,
    the measures of one quantity, and the time compared with."""
    first = shown.table.measures[0]
    is_turned = shown.table.question.columns == TIME or not shown.has_rows
    places, across = shown.table.rows, shown.table.columns
    if is_turned:
        places, across = across, places
    has_across = shown.has_rows if is_turned else shown.has_columns
    if has_across:
        found = _of_headers(shown, first, places, across, is_turned=is_turned)
        series, is_partial = _few(found, first, most=most)
    else:
        series, is_partial = _of_measures(shown, first, places, is_turned=is_turned, most=most)
    key = shown.table.question.columns if is_turned else shown.table.question.rows
    names = [short_label(head, key, shown.table.question.grain) for head in places]
    return Figures(names, series, quantity_of(first), is_ordered=key in (TIME, WEEKDAY, HOUR)), is_partial


def _of_headers(
    shown: Shown, measure: Measure, places: Sequence[Header], across: Sequence[Header], *, is_turned: bool
) -> list[tuple[float, Series]]:
    """With how much each is in all."""
    found = []
    for head in across:
        keys = [(head.key, place.key) if is_turned else (place.key, head.key) for place in places]
        values = [shown.value(row, column, measure) for row, column in keys]
        found.append((sum(value or 0 for value in values), Series(label_of(head), values)))
    return found


def _few(found: list[tuple[float, Series]], measure: Measure, *, most: int) -> tuple[list[Series], bool]:
    """The largest; the rest of what can be added up is one more."""
    if len(found) <= most:
        return [one for _sum, one in found], False
    kept = sorted(found, key=lambda pair: -pair[0])[:most]
    names = {id(one) for _sum, one in kept}
    shown = [one for _sum, one in found if id(one) in names]
    if quantity_of(measure) != COUNT or most == MOST_LINES:
        return shown, True
    rest = [one for _sum, one in found if id(one) not in names]
    sums = [sum(value or 0 for value in column) for column in zip(*(one.values for one in rest), strict=True)]
    return [*shown, Series(pgettext("series of a chart", "Others"), sums)], False


def _of_measures(
    shown: Shown, first: Measure, places: Sequence[Header], *, is_turned: bool, most: int
) -> tuple[list[Series], bool]:
    alike = [one for one in shown.table.measures if quantity_of(one) == quantity_of(first)]
    series = []
    for measure in alike[:most]:
        cells = [shown.cell(TOTAL, p.key, measure) if is_turned else shown.cell(p.key, TOTAL, measure) for p in places]
        series.append(Series(str(measure.label), [measured(cell.value, measure) for cell in cells]))
        if len(alike) == 1 and shown.table.question.compare and shown.display == Display.LINE:
            series.append(Series(_("before"), [measured(cell.before, measure) for cell in cells]))
    return series, len(alike) < len(shown.table.measures) or len(alike) > most


# ---- beside tables


def _bars(shown: Shown) -> Drawn:
    first = shown.table.measures[0]
    heads = shown.table.rows if shown.has_rows else shown.table.columns
    numbers = [shown.number(*_place(shown, head), first) for head in heads]
    found = zip(heads, lying([number.value for number in numbers]), numbers, strict=True)
    is_partial = len(shown.table.measures) > 1 or shown.has_rows and shown.has_columns
    return Drawn(bars=[Barred(label_of(head), bar, number) for head, bar, number in found], is_partial=is_partial)


def _place(shown: Shown, head: Header) -> tuple[str, str]:
    return (head.key, TOTAL) if shown.has_rows else (TOTAL, head.key)


def _heat(shown: Shown) -> Drawn:
    first = shown.table.measures[0]
    rows, columns, question = shown.table.rows, shown.table.columns, shown.table.question
    labels = [label_of(head) for head in rows]
    heads = [short_label(head, question.columns, question.grain) for head in columns]
    values = [[shown.value(row.key, column.key, first) for column in columns] for row in rows]
    urls = [[shown.url(row.key, column.key, first) for column in columns] for row in rows]
    cells = heat(values, quantity_of(first), rows=labels, columns=heads, urls=urls)
    is_partial = len(shown.table.measures) > 1
    return Drawn(heat=list(zip(labels, cells, strict=True)), heat_heads=heads, is_partial=is_partial)


def _number(shown: Shown) -> Drawn:
    """Beside the number how it came about, where the time is told apart."""
    if TIME not in (shown.table.question.rows, shown.table.question.columns):
        return Drawn()
    is_turned = shown.table.question.columns == TIME
    heads = shown.table.columns if is_turned else shown.table.rows
    first = shown.table.measures[0]
    cells = [shown.cell(TOTAL, h.key, first) if is_turned else shown.cell(h.key, TOTAL, first) for h in heads]
    return Drawn(spark=spark([cell.value for cell in cells]))


_DRAWERS: dict[str, Callable[[Shown], Drawn]] = {
    Display.LINE: _line,
    Display.STACKED: _stacked,
    Display.BARS: _bars,
    Display.HEAT: _heat,
    Display.NUMBER: _number,
}
