"""What the form of a service asks: its questions in their order, each with when it is asked."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.once import once
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.administration import AdminDoor, etag, refused, require_same
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.levels.forms import ConditionField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, TextsField
from api.v1.setup.kinds import Changing
from api.v1.setup.services import ServiceSettingShape, questions_of, service_rows
from api.v1.setup.words import TAG
from tickets.customfields import fields_for
from tickets.models import Service, ServiceField
from tickets.servicedefinitions import add_question, move_question, remove_question, save_question
from tickets.vocabulary import default_type


def _offered(context: dict[str, Any]) -> Any:
    service: Service = context["service"]
    return {field.key: field for field in fields_for(service.queue, service.type or default_type())}.values()


class KeyField(RowField):
    """A custom field by key or id."""

    def to_internal_value(self, data: Any) -> Any:
        for field in self.options(self.context):
            if type(data) in (str, int) and data in (field.key, field.pk):
                return field
        return self.fail("unknown")


class NewQuestionForm(StrictSerializer):
    """One more question, at the end of the form."""

    field = KeyField(_offered, help_text="Key or id of a custom field that tickets of this service have.")
    is_required = FlagField(required=False)
    condition = ConditionField(required=False, allow_null=True, help_text="Over questions that stand above.")
    help_text = LineField(max_length=200, allow_blank=True, required=False)
    help_texts = TextsField(most=200, required=False)


class ChangedQuestionForm(Changing, NewQuestionForm):
    """Any of these; what is not named stays as it is."""

    field = None
    position = serializers.IntegerField(min_value=1, max_value=100, help_text="Its place, from 1; the others follow.")


class _Questions(AdminDoor):
    def service(self, pk: int) -> Any:
        """Topics have no form."""
        found = service_rows().filter(pk=pk, queue__isnull=False).first()
        if found is None:
            raise NotFound
        return found

    def question(self, service: int, pk: int) -> ServiceField:
        found = questions_of(self.service(service)).filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def answer(self, service: int, code: int = status.HTTP_200_OK) -> Response:
        found = self.service(service)
        shown = self.shaped(found, ServiceSettingShape).data
        return Response(shown, code, headers={"ETag": etag(found, shown)})

    def require_same(self, request: Request, service: int) -> None:
        list(Service.objects.select_for_update(of=("self",), no_key=True).filter(pk=service))
        found = self.service(service)
        require_same(request.headers.get("If-Match"), found, self.shaped(found, ServiceSettingShape).data)


class QuestionList(_Questions):
    @extend_schema(
        operation_id="addQuestion",
        summary="Add a question to the form of a service",
        parameters=[IDEMPOTENCY_KEY],
        request=NewQuestionForm,
        responses={201: ServiceSettingShape},
        examples=[examples.QUESTION],
        tags=[TAG],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """At the end. The service is shown with all its questions."""
        service = self.service(id)
        form = NewQuestionForm(data=request.data, context={"service": service})
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        try:
            with transaction.atomic():
                question = add_question(service, values.pop("field"), by=self.person)
                if values:
                    _change(question, values, by=self.person)
        except ValidationError as error:
            raise _said(error, "condition") from error
        return self.answer(id, status.HTTP_201_CREATED)


class QuestionDetail(_Questions):
    @extend_schema(
        operation_id="changeQuestion",
        summary="Change a question of a form",
        parameters=[IF_SAME],
        request=ChangedQuestionForm,
        responses=ServiceSettingShape,
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int, question: int) -> Response:
        """What is not named stays. `If-Match` is the ETag of the service."""
        changed = self.question(id, question)
        self.require_same(request, id)
        form = ChangedQuestionForm(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        place = values.pop("position", None)
        try:
            if place is not None:
                _move(changed, place, by=self.person)
        except ValidationError as error:
            raise _said(error, "position") from error
        try:
            if values:
                _change(self.question(id, question), values, by=self.person)
        except ValidationError as error:
            raise _said(error, "condition") from error
        return self.answer(id)

    @extend_schema(
        operation_id="removeQuestion",
        summary="Remove a question from a form",
        parameters=[IF_SAME],
        responses={200: ServiceSettingShape},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int, question: int) -> Response:
        """What tickets hold stays. Refused while other questions depend on it."""
        removed = self.question(id, question)
        self.require_same(request, id)
        try:
            remove_question(removed, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return self.answer(id)


def _change(question: ServiceField, values: dict[str, Any], *, by: User) -> None:
    for name, value in values.items():
        setattr(question, name, value)
    save_question(question, by=by)


def _move(question: ServiceField, place: int, *, by: User) -> None:
    present = list(questions_of(question.service).values_list("pk", flat=True))
    move_question(question, place - 1 - present.index(question.pk), by=by)


def _said(error: ValidationError, field: str) -> serializers.ValidationError:
    return refused(error) if hasattr(error, "error_dict") else serializers.ValidationError({field: error.messages})
