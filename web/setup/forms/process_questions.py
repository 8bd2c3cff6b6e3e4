"""The questions about a step of a process, each for the elements that have it. `form` is a StepForm: its `kept` is what
the drawing says of the step now."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from processes.drawing import Kind, Trigger
from processes.kinds import choices_of, key_of
from processes.models import Process
from tickets.models.field import FieldKind
from web.setup.forms.process_step_fields import (
    AddressesField,
    AddressField,
    field_choice,
    fields_of,
    flag,
    role_field,
    role_names,
    span_field,
)
from web.setup.process_page import kind_in_words, shape_in_words

FORM, APPROVAL = "form", "approval"


def ask_kind(form: Any) -> None:
    """What else it could be; not asked of what can only be what it is."""
    found = choices_of(form.element)
    if len(found) < 2:
        return
    choices = [(key, shape_in_words(shape.kind, shape.trigger)) for key, shape in found.items()]
    present = key_of(form.element)
    if not present:
        choices.insert(0, ("", kind_in_words(form.element)))
    hint = _("Another kind asks for other things: they are here once it is saved.")
    form.fields["kind"] = forms.ChoiceField(
        choices=choices, label=_("Kind"), initial=present, required=False, help_text=hint
    )


def ask_interrupts(form: Any) -> None:
    form.fields["interrupts"] = flag(_("It ends the step; otherwise both go on"), form.element.interrupts)


def ask_who(form: Any) -> None:
    who = form.kept.get("who") or {}
    choices = [
        ("agent", _("One person")),
        ("role", _("Everybody with a role")),
        ("queue", _("Everybody who works the queue")),
        ("owner", _("The agent of the ticket")),
        ("customer", _("The customer")),
    ]
    initial = str(who.get("kind", "queue"))
    form.fields["who"] = forms.ChoiceField(choices=choices, label=_("Done by"), initial=initial, required=False)
    form.fields["person"] = AddressField(label=_("Email address"), required=False, initial=who.get("person", ""))
    form.fields["role"] = role_field(str(who.get("role", "")))
    due = form.kept.get("due") or {}
    form.fields["due"] = span_field(_("To be done within"))
    form.fields["due"].initial = due.get("after", "")
    form.fields["due_business"] = flag(_("counted in opening hours"), bool(due.get("business")))


def ask_mode(form: Any) -> None:
    choices = [(FORM, _("Fill in a form")), (APPROVAL, _("Give an approval"))]
    initial = APPROVAL if "approval" in form.kept else FORM
    label = _("What is asked")
    form.fields["mode"] = forms.ChoiceField(choices=choices, label=label, initial=initial, required=False)


def ask_approval(form: Any) -> None:
    kept = form.kept.get("approval") or {}
    rules = [
        ("any", _("one approval is enough")),
        ("one", _("the first answer decides")),
        ("all", _("all have to approve")),
        ("majority", _("more than half have to approve")),
    ]
    by = list(kept.get("by") or [])
    kinds = {one.get("kind") for one in by}
    fields = form.fields
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
    fields["by_queue"] = flag(_("Everybody who works the queue"), "queue" in kinds)
    fields["by_owner"] = flag(_("The agent of the ticket"), "owner" in kinds)
    fields["by_responsible"] = flag(_("The responsible of the ticket"), "responsible" in kinds)
    fields["by_customer"] = flag(_("The customer"), "customer" in kinds)
    fields["by_fields"] = forms.MultipleChoiceField(
        choices=fields_of(FieldKind.TEXT),
        widget=forms.CheckboxSelectMultiple,
        label=_("Whose address stands in these fields"),
        required=False,
        initial=[one.get("field", "") for one in by if one.get("kind") == "field"],
    )
    _ask_times(form, kept)


def _ask_times(form: Any, kept: Mapping[str, Any]) -> None:
    fields, deadline, remind = form.fields, kept.get("deadline") or {}, kept.get("remind") or {}
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
    fields["delegation"] = flag(_("Approvers may pass it on"), kept.get("delegation", not kept))


def ask_timer(form: Any) -> None:
    kept = form.kept.get("timer") or {}
    kind = "at" if "at" in kept else "field" if "field" in kept else "after"
    choices = [
        ("after", _("after a time")),
        ("at", _("at a set time")),
        ("field", _("on the date in a field")),
    ]
    if not kept and form.element.text:
        words = _("as the file says: %(text)s") % {"text": form.element.text}
        choices, kind = [("", words), *choices], ""
    fields = form.fields
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


def ask_message(form: Any) -> None:
    hint = _("Rules, programs and other processes send it by this name.")
    form.fields["message"] = forms.CharField(
        max_length=100, required=False, label=_("Name of the message"), help_text=hint, initial=form.element.text
    )


def ask_error(form: Any) -> None:
    hint = _("Empty catches every error.") if form.element.kind == Kind.BOUNDARY else ""
    form.fields["code"] = forms.CharField(
        max_length=100, required=False, label=_("Code of the error"), help_text=hint, initial=form.element.text
    )


def ask_called(form: Any) -> None:
    choices = [("", _("Choose")), *((one.key, one.shown_name) for one in Process.objects.all())]
    form.fields["calls"] = forms.ChoiceField(
        choices=choices, required=False, label=_("Which process"), initial=form.element.calls
    )


QUESTIONS = {
    Kind.USER: (ask_mode, ask_who, ask_approval),
    Kind.MANUAL: (ask_who,),
    Kind.RECEIVE: (ask_message,),
    Kind.CALL: (ask_called,),
}
TRIGGERS = {
    Trigger.TIMER: ask_timer,
    Trigger.MESSAGE: ask_message,
    Trigger.ERROR: ask_error,
}
