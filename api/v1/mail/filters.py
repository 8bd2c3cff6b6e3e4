"""Filters of incoming mail, and senders whose mail is always or never wanted."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from api.v1.automation.placing import move_to
from api.v1.fields import CustomFieldsField, FlagField, RowField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.kinds import Changing, Kind, Values, doors_of, put
from api.v1.shapes import RowShape
from mail.filtering import PARTS, TESTS
from mail.filters import (
    MAX_CONDITIONS,
    check_condition,
    move_filter,
    remove_filter,
    remove_known_sender,
    save_filter,
    save_known_sender,
)
from mail.models import Filter, KnownSender
from tickets.models import FieldDefinition, Priority, Queue, TicketType

TAG = "Mail"
MOST_TAGS, MOST_FILLED = 50, 100
# What is checked before, or may be empty.
FREE = ("conditions", "tags", "fields", "queue", "priority", "type")


class ChosenFilterConditionForm(StrictSerializer):
    """What is looked at, how, and for what."""

    part = serializers.ChoiceField(list(PARTS.items()))
    header = TextField(max_length=200, allow_blank=True, required=False, help_text="With `header` alone: its name.")
    test = serializers.ChoiceField(list(TESTS.items()))
    value = TextField(
        min_length=1, max_length=1_000, trim_whitespace=False, help_text="A text, a number or a Python expression."
    )

    def validate(self, attrs: Values) -> dict[str, str]:
        try:
            return check_condition(attrs)
        except ValidationError as error:
            field = "header" if error.code == "header" else "value"
            raise serializers.ValidationError({field: error.messages}) from error


class FilterConditionShape(serializers.Serializer):
    part = serializers.ChoiceField(list(PARTS.items()))
    header = serializers.CharField(allow_blank=True)
    test = serializers.ChoiceField(list(TESTS.items()))
    value = serializers.CharField()


class FilterShape(RowShape):
    position = serializers.IntegerField(help_text="Of two that fit, the later one has the last word.")
    conditions = FilterConditionShape(many=True, help_text="Every one of them must hold.")
    action = serializers.ChoiceField(Filter.Action.choices, help_text="Empty: a ticket is made of it.")
    queue = RowShape(allow_null=True, help_text="null: that of the address.")
    priority = RowShape(allow_null=True)
    type = RowShape(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    custom_fields = serializers.DictField(
        source="fields", child=serializers.CharField(), help_text="What is put into them, by key."
    )
    joins_by = serializers.CharField(help_text="Joins the sender's ticket with the same value in this field.")
    is_last = serializers.BooleanField(help_text="No filter below is asked.")
    is_active = serializers.BooleanField()


class FilledField(CustomFieldsField):
    """Words by the key of a field in use; `{1}` stands for what the first brackets of an expression have found."""

    default_error_messages = {"text": _("Enter a text of at most {most} characters.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> dict[str, str]:
        values = super().to_internal_value(data)
        if len(values) > MOST_FILLED or any(not isinstance(one, str) or len(one) > 400 for one in values.values()):
            self.fail("text", most=400)
        known = set(FieldDefinition.objects.filter(is_active=True, key__in=values).values_list("key", flat=True))
        if unknown := [key for key in values if key not in known]:
            wrong = _("There is nothing with this name or id to choose.")
            raise serializers.ValidationError({key: [wrong] for key in unknown})
        return {key: text.replace("\0", "") for key, text in values.items() if text}


class NewFilterForm(StrictSerializer):
    """A filter; what is left out is as on a new page. Lists are replaced as a whole."""

    name = LineField(min_length=1, max_length=100)
    conditions = ChosenFilterConditionForm(many=True, min_length=1, max_length=MAX_CONDITIONS)
    action = serializers.ChoiceField(Filter.Action.choices, allow_blank=True, required=False)
    queue = RowField(lambda _context: Queue.objects.active(), required=False, allow_null=True)
    priority = RowField(lambda _context: Priority.objects.active(), required=False, allow_null=True)
    type = RowField(lambda _context: TicketType.objects.active(), required=False, allow_null=True)
    tags = serializers.ListField(child=LineField(min_length=1, max_length=50), max_length=MOST_TAGS, required=False)
    custom_fields = FilledField(required=False)
    joins_by = TextField(max_length=60, allow_blank=True, required=False)
    is_last = FlagField(required=False)
    is_active = FlagField(required=False)


class ChangedFilterForm(Changing, NewFilterForm):
    """Any of these; what is not named stays as it is."""

    position = serializers.IntegerField(min_value=1, max_value=10_000, help_text="Its place, from 1; others follow.")


def _filters() -> QuerySet[Filter]:
    return Filter.objects.select_related("queue", "priority", "type")


def _save_filter(one: Any, values: Values, by: User) -> Filter:
    place = values.pop("position", None)
    if "custom_fields" in values:
        values["fields"] = values.pop("custom_fields")
    for name, value in values.items():
        setattr(one, name, value)
    one.clean_fields(exclude=FREE)
    one.validate_unique()
    save_filter(one, by=by)
    if place is not None:
        move_to(one, place, move_filter, by=by)
    return one


FilterRows, FilterRow = doors_of(
    Kind(
        "Filter",
        "filters of incoming mail",
        TAG,
        rows=_filters,
        order=("position", "id"),
        shape=FilterShape,
        new=NewFilterForm,
        changed=ChangedFilterForm,
        save=_save_filter,
        about="In the order in which they are asked. For administrators.",
        about_change="What is not named stays; lists are replaced as a whole. The next message is looked at with it.",
        examples=[examples.FILTER],
        renamed=(("fields", "custom_fields"),),
        remove=lambda one, by: remove_filter(one, by=by),
    )
)


class SenderShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    pattern = serializers.CharField(help_text="An address, or `@example.com` for all of a domain.")
    verdict = serializers.ChoiceField(KnownSender.Verdict.choices)
    note = serializers.CharField()


class NewSenderForm(StrictSerializer):
    """What is thought of an address or a domain."""

    pattern = TextField(min_length=3, max_length=254)
    verdict = serializers.ChoiceField(KnownSender.Verdict.choices)
    note = LineField(max_length=200, allow_blank=True, required=False)


class ChangedSenderForm(Changing, NewSenderForm):
    """Any of these; what is not named stays as it is."""


def _save_sender(row: Any, values: Values, by: User) -> KnownSender:
    put(row, values)
    return save_known_sender(row, by=by)


SenderRows, SenderRow = doors_of(
    Kind(
        "Sender",
        "known senders",
        TAG,
        rows=KnownSender.objects.all,
        order=("pattern", "id"),
        shape=SenderShape,
        new=NewSenderForm,
        changed=ChangedSenderForm,
        save=_save_sender,
        about="Whose mail is always or never wanted. For administrators.",
        about_change="What is not named stays. It counts from the next message on.",
        examples=[examples.SENDER],
        remove=lambda row, by: remove_known_sender(row, by=by),
        about_removal="Its mail is looked at like everybody's.",
    )
)
