"""The request catalogue: topics and services as a tree. What their forms ask: questions.py."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Brand, Organisation, User
from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, LongTextsField, NameInTreeField, TextsField, rows
from api.v1.setup.kinds import Kind, Retiring, Values, doors_of, put
from api.v1.setup.words import TAG
from api.v1.shapes import RowShape
from tickets.models import Priority, Queue, Service, ServiceField, TicketType
from tickets.models.service import Audience
from tickets.servicedefinitions import move_service, save_service

SETS = ("organisations", "brands")
MOST_WORDS = 2_000


class QuestionSettingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    field = serializers.CharField(source="field.key", help_text="The key of the custom field.")
    is_required = serializers.BooleanField(help_text="Where it is asked.")
    condition = serializers.DictField(allow_null=True, help_text="Asked only when this holds; null: always.")
    help_text = serializers.CharField(help_text="Instead of the hint of the field.")
    help_texts = TextsField(most=200)


class ServiceSettingShape(serializers.Serializer):
    """A service; without a queue a topic, which holds others and cannot be requested."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    names = TextsField(most=100)
    path = serializers.CharField(help_text="With those above it: `Workplace::New laptop`.")
    parent = RowShape(allow_null=True)
    description = serializers.CharField()
    descriptions = TextsField(most=200)
    instructions = serializers.CharField(help_text="Above the form.")
    instructions_in = LongTextsField(most=MOST_WORDS)
    icon = serializers.CharField()
    queue = RowShape(allow_null=True, help_text="Where requests go; null: a topic.")
    type = RowShape(allow_null=True, help_text="null, as for the priority: the usual one.")
    priority = RowShape(allow_null=True)
    subject = serializers.CharField(help_text="With placeholders for answers; empty: the person writes it.")
    subjects = TextsField(most=300)
    audience = serializers.ChoiceField(Audience.choices, help_text="Who finds it.")
    organisations = RowShape(many=True, source="organisations.all")
    brands = RowShape(many=True, source="brands.all", help_text="None: in the portals of all.")
    position = serializers.IntegerField(help_text="Among those beside it.")
    is_active = serializers.BooleanField(help_text="What is not cannot be requested; tickets keep it.")
    questions = QuestionSettingShape(many=True, source="questions.all", help_text="What its form asks, in order.")


class NewServiceForm(StrictSerializer):
    """A service, or a topic when it has no queue. What it is, it stays."""

    name = NameInTreeField(min_length=1, max_length=100)
    names = TextsField(most=100, required=False)
    parent = RowField(lambda _context: Service.objects.filter(queue=None), required=False, allow_null=True)
    description = LineField(max_length=200, allow_blank=True, required=False)
    descriptions = TextsField(most=200, required=False)
    instructions = TextField(max_length=MOST_WORDS, allow_blank=True, required=False)
    instructions_in = LongTextsField(most=MOST_WORDS, required=False)
    icon = LineField(max_length=30, allow_blank=True, required=False)
    queue = RowField(lambda _context: Queue.objects.active(), required=False, allow_null=True)
    type = RowField(lambda _context: TicketType.objects.active(), required=False, allow_null=True)
    priority = RowField(lambda _context: Priority.objects.active(), required=False, allow_null=True)
    subject = LineField(max_length=300, allow_blank=True, required=False)
    subjects = TextsField(most=300, required=False)
    audience = serializers.ChoiceField(Audience.choices, required=False)
    organisations = rows(lambda _context: Organisation.objects.all(), required=False)
    brands = rows(lambda _context: Brand.objects.all(), required=False)
    is_active = FlagField(required=False)


class ChangedServiceForm(Retiring, NewServiceForm):
    """Any of these; what is not named stays as it is."""

    position = serializers.IntegerField(
        min_value=1, max_value=1_000, required=False, help_text="Which of those beside it, from 1; the others follow."
    )


def service_rows() -> QuerySet[Service]:
    near = Service.objects.select_related("parent", "queue", "type", "priority")
    return near.prefetch_related("organisations", "brands", "questions__field")


def _save(service: Any, values: Values, by: User) -> Service:
    place = values.pop("position", None)
    known = {name: list(getattr(service, name).all()) if service.pk else [] for name in SETS}
    sets = {name: values.pop(name, known[name]) for name in SETS}
    _refuse_another_nature(service, values)
    put(service, values)
    if service.audience == Audience.MEMBERS and not sets["organisations"]:
        raise ValidationError({"organisations": _("Name at least one organisation.")})
    saved = save_service(service, sets, by=by)
    if place is not None:
        beside = list(Service.objects.filter(parent=saved.parent_id).values_list("pk", flat=True))
        move_service(saved, place - 1 - beside.index(saved.pk), by=by)
    return saved


def _refuse_another_nature(service: Any, values: Values) -> None:
    """A topic never becomes a service, nor the other way round; topics have nothing that requests become."""
    is_topic = service.is_topic if service.pk else values.get("queue") is None
    if service.pk and "queue" in values and (values["queue"] is None) != is_topic:
        raise ValidationError({"queue": _("A topic stays a topic, and a service a service.")})
    named = [name for name in ("type", "priority", "subject") if values.get(name)]
    if is_topic and named:
        raise ValidationError({name: _("Only services have this, not topics.") for name in named})


def questions_of(service: Service) -> QuerySet[ServiceField]:
    return ServiceField.objects.filter(service=service).select_related("field", "service__queue", "service__type")


ServiceRows, ServiceRow = doors_of(
    Kind(
        "Service",
        "services",
        TAG,
        rows=service_rows,
        order=("path", "id"),
        shape=ServiceSettingShape,
        new=NewServiceForm,
        changed=ChangedServiceForm,
        save=_save,
        about="The whole catalogue with the questions of its forms, also what is out of use. For administrators.",
        about_change="What is not named stays. Paths of what lies in it follow.",
        examples=[examples.SERVICE],
        renamed=(("path", "name"),),
    )
)
