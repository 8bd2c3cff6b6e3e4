"""Forms that stand in other websites, for visitors without an account."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.v1.fields import FlagField, NoSuchField, RowField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LANGUAGES, LineField
from api.v1.setup.kinds import Changing, Kind, Values, doors_of
from api.v1.setup.words import TAG
from api.v1.shapes import RowShape
from tickets.models import FieldDefinition, Priority, Queue, TicketType, WebForm, WebFormField
from tickets.models.webform import Asked, Look
from tickets.webforms import MOST_SITES, TEXTS, remove_form, save_form

MOST_QUESTIONS = 100
TEXTS_SCHEMA = {
    "type": "object",
    "properties": {
        code: {"type": "object", "properties": {name: {"type": "string"} for name in TEXTS}} for code in LANGUAGES
    },
    "examples": [{"en": {"title": "Write to us", "thanks": "We answer within a day."}}],
}


@extend_schema_field(TEXTS_SCHEMA)
class WebFormTextsField(serializers.Field):
    """By language: `title`, `intro`, `thanks`, `consent`. All of them, so that one that is left out goes."""

    default_error_messages = {  # noqa: RUF012
        "object": _("Enter an object of texts by language."),
        "language": _("This language is not one of the house."),
        "text": _("Enter a text of at most {most} characters."),
    }

    def to_internal_value(self, data: Any) -> dict[str, dict[str, str]]:
        if not isinstance(data, dict) or any(not isinstance(texts, dict) for texts in data.values()):
            self.fail("object")
        if any(code not in LANGUAGES for code in data):
            self.fail("language")
        for texts in data.values():
            if unknown := [name for name in texts if name not in TEXTS]:
                raise serializers.ValidationError({name: [NoSuchField] for name in unknown})
            for name, text in texts.items():
                if not isinstance(text, str) or len(text) > TEXTS[name]:
                    self.fail("text", most=TEXTS[name])
        return {code: {name: text.replace("\0", "") for name, text in texts.items()} for code, texts in data.items()}

    def to_representation(self, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return value


class WebFormQuestionShape(serializers.Serializer):
    field = serializers.CharField(source="field.key", help_text="The key of the custom field.")
    is_required = serializers.BooleanField()


class WebFormShape(RowShape):
    key = serializers.CharField(help_text="Part of its address and of the lines that show it in a website.")
    queue = RowShape()
    type = RowShape(allow_null=True, help_text="null, as for the priority: the usual one.")
    priority = RowShape(allow_null=True)
    language = serializers.CharField(help_text="Of visitors whose language has no texts.")
    asks_name = serializers.ChoiceField(Asked.choices)
    asks_subject = serializers.ChoiceField(Asked.choices)
    takes_files = serializers.BooleanField()
    look = serializers.ChoiceField(Look.choices)
    texts = WebFormTextsField()
    consent_url = serializers.CharField(allow_blank=True)
    sites = serializers.ListField(child=serializers.CharField(), help_text="Origins that may show it.")
    questions = WebFormQuestionShape(many=True, source="asked", help_text="Custom fields that it asks, in order.")
    is_active = serializers.BooleanField()


def _fields(context: Values) -> Iterable[FieldDefinition]:
    """By their key; read once for all of a list."""
    if "all_fields" not in context:
        context["all_fields"] = list(FieldDefinition.objects.filter(is_active=True))
    return context["all_fields"]


class AskedFieldField(RowField):
    """A custom field in use by key or id."""

    def to_internal_value(self, data: Any) -> FieldDefinition:
        for field in self.options(self.context):
            if type(data) in (str, int) and data in (field.key, field.pk):
                return field
        return self.fail("unknown")


class ChosenQuestionForm(StrictSerializer):
    field = AskedFieldField(_fields, help_text="Key or id.")
    is_required = FlagField(default=False)


class NewWebFormForm(StrictSerializer):
    """A form for visitors. Lists and texts are replaced as a whole."""

    name = LineField(min_length=1, max_length=100)
    queue = RowField(lambda _context: Queue.objects.active())
    type = RowField(lambda _context: TicketType.objects.active(), required=False, allow_null=True)
    priority = RowField(lambda _context: Priority.objects.active(), required=False, allow_null=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    asks_name = serializers.ChoiceField(Asked.choices, required=False)
    asks_subject = serializers.ChoiceField(Asked.choices, required=False)
    takes_files = FlagField(required=False)
    look = serializers.ChoiceField(Look.choices, required=False)
    texts = WebFormTextsField(required=False)
    consent_url = serializers.URLField(max_length=300, allow_blank=True, required=False)
    sites = serializers.ListField(child=TextField(min_length=1, max_length=300), max_length=MOST_SITES, required=False)
    questions = ChosenQuestionForm(many=True, max_length=MOST_QUESTIONS, required=False)
    is_active = FlagField(required=False)

    def validate_questions(self, questions: list[Values]) -> list[tuple[FieldDefinition, bool]]:
        return list({one["field"].pk: (one["field"], one["is_required"]) for one in questions}.values())


class ChangedWebFormForm(Changing, NewWebFormForm):
    """Any of these; what is not named stays as it is."""


def _forms() -> QuerySet[WebForm]:
    asked = WebFormField.objects.select_related("field").order_by("position", "pk")
    near = WebForm.objects.select_related("queue", "type", "priority")
    return near.prefetch_related(Prefetch("questions", asked, to_attr="asked"))


def _save(form: Any, values: Values, by: User) -> WebForm:
    questions = values.pop("questions", None)
    if questions is None:
        questions = [(one.field, one.is_required) for one in form.asked] if form.pk else []
    for name, value in values.items():
        setattr(form, name, value)
    form.clean_fields(exclude=["queue", "type", "priority", "key"])
    form.validate_unique()
    return save_form(form, questions, by=by)


WebFormRows, WebFormRow = doors_of(
    Kind(
        "WebForm",
        "web forms",
        TAG,
        rows=_forms,
        order=("name", "id"),
        shape=WebFormShape,
        new=NewWebFormForm,
        changed=ChangedWebFormForm,
        save=_save,
        about="Forms for visitors of other websites. For administrators.",
        about_change="What is not named stays; lists and texts are replaced as a whole.",
        examples=[examples.WEB_FORM],
        remove=lambda form, by: remove_form(form, by=by),
        about_removal="Its tickets stay; websites that show it show nothing any more.",
    )
)
