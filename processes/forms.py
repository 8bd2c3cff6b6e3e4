"""The forms of steps: which fields they ask for, which of them follow from the answers, and what answers will do.

One code for desk, portal and API. The values are custom fields of the ticket.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.people import person_with_address
from core.clock import now
from processes.drawing import Element
from processes.models import Process, Task
from processes.plans import drawing_of, plan_of
from processes.words import in_language
from tickets.conditions import ConditionError, Viewer, matches
from tickets.customfields import canonical
from tickets.models import FieldDefinition, Ticket
from tickets.serviceforms import fields_in


@dataclass(frozen=True)
class Entry:
    """One field of a form. `value` is what stands in it at first: the draft's, else the ticket's."""

    field: FieldDefinition
    label: str
    help: str
    required: bool
    readonly: bool
    shown_when: Mapping[str, Any] | None = None
    value: Any = None

    @property
    def key(self) -> str:
        return self.field.key


@dataclass(frozen=True)
class Form:
    """`text` is what the step says above its fields."""

    entries: Sequence[Entry]
    text: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    # Fields that name who approves, where the customer must not.
    approvers: frozenset[str] = frozenset()

    @property
    def deciding(self) -> set[str]:
        """The keys of the fields that others follow from: after a change of these, the form is drawn anew."""
        return {key for entry in self.entries for key in fields_in(entry.shown_when)}


def form_of(task: Task) -> Form:
    places = plan_of(task.run).places
    elements = [place.element for place in places.values()]
    return _form(places[task.element].element, elements, task.ticket, task.draft)


def start_form(process: Process, ticket: Ticket) -> Form:
    """What is asked before the process starts; empty where it starts without questions."""
    drawing = drawing_of(process.active) if process.active else None
    return _form(drawing.starts[0], drawing.elements, ticket, {}) if drawing and drawing.starts else Form(())


def asked(form: Form, answers: Mapping[str, Any], ticket: Ticket) -> list[Entry]:
    """The fields that are asked, in their order; what is hidden decides on nothing."""
    found: list[Entry] = []
    seen = dict(ticket.custom_fields)
    for key in (entry.key for entry in form.entries if not entry.readonly):
        seen.pop(key, None)
    for entry in form.entries:
        if not _is_shown(entry, seen, ticket):
            continue
        found.append(entry)
        if not entry.readonly:
            value = _tried(entry, answers.get(entry.key))
            if value not in (None, "", []):
                seen[entry.key] = value
    return found


def check(form: Form, answers: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
    """The canonical values to be stored, None for what was emptied. Raises `ValidationError` by key.

    A field that is not asked keeps the value that the ticket has.
    """
    values: dict[str, Any] = {}
    errors: dict[str, ValidationError] = {}
    shown = [entry for entry in asked(form, answers, ticket) if not entry.readonly]
    for unknown in set(answers) - {entry.key for entry in form.entries}:
        errors[unknown] = ValidationError(_("There is no field with this key."))
    for entry in shown:
        try:
            values[entry.key] = canonical(entry.field, answers.get(entry.key))
            if entry.required and values[entry.key] in (None, "", [], False):
                raise ValidationError(_("This is needed."), code="required")
            if entry.key in form.approvers and _is_customer(values[entry.key], ticket):
                raise ValidationError(_("Nobody approves what he has asked for himself. Name somebody else."))
        except ValidationError as error:
            errors[entry.key] = error
    if errors:
        raise ValidationError(errors)
    return values


def kept(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft keeps: answers as they are, wrong ones too, but nothing that the form does not ask for."""
    keys = {entry.key for entry in form.entries if not entry.readonly}
    return {key: value for key, value in answers.items() if key in keys and _is_plain(value)}


def _form(element: Element, elements: Iterable[Element], ticket: Ticket, draft: Mapping[str, Any]) -> Form:
    wanted = [one for one in element.settings.get("form", ()) if isinstance(one, Mapping)]
    keys = [one.get("field") for one in wanted]
    known = {one.key: one for one in FieldDefinition.objects.filter(key__in=keys, is_active=True)}
    entries = [
        Entry(
            field=known[one["field"]],
            label=known[one["field"]].shown_label,
            help=in_language(one.get("help")) or known[one["field"]].help_text,
            required=bool(one.get("required")),
            readonly=bool(one.get("readonly")) or "approval" in element.settings,
            shown_when=one.get("shown_when") or None,
            value=draft.get(one["field"], ticket.custom_fields.get(one["field"])),
        )
        for one in wanted
        if one.get("field") in known
    ]
    return Form(entries, in_language(element.settings.get("text")), approvers=_approvers(elements))


def _approvers(elements: Iterable[Element]) -> frozenset[str]:
    """As `processes.people.approvers_of` leaves the customer out, unless the step asks "the customer"."""
    asked = [one.settings.get("approval", {}).get("by", ()) for one in elements]
    strict = [by for by in asked if not any(one.get("kind") == "customer" for one in by)]
    return frozenset(str(one.get("field")) for by in strict for one in by if one.get("kind") == "field")


def _is_customer(address: Any, ticket: Ticket) -> bool:
    person = person_with_address(str(address or ""))
    return person is not None and person.pk == ticket.customer_id


def _is_shown(entry: Entry, seen: Mapping[str, Any], ticket: Ticket) -> bool:
    """A condition that cannot be read shows the field: an answer too many does less harm than a missing one."""
    if not entry.shown_when:
        return True
    was = ticket.custom_fields
    ticket.custom_fields = dict(seen)
    try:
        return matches(ticket, entry.shown_when, Viewer(None, now()))
    except ConditionError:
        return True
    finally:
        ticket.custom_fields = was


def _tried(entry: Entry, value: Any) -> Any:
    try:
        return canonical(entry.field, value)
    except ValidationError:
        return None


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= 100 and all(isinstance(item, str) and len(item) <= 1000 for item in value)
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 10_000)
