"""The questions of a service (tickets/serviceforms.py) as fields of a form: those that follow from the answers so far.

Customers answer them in the portal, and administrators try them.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property

from accounts.models import Organisation, User
from accounts.people import primary_organisation
from tickets.conditions import viewer
from tickets.customfields import canonical, fields_for
from tickets.models import FieldDefinition, Service, ServiceField
from tickets.models.field import FieldKind
from tickets.servicedefinitions import questions_of
from tickets.serviceforms import asked, deciding, subject_of
from tickets.vocabulary import default_type
from web.common.custom_fields import PREFIX, bound_fields, form_field


def askable(service: Service) -> list[ServiceField]:
    """The questions whose fields tickets of its queue and type have; others could not be kept."""
    if service.queue is None:
        return []
    known = set(fields_for(service.queue, service.type or default_type()).values_list("pk", flat=True))
    return [question for question in questions_of(service) if question.field_id in known]


class ServiceQuestions(forms.Form):
    """`typed` is what was typed so far, to be drawn again: nothing of it is wrong yet."""

    def __init__(self, *args: Any, service: Service, by: User, typed: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service, self.by, self.typed = service, by, typed
        # Fields with what is answered so far, canonical.
        self.answers: list[tuple[FieldDefinition, Any]] = []
        self.every = askable(service)
        self.questions = self._ask(self.every)
        for name, field in self.fields.items() if typed is not None else ():
            if not isinstance(field, forms.FileField):
                self.initial[name] = field.widget.value_from_datadict(typed, {}, name)

    @property
    def is_dependent(self) -> bool:
        """Whether an answer changes what stands in the form."""
        return bool(deciding(self.every)) or bool(self.service.shown_subject)

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        return bound_fields(self)

    @property
    def keys(self) -> list[str]:
        return [question.field.key for question in self.questions]

    @property
    def subject_so_far(self) -> str:
        """What the request will be called, from what is answered already; "" where the person calls it something."""
        is_begun = any(value not in (None, "", [], False) for _field, value in self.answers)
        return self.subject_from_answers() if self.service.shown_subject and is_begun else ""

    def subject_from_answers(self) -> str:
        organisation = self._organisation.name if self._organisation else ""
        return subject_of(self.service, self.answers, customer=self.by.name, organisation=organisation)

    def _ask(self, questions: Sequence[ServiceField]) -> list[ServiceField]:
        """The fields of those that are asked, in their order; each decides with its answer on those behind it."""

        def answer_to(question: ServiceField) -> Any:
            name, field = f"{PREFIX}{question.field.key}", form_field(question.field)
            field.required, field.help_text = False, question.shown_help
            value = self._answer(question.field, name, field)
            field.required = question.is_required or question.field.is_required
            self.fields[name] = field
            self.answers.append((question.field, value))
            return value

        return asked(questions, answer_to, viewer(self.by))

    def _answer(self, definition: FieldDefinition, name: str, field: forms.Field) -> Any:
        """What is answered so far, canonical; a box without a tick says no."""
        data = self.data if self.is_bound else self.typed
        if data is None:
            return False if definition.kind == FieldKind.CHECKBOX else None
        try:
            value = field.clean(field.widget.value_from_datadict(data, {}, name))
            return canonical(definition, value.isoformat() if hasattr(value, "isoformat") else value)
        except ValidationError:
            return None

    @cached_property
    def _organisation(self) -> Organisation | None:
        return primary_organisation(self.by)
