"""What is drawn: named rows of values over the same places, and what the picture says in one sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.quantities import written

Values = Sequence[float | None]
# A sentence that tells of more is not heard to its end.
_TOLD = 2


@dataclass(frozen=True)
class Series:
    """One line, or one colour of the bars."""

    name: str
    values: Values


@dataclass(frozen=True)
class Figures:
    """`places` name the values of all series; `kind` is one of `core.quantities`.

    Places that follow each other, such as days (`is_ordered`), need not all be named on the axis.
    """

    places: Sequence[str]
    series: Sequence[Series]
    kind: str
    is_ordered: bool = True

    def everything(self) -> Iterator[float | None]:
        for one in self.series:
            yield from one.values

    def title_at(self, index: int) -> str:
        """ "10 Nov: Created 71, Solved 63"."""
        told = ", ".join(f"{one.name} {written(one.values[index], self.kind)}" for one in self.series)
        return _("%(place)s: %(values)s") % {"place": self.places[index], "values": told}


def finding_of(figures: Figures) -> str:
    """The picture in a sentence, for who does not see it."""
    sentences = [_finding(one, figures) for one in figures.series[:_TOLD]]
    return " ".join(filter(None, sentences)) or _("There is nothing in this period.")


def _finding(one: Series, figures: Figures) -> str:
    known = [(value, place) for value, place in zip(one.values, figures.places, strict=True) if value is not None]
    if not known:
        return ""
    most, least = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    words = {"name": one.name, "most": written(most[0], figures.kind), "most_at": most[1]}
    if most[0] == least[0]:
        return _("%(name)s: always %(most)s.") % words if len(known) > 1 else _("%(name)s: %(most)s.") % words
    words |= {"least": written(least[0], figures.kind), "least_at": least[1]}
    return _("%(name)s: highest %(most)s (%(most_at)s), lowest %(least)s (%(least_at)s).") % words
