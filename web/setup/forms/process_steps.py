"""The panel of one step of a process: which questions an element has, and its settings as the drawing keeps them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from automation.answers import span
from core.text import clean_line
from processes.drawing import Element, Kind, Trigger
from processes.models import Process
from tickets.models.field import FieldKind
from web.setup.forms.process_step_fields import (
    AddressesField,
    AddressField,
    field_choice,
    flag,
    role_field,
    role_names,
    span_field,
)

Values = Mapping[str, Any]
FORM, APPROVAL = "form", "approval"


class StepForm(forms.Form):
    """Only the questions that this element has. `stored` is what its settings become; the fields of a form, effects
    and conditions have editors of their own beside it."""

    name = forms.CharField(max_length=300, required=False)

    def __init__(self, element: Element, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="step-%s", **kwargs)
        self.element, self.kept = element, element.settings
        self.fields["name"].label = _("Name")
        self.initial.setdefault("name", element.name)
        for add in _QUESTIONS.get(element.kind, ()):
            add(self)
        if element.trigger in _TRIGGERS and element.kind != Kind.THROW:
            _TRIGGERS[element.trigger](self)
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
        names = ("rule", "by_people", "by_roles", "by_owner", "by_responsible", "by_customer", "by_field")
        return self.bound(*names) if self.is_approval else []

    @property
    def time_fields(self) -> list[forms.BoundField]:
        if self.is_approval:
            return self.bound("deadline", "deadline_business", "late", "remind", "remind_business", "delegation")
        return self.bound("due", "due_business")

    @property
    def trigger_fields(self) -> list[forms.BoundField]:
        return self.bound("timer", "after", "after_business", "at", "field", "offset", "message", "code", "calls")

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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
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
        by += [{"kind": kind} for kind in ("owner", "responsible", "customer") if given[f"by_{kind}"]]
        by += [{"kind": "field", "field": given["by_field"]}] if given["by_field"] else []
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
            return {"field": given["field"], **({"offset": given["offset"]} if given["offset"] else {})}
        return self._span("after")

    def _span(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"after": self.cleaned_data[name]}
        return {**found, "business": True} if self.cleaned_data.get(f"{name}_business") else found

    # ---- the questions

    def ask_who(self) -> None:
        who = self.kept.get("who") or {}
        choices = [
            ("agent", _("One person")),
            ("role", _("Everybody with a role")),
            ("queue", _("Everybody who works the queue")),
            ("owner", _("The agent of the ticket")),
            ("customer", _("The customer")),
        ]
        initial = str(who.get("kind", "queue"))
        self.fields["who"] = forms.ChoiceField(choices=choices, label=_("Done by"), initial=initial, required=False)
        self.fields["person"] = AddressField(label=_("Email address"), required=False, initial=who.get("person", ""))
        self.fields["role"] = role_field(str(who.get("role", "")))
        due = self.kept.get("due") or {}
        self.fields["due"] = span_field(_("To be done within"))
        self.fields["due"].initial = due.get("after", "")
        self.fields["due_business"] = flag(_("counted in opening hours"), bool(due.get("business")))

    def ask_mode(self) -> None:
        choices = [(FORM, _("Fill in a form")), (APPROVAL, _("Give an approval"))]
        initial = APPROVAL if "approval" in self.kept else FORM
        label = _("What is asked")
        self.fields["mode"] = forms.ChoiceField(choices=choices, label=label, initial=initial, required=False)

    def ask_approval(self) -> None:
        kept = self.kept.get("approval") or {}
        rules = [
            ("any", _("one approval is enough")),
            ("one", _("the first answer decides")),
            ("all", _("all have to approve")),
            ("majority", _("more than half have to approve")),
        ]
        by = list(kept.get("by") or [])
        kinds = {one.get("kind") for one in by}
        fields = self.fields
        fields["rule"] = forms.ChoiceField(
            choices=rules, label=_("Approved when"), initial=kept.get("rule", "any"), required=False
        )
        people = "\n".join(one.get("person", "") for one in by if one.get("kind") == "person")
        fields["by_people"] = AddressesField(
            label=_("People"), required=False, initial=people, help_text=_("Email addresses, one per line.")
        )
        roles = [(name, name) for name in role_names()]
        fields["by_roles"] = forms.MultipleChoiceField(
            choices=roles,
            widget=forms.CheckboxSelectMultiple,
            label=_("Everybody with these roles"),
            required=False,
            initial=[one.get("role", "") for one in by if one.get("kind") == "role"],
        )
        fields["by_owner"] = flag(_("The agent of the ticket"), "owner" in kinds)
        fields["by_responsible"] = flag(_("The responsible of the ticket"), "responsible" in kinds)
        fields["by_customer"] = flag(_("The customer"), "customer" in kinds)
        held = next((one.get("field", "") for one in by if one.get("kind") == "field"), "")
        fields["by_field"] = field_choice(_("Whose address stands in a field"), FieldKind.TEXT, held)
        self._ask_times(kept)

    def _ask_times(self, kept: Values) -> None:
        fields, deadline, remind = self.fields, kept.get("deadline") or {}, kept.get("remind") or {}
        fields["deadline"] = span_field(_("To be decided within"))
        fields["deadline"].initial = deadline.get("after", "")
        fields["deadline_business"] = flag(_("counted in opening hours"), bool(deadline.get("business")))
        late = [("decline", _("it counts as declined")), ("approve", _("it counts as approved"))]
        fields["late"] = forms.ChoiceField(
            choices=late, label=_("When the time is over"), initial=kept.get("late", "decline"), required=False
        )
        fields["remind"] = span_field(_("Remind after"))
        fields["remind"].initial = remind.get("after", "")
        fields["remind_business"] = flag(_("counted in opening hours"), bool(remind.get("business")))
        fields["delegation"] = flag(_("Approvers may pass it on"), kept.get("delegation", True))

    def ask_timer(self) -> None:
        kept = self.kept.get("timer") or {}
        kind = "at" if "at" in kept else "field" if "field" in kept else "after"
        choices = [
            ("after", _("after a time")),
            ("at", _("at a set time")),
            ("field", _("on the date in a field")),
        ]
        if not kept and self.element.text:
            words = _("as the file says: %(text)s") % {"text": self.element.text}
            choices, kind = [("", words), *choices], ""
        fields = self.fields
        fields["timer"] = forms.ChoiceField(choices=choices, label=_("Goes on"), initial=kind, required=False)
        fields["after"] = span_field(_("Time"))
        fields["after"].initial = kept.get("after", "")
        fields["after_business"] = flag(_("counted in opening hours"), bool(kept.get("business")))
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        fields["at"] = forms.DateTimeField(label=_("Moment"), widget=widget, required=False)
        fields["at"].input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]
        fields["at"].initial = str(kept.get("at", ""))[:16]
        fields["field"] = field_choice(_("Field"), FieldKind.DATE, str(kept.get("field", "")))
        fields["offset"] = forms.CharField(
            label=_("Earlier or later by"), required=False, max_length=10, help_text=_("Such as -1d or +4h.")
        )
        fields["offset"].initial = kept.get("offset", "")

    def ask_message(self) -> None:
        hint = _("Rules, programs and other processes send it by this name.")
        self.fields["message"] = forms.CharField(
            max_length=100, required=False, label=_("Name of the message"), help_text=hint, initial=self.element.text
        )

    def ask_error(self) -> None:
        hint = _("Empty catches every error.") if self.element.kind == Kind.BOUNDARY else ""
        self.fields["code"] = forms.CharField(
            max_length=100, required=False, label=_("Code of the error"), help_text=hint, initial=self.element.text
        )

    def ask_called(self) -> None:
        choices = [("", _("Choose")), *((one.key, one.shown_name) for one in Process.objects.all())]
        self.fields["calls"] = forms.ChoiceField(
            choices=choices, required=False, label=_("Which process"), initial=self.element.calls
        )

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


_QUESTIONS = {
    Kind.USER: (StepForm.ask_mode, StepForm.ask_who, StepForm.ask_approval),
    Kind.MANUAL: (StepForm.ask_who,),
    Kind.RECEIVE: (StepForm.ask_message,),
    Kind.CALL: (StepForm.ask_called,),
}
_TRIGGERS = {
    Trigger.TIMER: StepForm.ask_timer,
    Trigger.MESSAGE: StepForm.ask_message,
    Trigger.ERROR: StepForm.ask_error,
}
