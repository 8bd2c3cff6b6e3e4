"""Effects of a rule, schedule, macro or alert as rows of a form, and back.

    editor = EffectsEditor.of(rule.effects, Offered())        # as it is stored
    editor = EffectsEditor.typed(request.POST, Offered())     # as it was typed, with one row more, less or elsewhere
    editor = EffectsEditor.sent(request.POST, Offered())      # to be saved: is_valid(), then .effects

A page draws it with templates/setup/automation/_effects.html, whose buttons go to `effects_url`: an address that
answers with the page as it was typed (without script), or with `drawn(request, editor, url)` alone (htmx).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from automation.effects import MAX_EFFECTS, Effect, EffectError, Values, check_effects, known_effects
from web.setup.effect_asks import AskForm, Offered
from web.setup.effect_menu import ICONS, MenuGroup, grouped
from web.setup.forms.problems import Problem


class EffectRow:
    """One effect. `error` is about all of it, not about one field."""

    def __init__(self, do: str, effect: Effect | None, form: AskForm, *, prefix: str) -> None:
        self.do, self.effect, self.form, self.prefix = do, effect, form, prefix
        # `key` is the number under which its fields are sent, `index` its place
        self.index, self.key, self.error = 0, 0, ""
        self.is_first = self.is_last = False
        self.takes_focus = ""
        # As it would be stored; None while something is missing or wrong.
        self.complete: Values | None = None

    @property
    def label(self) -> str:
        return str(self.effect.label) if self.effect else self.do

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def id(self) -> str:
        return f"{self.prefix}-{self.index}"

    @property
    def icon(self) -> str:
        return ICONS.get(self.do, "bolt")

    @property
    def moves(self) -> list[tuple[str, str, bool]]:
        """Its buttons: what each does, its icon, and whether there is nowhere to go."""
        return [("up", "arrow-u", self.is_first), ("down", "arrow-d", self.is_last), ("drop", "x", False)]

    def take_focus(self) -> None:
        """What is asked first has the focus when the page is drawn."""
        field = next(iter(self.form.fields.values()), None)
        if field is None:
            self.takes_focus = "row"
        else:
            field.takes_focus = True

    def as_typed(self) -> tuple[Values, Values | None]:
        if self.form.is_bound and self.effect and self.form.is_valid():
            self.complete = {"do": self.do, **self.form.values}
        return {"do": self.do, **self.form.typed()}, self.complete


class EffectsEditor:
    """`prefix` tells apart two lists on one page. `for_person`: somebody starts these effects by hand, so that those
    which need a person may be chosen too; `without` names effects that may not."""

    def __init__(
        self,
        offered: Offered,
        *,
        prefix: str = "effects",
        for_person: bool = False,
        without: Collection[str] = (),
        required: bool = True,
    ) -> None:
        self.offered, self.prefix, self.required, self.for_person = offered, prefix, required, for_person
        self.known: Mapping[str, Effect] = {
            name: effect
            for name, effect in known_effects().items()
            if name not in without and (for_person or not effect.needs_person)
        }
        self.rows: list[EffectRow] = []
        self.error = self.said = ""
        self.focus_on_add = False

    @classmethod
    def of(cls, effects: Sequence[Values], offered: Offered, **options: Any) -> "EffectsEditor":
        editor = cls(offered, **options)
        editor.rows = [editor._row(values, values) for values in _one_field_each(effects)]
        return editor._numbered()

    @classmethod
    def typed(cls, data: QueryDict, offered: Offered, **options: Any) -> "EffectsEditor":
        """Unchecked; what the pressed button asks for has been done."""
        editor = cls.sent(data, offered, **options)
        editor._rebuild()
        editor._edit(data.get(f"{editor.prefix}-edit", ""))
        return editor

    @classmethod
    def sent(cls, data: QueryDict, offered: Offered, **options: Any) -> "EffectsEditor":
        editor = cls(offered, **options)
        for text in data.getlist(f"{editor.prefix}-row")[:MAX_EFFECTS]:
            index, _blank, do = text.partition(" ")
            if index.isascii() and index.isdecimal() and len(index) < 4:
                editor.rows.append(editor._bound(do[:100], int(index), data))
        return editor._numbered()

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Of a valid editor: as they are stored."""
        return [{"do": row.do, **row.form.values} for row in self.rows]

    @property
    def menu(self) -> list[MenuGroup]:
        return grouped(self.known)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MAX_EFFECTS

    @property
    def told(self) -> list[tuple[Values | None, str]]:
        """Each effect as far as it is complete, and what its kind is called; of a list that was sent, once checked."""
        return [(row.complete, row.label) for row in self.rows]

    def is_valid(self) -> bool:
        valid = [self._is_valid(row) for row in self.rows]
        if not self.rows and self.required:
            self.error = _("Add at least one effect.")
            return False
        return all(valid)

    def problems(self) -> list[Problem]:
        """For the summary on top of the page."""
        found = [Problem(self.error, f"{self.prefix}-add")] if self.error else []
        for row in self.rows:
            words = {"number": row.number, "effect": row.label}
            label = _("Effect %(number)s, %(effect)s") % words
            if row.error:
                found.append(Problem(f"{label}: {row.error}", row.id))
            found += [Problem(f"{label}: {field.label}", field.id_for_label) for field in row.form if field.errors]
        return found

    def _is_valid(self, row: EffectRow) -> bool:
        if row.effect is None:
            row.error = _("This effect is not there any more. Remove it.")
            return False
        if not row.form.is_valid():
            return False
        try:
            check_effects([{"do": row.do, **row.form.values}], for_person=self.for_person)
        except EffectError as error:
            if not row.form.blame(error.ask, str(error)):
                row.error = str(error)
            return False
        row.complete = {"do": row.do, **row.form.values}
        return True

    def _edit(self, text: str) -> None:
        what, _blank, value = text.partition(" ")
        if what == "add" and value in self.known and not self.is_full:
            self.rows.append(self._row({"do": value}))
            self.rows[-1].take_focus()
            self._numbered()
            self.said = _("%(effect)s was added as number %(number)s.") % self._words(self.rows[-1])
        elif what in ("up", "down", "drop") and value.isascii() and value.isdecimal() and int(value) < len(self.rows):
            self._change(what, int(value))

    def _change(self, what: str, index: int) -> None:
        row = self.rows.pop(index)
        if what == "drop":
            self.said = _("%(effect)s was removed.") % {"effect": row.label}
            self._rebuild()
            if self.rows:
                self.rows[min(index, len(self.rows) - 1)].takes_focus = "drop"
            else:
                self.focus_on_add = True
            return
        place = max(0, min(index + (-1 if what == "up" else 1), len(self.rows)))
        self.rows.insert(place, row)
        self._rebuild()
        moved = self.rows[place]
        moved.takes_focus = what
        self.said = _("%(effect)s is number %(number)s of %(total)s now.") % self._words(moved)

    def _words(self, row: EffectRow) -> dict[str, Any]:
        return {"effect": row.label, "number": row.number, "total": len(self.rows)}

    def _rebuild(self) -> None:
        """Rows that can be numbered anew, with what was typed in them."""
        self.rows = [self._row(*row.as_typed()) for row in self.rows]
        self._numbered()

    def _numbered(self) -> "EffectsEditor":
        for index, row in enumerate(self.rows):
            row.index = index
            if not row.form.is_bound:
                row.key, row.form.prefix = index, f"{self.prefix}{index}"
            row.is_first, row.is_last = index == 0, index == len(self.rows) - 1
        return self

    def _row(self, values: Values, complete: Values | None = None) -> EffectRow:
        do = str(values.get("do", ""))
        effect = self.known.get(do)
        form = AskForm(effect.asks if effect else (), self.offered, initial=dict(values))
        row = EffectRow(do, effect, form, prefix=self.prefix)
        row.complete = complete
        return row

    def _bound(self, do: str, index: int, data: QueryDict) -> EffectRow:
        effect = self.known.get(do)
        form = AskForm(effect.asks if effect else (), self.offered, data, prefix=f"{self.prefix}{index}")
        row = EffectRow(do, effect, form, prefix=self.prefix)
        row.key = index
        return row


def drawn(request: HttpRequest, editor: EffectsEditor, effects_url: str, **context: Any) -> HttpResponse:
    """The answer to a button of the editor, for htmx: the list anew, and what a screen reader says."""
    context |= {"editor": editor, "effects_url": effects_url}
    response = render(request, "setup/automation/_effects_drawn.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _one_field_each(effects: Sequence[Values]) -> list[Values]:
    """Custom fields are edited one by one, so that each has its own row."""
    found: list[Values] = []
    for values in effects:
        filled = values.get("values")
        if values.get("do") == "fields" and isinstance(filled, Mapping) and len(filled) > 1:
            found += [{**values, "values": {key: value}} for key, value in filled.items()]
        else:
            found.append(values)
    return found
