"""Making and changing services and their forms: configuration, so every change is audited. What is offered of them to
whom: catalogue.py."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.audit import note_change, save_audited, save_with_rows
from accounts.models import User
from tickets.conditions import ConditionError
from tickets.models import FieldDefinition, Service, ServiceField
from tickets.models.queue import SEPARATOR
from tickets.serviceforms import check_question, check_subject, fields_in

MOST_QUESTIONS = 50


def save_service(service: Service, sets: Mapping[str, Iterable[models.Model]], *, by: User) -> Service:
    """Save a new or changed service with its organisations and brands, and the paths of everything in it.

    Raises `ValidationError` when it would lie in itself or in a service, when its name is taken there, when a topic
    that holds others would become a service, or when its subject cannot be read.
    """
    with transaction.atomic():
        # whoever changes the tree waits for whoever does so already
        rows = list(Service.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
        _check_place(service, rows)
        service.path = f"{service.parent.path}{SEPARATOR}{service.name}" if service.parent else service.name
        if any(row.path == service.path and row.pk != service.pk for row in rows):
            raise ValidationError({"name": _("There is already one with this name here.")})
        _check_subjects(service)
        save_with_rows(service, sets, by=by)
        _save_paths_in(service)
    return service


def move_service(service: Service, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) among those that lie where it does; all of them get numbers without gaps."""
    with transaction.atomic():
        rows = list(Service.objects.select_for_update(of=("self",)).filter(parent=service.parent_id))
        old = rows.index(service)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)


def questions_of(service: Service) -> list[ServiceField]:
    """All of them, with their fields; one query."""
    return list(service.questions.select_related("field"))


def add_question(service: Service, field: FieldDefinition, *, by: User) -> ServiceField:
    """At the end, asked always. Raises `ValidationError` when the form has it already, or has enough."""
    with _form_of(service, by=by):
        present = questions_of(service)
        if any(question.field_id == field.pk for question in present):
            raise ValidationError({"field": _("The form asks this already.")})
        if len(present) >= MOST_QUESTIONS:
            raise ValidationError({"field": _("A form has %(number)s questions at most.") % {"number": MOST_QUESTIONS}})
        last = present[-1].position if present else 0
        return ServiceField.objects.create(service=service, field=field, position=last + 1)


def save_question(question: ServiceField, *, by: User) -> None:
    """Raises `ValidationError` when the condition asks for anything but answers to questions above."""
    with _form_of(question.service, by=by):
        present = questions_of(question.service)
        before = [one.field for one in present if (one.position, one.pk) < (question.position, question.pk)]
        try:
            check_question(question, before)
        except ConditionError as error:
            raise ValidationError(str(error)) from error
        question.save(update_fields=["is_required", "condition", "help_text", "help_texts"])


def move_question(question: ServiceField, places: int, *, by: User) -> None:
    """Some places down, or up. Raises `ValidationError` when it would stand above one that decides whether it is asked,
    or below one that it decides on."""
    with _form_of(question.service, by=by):
        rows = questions_of(question.service)
        old = next(place for place, row in enumerate(rows) if row.pk == question.pk)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        _check_order(rows)
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                ServiceField.objects.filter(pk=row.pk).update(position=position)


def remove_question(question: ServiceField, *, by: User) -> None:
    """Raises `ValidationError` while others depend on it."""
    with _form_of(question.service, by=by):
        rows = [row for row in questions_of(question.service) if row.pk != question.pk]
        leaning = [row for row in rows if question.field.key in fields_in(row.condition)]
        if leaning:
            words = _("“%(name)s” is asked depending on this question. Change that first.")
            raise ValidationError(words % {"name": leaning[0].field.shown_label})
        ServiceField.objects.filter(pk=question.pk).delete()


@contextmanager
def _form_of(service: Service, *, by: User) -> Iterator[None]:
    """Changes of a form under the lock of its service, as one line of the audit about the service."""
    with transaction.atomic():
        Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
        before = {"questions": _told(service)}
        yield
        note_change(service, before=before, after={"questions": _told(service)}, by=by)


def _told(service: Service) -> dict[str, Any]:
    """The form as the audit keeps it, by the key of the field."""
    return {
        question.field.key: {
            "position": place,
            "required": question.is_required,
            "condition": question.condition,
            "hint": question.help_text,
            "hints": question.help_texts,
        }
        for place, question in enumerate(questions_of(service), start=1)
    }


def _check_order(rows: list[ServiceField]) -> None:
    before: set[str] = set()
    for row in rows:
        missing = fields_in(row.condition) - before
        if missing:
            words = _("“%(name)s” must stay below the questions that decide whether it is asked.")
            raise ValidationError(words % {"name": row.field.shown_label})
        before.add(row.field.key)


def _check_place(service: Service, rows: list[Service]) -> None:
    known = {row.pk: row for row in rows}
    if service.parent_id:
        above: Service | None = known[service.parent_id]
        while above is not None:
            if above.pk == service.pk:
                raise ValidationError({"parent": _("A topic cannot lie inside itself.")})
            above = known.get(above.parent_id) if above.parent_id else None
        if known[service.parent_id].queue_id is not None:
            raise ValidationError({"parent": _("Only a topic can hold services: one without a queue.")})
    if service.pk and service.queue_id and any(row.parent_id == service.pk for row in rows):
        raise ValidationError({"queue": _("It holds services, so it stays a topic without a queue.")})


def _check_subjects(service: Service) -> None:
    fields = [question.field for question in questions_of(service)] if service.pk else []
    try:
        for text in (service.subject, *service.subjects.values()):
            check_subject(text, fields)
    except ValidationError as error:
        raise ValidationError({"subject": error.messages}) from error


def _save_paths_in(service: Service) -> None:
    for child in service.children.all():
        child.path = f"{service.path}{SEPARATOR}{child.name}"
        child.save(update_fields=["path"])
        _save_paths_in(child)
