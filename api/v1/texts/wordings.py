"""Reply templates, snippets and checklists as administrators keep them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.audit import save_with_rows
from accounts.models import User
from api import examples as examples_of_requests
from api.v1.automation.forms import MOST_QUEUES, roles_field
from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.kinds import Kind, Values, detail_of, list_of, put
from api.v1.shapes import RowShape
from core.liquid import TemplateError, in_words, render
from tickets.models import ChecklistTemplate, Queue, ReplyTemplate, Snippet
from tickets.models.effort import STEPS_AT_MOST
from tickets.models.writing import Wording
from tickets.wordings import examples

TAG = "Texts"
LONGEST_TEXT = 50_000
BODY_HELP = "Placeholders are Liquid: `{{ customer.first_name }}`."
LANGUAGE_HELP = "Offered for customers who are answered in it; empty: for all."
RETIRED = {
    "list": "Also those that are out of use. For administrators.",
    "change": "What is not named stays as it is. `is_active` takes it out of use.",
}


def language_field(help_text: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False, help_text=help_text)


def body_field(**options: Any) -> TextField:
    return TextField(
        min_length=1, max_length=LONGEST_TEXT, trim_whitespace=False, help_text=BODY_HELP, required=True, **options
    )


def _queues(_context: dict[str, Any]) -> Iterable[Queue]:
    return Queue.objects.all()


class NewTemplateForm(StrictSerializer):
    """A whole reply that agents start from."""

    name = TextField(min_length=1, max_length=100)
    body = body_field()
    language = language_field(LANGUAGE_HELP)
    queues = serializers.ListField(
        child=RowField(_queues), max_length=MOST_QUEUES, required=False, help_text="Exactly these; none: all."
    )
    roles = roles_field()
    is_active = FlagField(required=False)


class NewSnippetForm(StrictSerializer):
    """A piece of text that agents put in by a slash and its keyword."""

    name = TextField(min_length=1, max_length=100)
    keyword = serializers.SlugField(min_length=1, max_length=30)
    body = body_field()
    language = language_field(LANGUAGE_HELP)
    roles = roles_field()
    is_active = FlagField(required=False)


class NewChecklistForm(StrictSerializer):
    """Steps that are put onto a ticket together."""

    name = TextField(min_length=1, max_length=100)
    steps = serializers.ListField(
        child=TextField(min_length=1, max_length=200),
        min_length=1,
        max_length=STEPS_AT_MOST,
        help_text="Exactly these.",
    )
    is_active = FlagField(required=False)

    def validate_steps(self, steps: list[str]) -> str:
        return "\n".join(" ".join(step.split()) for step in steps)


class _WordingShape(RowShape):
    body = serializers.CharField()
    language = serializers.CharField(help_text="Empty: for all.")
    roles = RowShape(many=True, source="roles.all", help_text="None: everybody.")
    is_active = serializers.BooleanField()


class TemplateShape(_WordingShape):
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: all.")


class SnippetShape(_WordingShape):
    keyword = serializers.CharField()


class ChecklistShape(RowShape):
    steps = serializers.ListField(child=serializers.CharField(), source="lines")
    is_active = serializers.BooleanField()


def _save_wording(wording: Wording, values: Values, by: User) -> None:
    sets = {name: values.pop(name, None) for name in ("queues", "roles") if hasattr(type(wording), name)}
    put(wording, values)
    _check_body(wording.body)
    wording.clean_fields()
    wording.validate_unique()
    rows = {
        name: chosen if chosen is not None else (list(getattr(wording, name).all()) if wording.pk else [])
        for name, chosen in sets.items()
    }
    save_with_rows(wording, rows, by=by)


def _check_body(body: str) -> None:
    """A text that could not be filled in would fail in front of a customer."""
    try:
        render(body, examples())
    except TemplateError as error:
        raise ValidationError({"body": in_words(error)}) from error


def _save_checklist(checklist: ChecklistTemplate, values: Values, by: User) -> None:
    put(checklist, values)
    if not checklist.lines():
        raise ValidationError({"steps": _("Enter a text.")})
    checklist.clean_fields()
    checklist.validate_unique()
    save_with_rows(checklist, {}, by=by)


TEMPLATES = Kind(
    name="Template",
    many="Templates",
    one="a reply template",
    some="reply templates",
    tag=TAG,
    shape=TemplateShape,
    form=NewTemplateForm,
    rows=lambda: ReplyTemplate.objects.prefetch_related("queues", "roles"),
    save=_save_wording,
    about=RETIRED,
    examples=[examples_of_requests.TEMPLATE],
)
SNIPPETS = Kind(
    name="Snippet",
    many="Snippets",
    one="a snippet",
    some="snippets",
    tag=TAG,
    shape=SnippetShape,
    form=NewSnippetForm,
    rows=lambda: Snippet.objects.prefetch_related("roles"),
    save=_save_wording,
    about=RETIRED,
    examples=[examples_of_requests.SNIPPET],
)
CHECKLISTS = Kind(
    name="Checklist",
    many="Checklists",
    one="a checklist",
    some="checklists",
    tag=TAG,
    shape=ChecklistShape,
    form=NewChecklistForm,
    rows=lambda: ChecklistTemplate.objects.all(),
    save=_save_checklist,
    about=RETIRED,
)
TemplateList, TemplateDetail = list_of(TEMPLATES), detail_of(TEMPLATES)
SnippetList, SnippetDetail = list_of(SNIPPETS), detail_of(SNIPPETS)
ChecklistList, ChecklistDetail = list_of(CHECKLISTS), detail_of(CHECKLISTS)
