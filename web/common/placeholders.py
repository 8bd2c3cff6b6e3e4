"""The placeholders that an editor of texts offers (templates/components/placeholders.html)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from tickets.placeholders import offered

# Headings of a text's own placeholders, by what stands before the dot.
HEADINGS: Mapping[str, str | Promise] = {
    "ticket": gettext_lazy("Ticket"),
    "customer": gettext_lazy("Customer"),
    "agent": gettext_lazy("Agent"),
    "": pgettext_lazy("placeholders", "Others"),
}


@dataclass(frozen=True)
class Offered:
    """One to choose: `text` is what is put into the field."""

    name: str
    example: str

    @property
    def text(self) -> str:
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class Group:
    label: str | Promise
    options: Sequence[Offered]


def groups(names: Mapping[str, str]) -> list[Group]:
    """A text's own placeholders by what they are about, then those that come from elsewhere."""
    found: list[Group] = []
    for label, more in offered(names):
        found += [Group(label, _all(more))] if label else _own(more)
    return found


def _own(names: Mapping[str, str]) -> list[Group]:
    by_heading: dict[str, dict[str, str]] = {}
    for name, example in names.items():
        thing, dot, _part = name.partition(".")
        by_heading.setdefault(thing if dot and thing in HEADINGS else "", {})[name] = example
    return [Group(HEADINGS[thing], _all(by_heading[thing])) for thing in HEADINGS if thing in by_heading]


def _all(names: Mapping[str, str]) -> list[Offered]:
    return [Offered(name, example) for name, example in names.items()]
