"""Custom fields of tickets. Key and kind are chosen once, because stored values depend on them."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, TextsField, rows
from api.v1.setup.kinds import Kind, Retiring, Values, doors_of, put
from api.v1.setup.words import TAG, position
from api.v1.shapes import RowShape
from tickets.choices import still_chosen
from tickets.fielddefinitions import save_field
from tickets.models import FieldDefinition, Queue, TicketType
from tickets.models.field import FieldKind

WITH_CHOICES = (FieldKind.DROPDOWN, FieldKind.MULTISELECT)
MOST_CHOICES = 500
SETS = ("queues", "types")


class FieldSettingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    kind = serializers.ChoiceField(FieldKind.choices)
    label = serializers.CharField(help_text="For readers whose language has none of its own.")
    labels = TextsField(most=100, help_text="By language.")
    help_text = serializers.CharField(help_text="Shown below the field.")
    options = serializers.ListField(child=serializers.CharField(), help_text="Of lists, in their order.")
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: everywhere.")
    types = RowShape(many=True, source="types.all", help_text="None: all.")
    is_required = serializers.BooleanField(help_text="A ticket is not opened without it.")
    to_close = serializers.BooleanField(help_text="A ticket is not closed without it.")
    in_portal = serializers.BooleanField(help_text="Customers see it.")
    is_searchable = serializers.BooleanField(help_text="It has an index of its own.")
    position = serializers.IntegerField(help_text="Smaller numbers come first.")
    is_active = serializers.BooleanField(help_text="What is not keeps its values and is not shown.")


class NewFieldForm(StrictSerializer):
    """A custom field."""

    key = TextField(min_length=1, max_length=50, help_text="Small letters, digits and underscores.")
    kind = serializers.ChoiceField(FieldKind.choices)
    label = LineField(min_length=1, max_length=100)
    labels = TextsField(most=100, required=False)
    help_text = LineField(max_length=200, allow_blank=True, required=False)
    options = serializers.ListField(
        child=LineField(min_length=1, max_length=200), max_length=MOST_CHOICES, required=False
    )
    queues = rows(lambda _context: Queue.objects.all(), required=False)
    types = rows(lambda _context: TicketType.objects.all(), required=False)
    is_required = FlagField(required=False)
    to_close = FlagField(required=False)
    in_portal = FlagField(required=False)
    is_searchable = FlagField(required=False)
    position = position(required=False)
    is_active = FlagField(required=False)

    def validate_options(self, options: list[str]) -> list[str]:
        return list(dict.fromkeys(options))


class ChangedFieldForm(Retiring, NewFieldForm):
    """Any of these; what is not named stays as it is."""

    key = None
    kind = None


def _rows() -> QuerySet[FieldDefinition]:
    return FieldDefinition.objects.prefetch_related("queues", "types")


def _save(field: Any, values: Values, by: User) -> FieldDefinition:
    known = {name: list(getattr(field, name).all()) if field.pk else [] for name in SETS}
    sets = {name: values.pop(name, known[name]) for name in SETS}
    put(field, values)
    if field.kind not in WITH_CHOICES:
        field.options = []
    elif not field.options:
        raise ValidationError({"options": _("Write at least one choice.")})
    return save_field(field, sets, by=by)


def _removed(field: Any, values: Values) -> Sequence[str]:
    """Choices that open tickets have and that would be gone."""
    kept = values.get("options", field.options)
    return still_chosen(field, [str(option) for option in field.options if option not in kept])


FieldRows, FieldRow = doors_of(
    Kind(
        "Field",
        "custom fields",
        TAG,
        rows=_rows,
        order=("position", "label", "id"),
        shape=FieldSettingShape,
        new=NewFieldForm,
        changed=ChangedFieldForm,
        save=_save,
        about="Also those out of use, with all they may be. For administrators.",
        about_change="What is not named stays; `options`, `queues`, `types` and `labels` are replaced as a whole. "
        "Choices that open tickets have go only with `confirmed`.",
        examples=[examples.FIELD],
        removed=_removed,
    )
)
