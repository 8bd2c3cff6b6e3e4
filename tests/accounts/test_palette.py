"""The colours of a brand: whatever is picked can be read on every surface, by day and by night."""

import random

import pytest

from accounts.palette import DARK, EDGE, LIGHT, TEXT, WHITE, Palette, contrast, of_oklch, palette, stylesheet, to_oklch

SOME = [
    *("#006074", "#b24a26", "#ffd400", "#001133", "#ffffff", "#000000", "#ff0000", "#00ff00", "#0000ff", "#808080"),
    *(f"#{random.Random(8).randrange(seed, 1 << 24):06x}" for seed in range(0, 1 << 20, 1 << 15)),  # noqa: S311
]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


@pytest.mark.parametrize("colour", SOME)
def test_a_colour_comes_back_from_oklch(colour):
    assert of_oklch(*to_oklch(colour)) == colour


@pytest.mark.parametrize("picked", SOME)
@pytest.mark.parametrize(("when", "grounds"), [("light", LIGHT), ("dark", DARK)])
def test_every_pair_can_be_read(picked, when, grounds):
    shown = palette(picked)
    brand, strong, text = (getattr(pair, when) for pair in (shown.brand, shown.strong, shown.text))
    assert contrast(brand, WHITE) >= TEXT
    assert contrast(strong, WHITE) >= TEXT
    assert min(contrast(brand, ground) for ground in grounds) >= EDGE
    below = (*grounds, getattr(shown.soft, when), getattr(shown.hero, when))
    assert min(contrast(text, ground) for ground in below) >= TEXT


def test_a_colour_that_can_be_shown_stays_as_it_is():
    assert (palette("#b24a26").brand.light, palette("#b24a26").moved) == ("#b24a26", False)


def test_a_colour_that_is_too_bright_keeps_its_hue_and_says_that_it_moved():
    shown = palette("#ffd400")
    assert shown.moved
    assert abs(to_oklch(shown.brand.light)[2] - to_oklch("#ffd400")[2]) < 0.05


def test_the_area_behind_the_search_may_have_a_hue_of_its_own():
    assert palette("#b24a26", "#006074").hero == palette("#006074").hero
    assert palette("#b24a26", "#006074").brand == palette("#b24a26").brand


def test_the_file_has_the_tokens_and_nothing_else():
    names = [line.split(":")[0].strip() for line in stylesheet(palette("#b24a26")).splitlines()[1:-1]]
    wanted = ("brand", "brand-strong", "on-brand", "brand-text", "brand-soft", "brand-line", "brand-hero")
    assert names == [f"--{name}" for name in wanted]
    assert isinstance(palette("#b24a26"), Palette)
