"""The colours of a brand, worked out from the one that was picked: the hue stays, the lightness moves until all can be
read. Pure; nothing here knows what a brand is.

Contrast is that of WCAG 2.2 (1.4.3: 4.5 to 1 for text, 1.4.11: 3 to 1 for edges), colours are mixed in OKLCH, and what
comes out is hexadecimal, because mails need that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import atan2, cos, hypot, pi, sin

TEXT = 4.5
EDGE = 3.0
WHITE = "#ffffff"
# What the colours lie on, as static/css/tokens.css has it: the surface and what is raised above it.
LIGHT = (WHITE, "#f6f7f7")
DARK = ("#141a1a", "#1c2424")
STEP = 0.001
# Chroma of a brand of ordinary strength; a paler one has paler fills.
ORDINARY = 0.145

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Pair:
    """One colour by day and by night."""

    light: str
    dark: str

    def __str__(self) -> str:
        return self.light if self.light == self.dark else f"light-dark({self.light}, {self.dark})"


@dataclass(frozen=True)
class Palette:
    """What templates may use of a brand. `moved`: the picked colour itself could not be shown with white on it."""

    brand: Pair
    strong: Pair
    on_brand: Pair
    text: Pair
    soft: Pair
    line: Pair
    hero: Pair
    moved: bool


@cache
def palette(picked: str, behind: str = "") -> Palette:
    """The colours made of `picked`; `behind` gives the large area behind the search a hue of its own."""
    light, chroma, hue = to_oklch(picked)
    tint, tint_hue = min(1.0, chroma / ORDINARY), hue
    wide, wide_hue = tint, tint_hue
    if behind:
        _light, behind_chroma, wide_hue = to_oklch(behind)
        wide = min(1.0, behind_chroma / ORDINARY)
    soft = Pair(of_oklch(0.970, 0.016 * tint, hue), of_oklch(0.262, 0.034 * tint, hue))
    hero = Pair(of_oklch(0.958, 0.020 * wide, wide_hue), of_oklch(0.212, 0.018 * wide, wide_hue))

    by_day = picked
    if contrast(picked, WHITE) < TEXT:
        by_day = _darker_until(light, chroma, hue, lambda shown: contrast(shown, WHITE) >= TEXT)
    by_night = by_day
    if _least(by_day, DARK) < EDGE:
        by_night = _lighter_until(to_oklch(by_day)[0], chroma, hue, lambda shown: _least(shown, DARK) >= EDGE)
    text = Pair(
        _darker_until(
            min(light, 0.53), chroma, hue, lambda shown: _least(shown, (*LIGHT, soft.light, hero.light)) >= TEXT
        ),
        _lighter_until(
            max(light, 0.80),
            min(chroma, 0.105),
            hue,
            lambda shown: _least(shown, (*DARK, soft.dark, hero.dark)) >= TEXT,
        ),
    )
    return Palette(
        brand=Pair(by_day, by_night),
        strong=Pair(_shade(by_day), _shade(by_night)),
        on_brand=Pair(WHITE, WHITE),
        text=text,
        soft=soft,
        line=Pair(of_oklch(0.890, 0.048 * tint, hue), of_oklch(0.400, 0.066 * tint, hue)),
        hero=hero,
        moved=by_day != picked,
    )


def stylesheet(shown: Palette) -> str:
    """The file of a brand: its tokens and nothing else."""
    tokens = {
        "--brand": shown.brand,
        "--brand-strong": shown.strong,
        "--on-brand": shown.on_brand,
        "--brand-text": shown.text,
        "--brand-soft": shown.soft,
        "--brand-line": shown.line,
        "--brand-hero": shown.hero,
    }
    lines = "".join(f"  {name}: {value};\n" for name, value in tokens.items())
    return f":root {{\n{lines}}}\n"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (lighter + 0.05) / (darker + 0.05), from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in radians. Björn Ottosson, "A perceptual color space" (2020)."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, hypot(a, b), atan2(b, a) % (2 * pi)


def of_oklch(light: float, chroma: float, hue: float) -> str:
    """As #rrggbb; what no screen can show becomes paler until one can."""
    while True:
        rgb = _rgb(light, chroma, hue)
        if chroma < 0.001 or all(-0.0005 <= part <= 1.0005 for part in rgb):
            return "#" + "".join(f"{round(_encoded(min(1.0, max(0.0, part))) * 255):02x}" for part in rgb)
        chroma *= 0.97


def _rgb(light: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _darker_until(light: float, chroma: float, hue: float, is_enough: Callable[[str], bool]) -> str:
    shown = of_oklch(light, chroma, hue)
    while light > 0 and not is_enough(shown):
        light -= STEP
        shown = of_oklch(max(light, 0.0), chroma, hue)
    return shown


def _lighter_until(light: float, chroma: float, hue: float, is_enough: Callable[[str], bool]) -> str:
    shown = of_oklch(light, chroma, hue)
    while light < 1 and not is_enough(shown):
        light += STEP
        shown = of_oklch(min(light, 1.0), chroma, hue)
    return shown


def _shade(colour: str) -> str:
    """A step darker, for what the pointer is over."""
    light, chroma, hue = to_oklch(colour)
    return of_oklch(max(0.0, light - 0.07), chroma * 0.9, hue)


def _least(shown: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(shown, ground) for ground in grounds)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Rgb:
    red, green, blue = (_decoded(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return red, green, blue


def _decoded(part: float) -> float:
    """IEC 61966-2-1."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
