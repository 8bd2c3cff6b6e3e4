"""Agents times skills as one table of levels. Only what was touched is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import User
from automation.assignment_setup import Cell
from automation.models import Skill
from automation.models.assignment import HIGHEST_LEVEL


@dataclass(frozen=True)
class SkillRow:
    """An agent and the fields of the row, drawn: thousands of them are too many for a template."""

    person: User
    cells: SafeString


class SkillMatrix:
    """Bound when `data` is given: `wanted` and `shown` are the levels of the cells that the page had, no others."""

    shown_name = "shown"

    def __init__(
        self,
        people: Sequence[User],
        skills: Sequence[Skill],
        held: Mapping[Cell, int],
        data: QueryDict | None = None,
    ) -> None:
        self.people, self.skills, self.held = people, skills, held
        self.wanted: dict[Cell, int] = {}
        self.shown: dict[Cell, int] = {}
        self.wrong: set[Cell] = set()
        if data is not None:
            self.shown = self._read_shown(data.get(self.shown_name, ""))
            for cell in self._cells():
                self._read(cell, data)

    @property
    def shown_value(self) -> str:
        """The levels that this page shows, for the hidden field; those it was made with while it is refused."""
        return " ".join(
            f"{user}:{skill}:{level}" for (user, skill), level in sorted((self.shown or self._here).items())
        )

    @property
    def rows(self) -> Iterable[SkillRow]:
        for person in self.people:
            cells = [self._drawn((person.pk, skill.pk)) for skill in self.skills]
            yield SkillRow(person, SafeString("".join(cells)))

    def accept_news(self) -> None:
        """The page now says what somebody else has changed: fields that were not touched show what is there."""
        touched = {cell: level for cell, level in self.wanted.items() if level != self.shown.get(cell, 0)}
        self.wanted, self.shown = touched, {}

    @property
    def _here(self) -> dict[Cell, int]:
        return {cell: self.held[cell] for cell in self._cells() if cell in self.held}

    def _cells(self) -> Iterable[Cell]:
        return ((person.pk, skill.pk) for person in self.people for skill in self.skills)

    def _drawn(self, cell: Cell) -> str:
        """Its name comes from the headings of row and column. Numbers of ours need no escaping."""
        user, skill = cell
        level = self.wanted.get(cell, self.held.get(cell, 0))
        marks = ' aria-invalid="true"' if cell in self.wrong else ""
        held = " sk-held" if level else ""
        return (
            f'<td class="sk{held}"><input class="input input--sm num" type="number" min="0" max="{HIGHEST_LEVEL}" '
            f'name="u{user}s{skill}" value="{level or ""}" aria-labelledby="p{user} s{skill}"{marks}></td>'
        )

    def _read(self, cell: Cell, data: QueryDict) -> None:
        """A field that is not there was not shown, such as those of a skill that is new."""
        text = data.get(f"u{cell[0]}s{cell[1]}")
        if text is None:
            return
        text = text.strip() or "0"
        if text.isascii() and text.isdecimal() and len(text) < 3 and int(text) <= HIGHEST_LEVEL:
            self.wanted[cell] = int(text)
        else:
            self.wrong.add(cell)

    def _read_shown(self, text: str) -> dict[Cell, int]:
        """Known agents and skills alone."""
        known = set(self._cells())
        found: dict[Cell, int] = {}
        for part in text.split():
            numbers = part.split(":")
            if len(numbers) == 3 and all(n.isascii() and n.isdecimal() and len(n) < 19 for n in numbers):
                user, skill, level = map(int, numbers)
                if (user, skill) in known:
                    found[user, skill] = level
        return found
