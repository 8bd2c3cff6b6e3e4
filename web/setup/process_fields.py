"""The fields of a step's form as rows: which, in which order, required or only shown, and when they are asked.

editor = FieldsEditor.of(settings["form"])      # as it is stored
editor = FieldsEditor.typed(request.POST)       # as it was typed, with one row more, less or elsewhere
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tickets.models import FieldDefinition
from web.common.choices import Choices
from web.common.condition_words import in_words

MOST = 50
PREFIX = "fields"
Values = Mapping[str, Any]


class FieldRow(forms.Form):
    """One field. When it is asked is said in a panel of its own (web/setup/process_rows.py), and kept here."""

    mode = forms.ChoiceField()
    help = forms.CharField(max_length=300, required=False)

    def __init__(self, key: str, labels: Mapping[str, str], kept: Values, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.key, self.kept = key, kept
        self.label = labels.get(key, key)
        # Its condition in words, once somebody has said it (`worded`).
        self.when = ""
        self.index, self.is_first, self.is_last = 0, False, False
        self.fields["mode"].label = _("How it is asked")
        self.fields["mode"].choices = [
            ("", _("may be left empty")),
            ("required", _("must be filled in")),
            ("readonly", _("only shown")),
        ]
        self.fields["mode"].required = False
        self.fields["help"].label = _("Help")

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def moves(self) -> list[tuple[str, str, bool]]:
        return [("up", "arrow-u", self.is_first), ("down", "arrow-d", self.is_last), ("drop", "x", False)]

    @property
    def shown_when(self) -> Values:
        return self.kept.get("shown_when") or {}

    def stored(self) -> dict[str, Any]:
        """As the step keeps it, from what was typed."""
        typed = {name: str(self[name].value() or "").strip() for name in self.fields}
        found: dict[str, Any] = {"field": self.key}
        if typed["mode"] in ("required", "readonly"):
            found[typed["mode"]] = True
        helps = {code: text for code, text in dict(self.kept.get("help") or {}).items() if code != _here()}
        if typed["help"]:
            helps[_here()] = typed["help"]
        if helps:
            found["help"] = helps
        if self.shown_when:
            found["shown_when"] = self.shown_when
        return found


class FieldsEditor:
    def __init__(self, rows: Sequence[Values] = ()) -> None:
        active = FieldDefinition.objects.filter(is_active=True).order_by("position", "pk")
        self.labels = {one.key: one.shown_label for one in active}
        self.said = ""
        self.rows = [self._row(values) for values in rows]
        self._number()

    @classmethod
    def of(cls, rows: Sequence[Values]) -> "FieldsEditor":
        return cls(rows)

    @classmethod
    def typed(cls, data: QueryDict, before: Sequence[Values]) -> "FieldsEditor":
        """`before` is what is stored, for what the rows do not ask for."""
        editor, kept = cls(), {str(values.get("field")): values for values in before}
        for text in data.getlist(f"{PREFIX}-row")[:MOST]:
            place, _blank, key = text.partition(" ")
            if key in editor.labels or key in kept:
                row = FieldRow(key, editor.labels, kept.get(key, {}), data, prefix=f"{PREFIX}{place[:3]}")
                editor.rows.append(editor._row({**row.stored()}))
        editor._edit(data.get(f"{PREFIX}-edit", ""), data.get(f"{PREFIX}-add", ""))
        editor._number()
        return editor

    def worded(self, choices: Choices) -> None:
        """Say of each row when it is asked."""
        rows = [row for row in self.rows if row.shown_when]
        for row, words in zip(rows, in_words([row.shown_when for row in rows], choices), strict=True):
            row.when = words

    @property
    def stored(self) -> list[dict[str, Any]]:
        return [row.stored() for row in self.rows]

    @property
    def offered(self) -> list[tuple[str, str]]:
        chosen = {row.key for row in self.rows}
        return [(key, label) for key, label in self.labels.items() if key not in chosen]

    def _row(self, values: Values) -> FieldRow:
        mode = "required" if values.get("required") else "readonly" if values.get("readonly") else ""
        initial = {"mode": mode, "help": dict(values.get("help") or {}).get(_here(), "")}
        return FieldRow(str(values.get("field", "")), self.labels, values, initial=initial)

    def _edit(self, text: str, added: str) -> None:
        what, _blank, place = text.partition(" ")
        if what == "add" and added in dict(self.offered):
            self.rows.append(self._row({"field": added}))
            self.said = _("%(field)s was added.") % {"field": self.rows[-1].label}
        if not place.isdecimal() or int(place) >= len(self.rows):
            return
        row = self.rows.pop(int(place))
        if what == "drop":
            self.said = _("%(field)s was removed.") % {"field": row.label}
            return
        to = max(0, min(int(place) + (-1 if what == "up" else 1), len(self.rows)))
        self.rows.insert(to, row)
        self.said = _("%(field)s is number %(number)s now.") % {"field": row.label, "number": to + 1}

    def _number(self) -> None:
        for index, row in enumerate(self.rows):
            row.index, row.prefix = index, f"{PREFIX}{index}"
            row.is_first, row.is_last = index == 0, index == len(self.rows) - 1


def _here() -> str:
    return get_language() or settings.LANGUAGE_CODE
