"""Charts: round scales, lines with gaps, bars that pile up, labels that have room."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.quantities import BUSINESS, COUNT, DURATION, SCORE, SHARE
from web.common.charts.beside import Lying, heat, lying, spark
from web.common.charts.plot import HEIGHT, WIDTH, lines, stacked
from web.common.charts.scale import MOST_STEPS, scale_around, scale_from_zero
from web.common.charts.series import Figures, Series, finding_of

KINDS = st.sampled_from([COUNT, DURATION, BUSINESS, SHARE, SCORE])
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**12), 10**12)
HOUR = 3600


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def figures(*rows, places=None, kind=COUNT) -> Figures:
    number = len(rows[0]) if rows else 0
    return Figures(
        places or [f"p{i}" for i in range(number)], [Series(f"s{i}", row) for i, row in enumerate(rows)], kind
    )


# ---- scales


@pytest.mark.parametrize(
    ("values", "kind", "ticks"),
    [
        ([71], COUNT, [0, 20, 40, 60, 80]),
        ([0, 3], COUNT, [0, 1, 2, 3]),
        ([1], COUNT, [0, 1]),
        ([0, 0], COUNT, [0, 1]),
        ([], COUNT, [0, 1]),
        ([None], COUNT, [0, 1]),
        ([-3, 7], COUNT, [-4, -2, 0, 2, 4, 6, 8]),
        ([1_250_000], COUNT, [0, 500_000, 1_000_000, 1_500_000]),
        ([5040], DURATION, [0, 1800, 3600, 5400]),
        ([31 * HOUR], BUSINESS, [0, 12 * HOUR, 24 * HOUR, 36 * HOUR]),
        ([400 * HOUR], BUSINESS, [0, 120 * HOUR, 240 * HOUR, 360 * HOUR, 480 * HOUR]),
        ([0.93], SHARE, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]),
        ([1], SHARE, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]),
        ([4.6], SCORE, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_scales_are_round(values, kind, ticks):
    assert list(scale_from_zero(values, kind).ticks) == pytest.approx(ticks)


def test_lines_of_shares_need_not_begin_at_zero():
    assert list(scale_around([0.91, 0.97], SHARE).ticks) == pytest.approx([0.9, 0.92, 0.94, 0.96, 0.98])
    assert list(scale_around([1, 1], SHARE).ticks)[0] == 0
    assert list(scale_around([90, 97], COUNT).ticks)[0] == 0


@given(st.lists(NUMBERS, max_size=8), KINDS)
def test_a_scale_holds_all_its_values_on_few_even_ticks(values, kind):
    for scale in (scale_from_zero(values, kind), scale_around(values, kind)):
        assert scale.low < scale.high
        assert 2 <= len(scale.ticks) <= MOST_STEPS + 3
        gap = scale.high - scale.low
        assert all(-1e-6 <= scale.at(value) <= 1 + 1e-6 for value in values)
        steps = [later - sooner for sooner, later in zip(scale.ticks, scale.ticks[1:], strict=False)]
        assert max(steps) - min(steps) <= gap * 1e-9


# ---- plots


def test_a_line_goes_from_edge_to_edge():
    plot = lines(figures([0, 50, 100]))
    assert [line.path for line in plot.lines] == ["M0 200L300 100L600 0"]
    assert plot.area == "M0 200L300 100L600 0L600 200L0 200Z"
    assert plot.up == ["100", "80", "60", "40", "20", "0"]
    assert plot.base == HEIGHT
    assert [(hit.x, hit.width) for hit in plot.hits] == [(0, 150), (150, 300), (450, 150)]
    assert plot.hits[1].title == "p1: s0 50"


def test_a_missing_value_is_a_gap_and_a_lone_one_a_dot():
    plot = lines(figures([0, None, 100, 100]))
    assert (plot.lines[0].path, plot.lines[0].dots) == ("M400 0L600 0", "M0 200h0")
    alone = lines(figures([100])).lines[0]
    assert (alone.path, alone.dots) == ("", "M300 0h0")


def test_nothing_is_drawn_of_nothing():
    for plot in (lines(figures()), stacked(figures()), lines(figures([None, None]))):
        assert not "".join(line.path for line in plot.lines)
        assert not plot.bars
        assert plot.finding == "There is nothing in this period."


def test_bars_pile_up_and_hang_below_zero():
    plot = stacked(figures([40, -20], [40, None]))
    assert plot.up[0] == "80"
    assert plot.up[-1] == "-20"
    assert plot.base == 160
    assert [(bar.hue, bar.y, bar.height) for bar in plot.bars] == [(1, 80, 78.8), (2, 0, 78.8), (1, 160, 38.8)]


@given(st.lists(st.lists(NUMBERS | st.none(), min_size=3, max_size=3), min_size=1, max_size=4), KINDS)
def test_everything_lies_within_the_plot(rows, kind):
    for plot in (lines(figures(*rows, kind=kind)), stacked(figures(*rows, kind=kind))):
        numbers = [float(x) for line in plot.lines for x in re.findall(r"-?\d+\.?\d*", line.path)]
        assert all(-0.1 <= number <= WIDTH + 0.1 for number in numbers)
        for bar in plot.bars:
            assert bar.y >= -0.1
            assert bar.y + bar.height <= HEIGHT + 0.5
        assert all(0 <= height <= HEIGHT for height in plot.grid)


def test_labels_have_room():
    plot = lines(figures(list(range(30)), places=[f"{day} Nov" for day in range(1, 31)]))
    assert [label.narrow for label in plot.across if label.narrow] == ["1 Nov", "11 Nov", "21 Nov"]
    assert len(plot.across) == 6
    assert plot.across[0].anchor == "start"
    few = stacked(figures([1, 2], places=["Mon", "Tue"]))
    assert [(label.at, label.text, label.narrow) for label in few.across] == [(25, "Mon", "Mon"), (75, "Tue", "Tue")]


def test_names_are_cut_where_each_of_them_is_needed():
    names = ["Support › Hardware", "Billing", "Junk", "Sales"]
    plot = stacked(Figures(names, [Series("Opened", [1, 2, 3, 4])], COUNT, is_ordered=False))
    assert [label.text for label in plot.across] == names
    assert [label.narrow for label in plot.across] == ["Support …", "Billing", "Junk", "Sales"]
    assert plot.hits[0].title == "Support › Hardware: Opened 1"


def test_the_finding_tells_extremes():
    assert finding_of(figures([3, 71, 9])) == "s0: highest 71 (p1), lowest 3 (p0)."
    assert finding_of(figures([4, 4])) == "s0: always 4."
    assert finding_of(figures([4])) == "s0: 4."


# ---- beside tables


def test_lying_bars_share_a_scale():
    assert lying([10, 5, None, 0]) == [Lying(0, 100), Lying(0, 50), None, Lying(0, 0)]
    assert lying([10, -10]) == [Lying(50, 50), Lying(0, 50)]
    assert lying([0, None]) == [Lying(0, 0), None]


def test_heat_has_five_shades_and_none_for_nothing():
    cells = heat([[0, 1, None], [5, 10, 3]], COUNT, rows=["Mon", "Tue"], columns=["8", "9", "10"])
    assert [[cell.level for cell in row] for row in cells] == [[0, 1, 0], [3, 5, 2]]
    assert cells[1][1].title == "Tue, 9: 10"


def test_a_sparkline_needs_two_values():
    assert spark([1]) == spark([]) == spark([None, 1]) == ""
    assert spark([0, 10]) == "M0.0 24.0L88.0 4.0"
    assert spark([5, None, 5]) == "M0.0 14.0h0M88.0 14.0h0"
