"""The panel of one step of a process: which questions an element has, and its settings as the drawing keeps them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from automation.answers import span
from core.text import clean_line
from processes.drawing import Element, Kind, Trigger
from processes.kinds import choices_of, key_of
from web.setup.forms.process_questions import APPROVAL, QUESTIONS, TRIGGERS, ask_interrupts, ask_kind

Values = Mapping[str, Any]


class StepForm(forms.Form):
    """Only the questions that this element has. `stored` is what its settings become; the fields of a form, effects
    and conditions have editors of their own beside it."""

    name = forms.CharField(max_length=300, required=False)

    def __init__(self, element: Element, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="step-%s", **kwargs)
        self.element, self.kept = element, element.settings
        self.fields["name"].label = _("Name")
        self.initial.setdefault("name", element.name)
        ask_kind(self)
        for ask in QUESTIONS.get(element.kind, ()):
            ask(self)
        if element.trigger in TRIGGERS and element.kind != Kind.THROW:
            TRIGGERS[element.trigger](self)
        if element.kind == Kind.BOUNDARY and element.trigger in (Trigger.TIMER, Trigger.MESSAGE):
            ask_interrupts(self)
        if element.kind in (Kind.USER, Kind.MANUAL, Kind.START):
            self._languages("text", _("What is to be done"), forms.Textarea(attrs={"rows": 3}), 2_000, ())
        self._languages("names", _("Name"), forms.TextInput(), 300, (settings.LANGUAGE_CODE,))

    # ---- what there is to draw

    @property
    def is_approval(self) -> bool:
        return "mode" in self.fields and str(self["mode"].value()) == APPROVAL

    @property
    def has_fields(self) -> bool:
        return self.element.kind in (Kind.USER, Kind.START)

    def bound(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def who_fields(self) -> list[forms.BoundField]:
        return [] if self.is_approval else self.bound("who", "person", "role")

    @property
    def approval_fields(self) -> list[forms.BoundField]:
        names = ("rule", "by_people", "by_roles", "by_queue", "by_owner", "by_responsible", "by_customer", "by_fields")
        return self.bound(*names) if self.is_approval else []

    @property
    def time_fields(self) -> list[forms.BoundField]:
        if self.is_approval:
            return self.bound("deadline", "deadline_business", "late", "remind", "remind_business", "delegation")
        return self.bound("due", "due_business")

    @property
    def trigger_fields(self) -> list[forms.BoundField]:
        return self.bound(
            "timer", "after", "after_business", "at", "field", "offset", "message", "code", "calls", "interrupts"
        )

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return self.bound(f"text_{_here()}")

    @property
    def other_languages(self) -> list[tuple[str, list[forms.BoundField]]]:
        found = []
        for code, language in settings.LANGUAGES:
            names = [f"names_{code}", *([f"text_{code}"] if code != _here() else [])]
            if bound := self.bound(*names):
                found.append((gettext(language), bound))
        return found

    # ---- the way back

    @property
    def new_kind(self) -> str:
        """What the step is to become; nothing else is asked of the old kind then."""
        given = str(self["kind"].value() or "") if "kind" in self.fields else ""
        return given if given in choices_of(self.element) and given != key_of(self.element) else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.new_kind:
            self._errors = ErrorDict({name: errors for name, errors in self.errors.items() if name == "name"})
            return cleaned
        for name in ("due", "deadline", "remind", "after"):
            text = str(cleaned.get(name) or "").replace(" ", "").lower()
            if text:
                try:
                    span(text)
                except ValidationError as error:
                    self.add_error(name, error)
                else:
                    cleaned[name] = text
        self._needs("who", "agent", "person", _("Say who."))
        self._needs("who", "role", "role", _("Say which role."))
        self._needs("timer", "after", "after", _("Say how long."))
        self._needs("timer", "at", "at", _("Say when."))
        self._needs("timer", "field", "field", _("Say which field holds the date."))
        return cleaned

    def _needs(self, choice: str, value: str, name: str, message: str) -> None:
        hidden, given = choice == "who" and self.is_approval, self.cleaned_data
        if not hidden and given.get(choice) == value and not given.get(name) and not self.errors.get(name):
            self.add_error(name, message)

    def stored(self, *, form: list[dict[str, Any]], effects: list[dict[str, Any]] | None) -> dict[str, Any]:
        """As `step` of the drawing; what this form does not ask for stays."""
        asked = {"who", "form", "text", "due", "names", "approval", "effects", "timer"}
        found = {key: value for key, value in self.kept.items() if key not in asked}
        given = self.cleaned_data
        for name in ("names", "text"):
            if texts := {code: given[f"{name}_{code}"] for code in _codes() if given.get(f"{name}_{code}")}:
                found[name] = texts
        if self.has_fields and form:
            found["form"] = form
        if self.is_approval:
            found["approval"] = self._approval()
        elif "who" in self.fields:
            found["who"] = self._who()
            if given.get("due"):
                found["due"] = self._span("due")
        if effects is not None:
            found["effects"] = effects
        if given.get("timer"):
            found["timer"] = self._timer()
        return found

    def _who(self) -> dict[str, Any]:
        kind = self.cleaned_data["who"]
        extra = {"agent": "person", "role": "role"}.get(kind)
        return {"kind": kind, **({extra: self.cleaned_data[extra]} if extra else {})}

    def _approval(self) -> dict[str, Any]:
        given = self.cleaned_data
        by: list[dict[str, Any]] = [{"kind": "person", "person": one} for one in given["by_people"]]
        by += [{"kind": "role", "role": one} for one in given["by_roles"]]
        by += [{"kind": kind} for kind in ("queue", "owner", "responsible", "customer") if given[f"by_{kind}"]]
        by += [{"kind": "field", "field": one} for one in given["by_fields"]]
        before = [one for one in (self.kept.get("approval") or {}).get("by") or () if one in by]
        by = [*before, *(one for one in by if one not in before)]
        found: dict[str, Any] = {"rule": given["rule"], "by": by, "delegation": given["delegation"]}
        if given["deadline"]:
            found |= {"deadline": self._span("deadline"), "late": given["late"] or "decline"}
        if given["remind"]:
            found["remind"] = self._span("remind")
        return found

    def _timer(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["timer"] == "at":
            return {"at": given["at"].isoformat(timespec="minutes")}
        if given["timer"] == "field":
            found = {"field": given["field"], "offset": given["offset"], "business": given["after_business"]}
            return {name: value for name, value in found.items() if value}
        return self._span("after")

    def _span(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"after": self.cleaned_data[name]}
        return {**found, "business": True} if self.cleaned_data.get(f"{name}_business") else found

    def _languages(self, name: str, label: str, widget: forms.Widget, length: int, without: tuple[str, ...]) -> None:
        kept = self.kept.get(name) or {}
        for code in _codes():
            if code not in without:
                field = forms.CharField(
                    max_length=length, required=False, label=label, widget=type(widget)(widget.attrs)
                )
                field.initial = kept.get(code, "") if isinstance(kept, dict) else kept
                self.fields[f"{name}_{code}"] = field

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 300)


def _codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _here() -> str:
    return get_language() or settings.LANGUAGE_CODE
