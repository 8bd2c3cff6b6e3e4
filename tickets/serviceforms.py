"""What the form of a service asks: which questions follow from the answers before them, and what becomes of these.

A question's condition is one of the condition language (tickets/conditions.py), about the ticket that the answers so
far would make. Nothing here looks anything up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import moments
from core.liquid import TemplateError, render
from core.text import clean_line
from tickets.conditions import ConditionError, Viewer, check, comparison, matches
from tickets.models import FieldDefinition, Service, ServiceField, Ticket
from tickets.models.field import FieldKind

# The subject that a service writes for its requests may name these, and `field.KEY` for the answers.
SUBJECT_NAMES = ("service", "customer.name", "customer.organisation")
_PREFIX = "field."

# Fields with what was answered, canonical, as they were asked.
Answers = Sequence[tuple[FieldDefinition, Any]]


def asked(
    questions: Iterable[ServiceField], answer_to: Callable[[ServiceField], Any], seen_by: Viewer
) -> list[ServiceField]:
    """The questions that are asked, in their order. `answer_to` gives the canonical value of one, None without any; it
    is called for those that are asked alone, so that no hidden answer decides on anything."""
    found: list[ServiceField] = []
    answers: dict[str, Any] = {}
    for question in questions:
        if is_asked(question, answers, seen_by):
            found.append(question)
            answers[question.field.key] = answer_to(question)
    return found


def is_asked(question: ServiceField, answers: Mapping[str, Any], seen_by: Viewer) -> bool:
    """One whose condition cannot be read any more is asked: an answer too many does less harm than a missing one."""
    if not question.condition:
        return True
    ticket = Ticket(custom_fields={key: value for key, value in answers.items() if value not in (None, "", [])})
    try:
        return matches(ticket, question.condition, seen_by)
    except ConditionError:
        return True


def deciding(questions: Iterable[ServiceField]) -> set[str]:
    """The keys of the fields that conditions ask for: after a change of these, the form is drawn anew."""
    return {key for question in questions for key in fields_in(question.condition)}


def fields_in(condition: Any) -> set[str]:
    """The keys of the custom fields that a condition names."""
    if isinstance(condition, list):
        return {key for part in condition for key in fields_in(part)}
    if not isinstance(condition, Mapping):
        return set()
    if isinstance(name := condition.get("field"), str):
        return {name.removeprefix(_PREFIX)} if name.startswith(_PREFIX) else set()
    return {key for part in condition.values() for key in fields_in(part)}


def check_question(question: ServiceField, before: Iterable[FieldDefinition]) -> None:
    """Raise `ConditionError` unless the condition asks only for answers to the questions before this one."""
    known = {f"{_PREFIX}{field.key}" for field in before}

    def leaf(node: Mapping[str, Any]) -> object:
        if node.get("field") not in known:
            raise ConditionError(_("Only questions that stand above can decide whether this one is asked."))
        return comparison(node)

    if question.condition:
        check(question.condition, leaf=leaf)


def subject_of(service: Service, answers: Answers, *, customer: str, organisation: str) -> str:
    """The subject that the service's own text makes of the answers; its name where nothing comes of it."""
    values = {
        "service": service.shown_name,
        "customer": {"name": customer, "organisation": organisation},
        "field": {field.key: in_words(field, value) for field, value in answers},
    }
    try:
        return clean_line(render(service.shown_subject, values), 300) or service.shown_name
    except TemplateError:
        return service.shown_name


def check_subject(text: str, fields: Iterable[FieldDefinition]) -> None:
    """Raises `ValidationError` where the text cannot be read."""
    examples = {field.key: field.shown_label for field in fields}
    try:
        render(text, {"service": "-", "customer": {"name": "-", "organisation": "-"}, "field": examples})
    except TemplateError as error:
        raise ValidationError(_("The text cannot be read: %(error)s") % {"error": error}) from error


def message_of(answers: Answers, words: str) -> str:
    """The first message of the request: what was answered as it was asked, then what was written."""
    lines = [f"{_asking(field)} {in_words(field, value)}" for field, value in answers if _is_said(value)]
    return "\n\n".join(part for part in ("\n".join(lines), words.strip()) if part)


def in_words(field: FieldDefinition, value: Any) -> str:
    """A canonical value as people read it."""
    if not _is_said(value):
        return ""
    if field.kind == FieldKind.CHECKBOX:
        return _("Yes") if value else _("No")
    if field.kind == FieldKind.DATE:
        noon = datetime.combine(date.fromisoformat(value), time(12))
        return moments.day(timezone.make_aware(noon))
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _asking(field: FieldDefinition) -> str:
    """The label as it stands before an answer: "Model:", "Where?"."""
    label = field.shown_label
    return label if label.endswith(("?", ":")) else f"{label}:"


def _is_said(value: Any) -> bool:
    return value not in (None, "", [])
