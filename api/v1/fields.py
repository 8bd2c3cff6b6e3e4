"""How single values are written: strict types, rows by name or id, people by address or id, files as base64."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.text import normalise_address

NAME_OR_ID = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
ADDRESS_OR_ID = {"oneOf": [{"type": "string", "format": "email"}, {"type": "integer"}]}
LARGEST_ID = 2**63 - 1
_FIELD_KEY = re.compile(r"[a-z][a-z0-9_]{0,49}\Z")

Row = TypeVar("Row")
NoSuchField = _("This field is not known here or cannot be written.")


class StrictSerializer(serializers.Serializer):
    """What is not listed is refused, so that nobody believes it was stored (T47)."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if isinstance(data, dict):
            errors = {name: [NoSuchField] for name in data if name not in self.fields}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**errors, **error.detail}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value


class TextField(serializers.CharField):
    """A string: a number is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false: "yes" and 1 are neither."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@extend_schema_field(NAME_OR_ID)
class RowField(serializers.Field):
    """A row by name or id; `options` says what may be chosen, given the context of the form."""

    default_error_messages = {"unknown": _("There is nothing with this name or id to choose.")}  # noqa: RUF012

    def __init__(self, options: Callable[[dict[str, Any]], Iterable[Row]], **kwargs: Any):
        self.options = options
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Row:
        row = find(self.options(self.context), data)
        if row is None:
            self.fail("unknown")
        return row


@extend_schema_field(ADDRESS_OR_ID)
class AgentField(serializers.Field):
    """A person by address or id. Whether he may have the ticket depends on its queue: the form checks that."""

    default_error_messages = {"unknown": _("There is nobody with this address or id to choose.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> User:
        person = find_person(data)
        if person is None or not person.is_active:
            self.fail("unknown")
        return person


class CustomerField(AgentField):
    """The same; an unknown address makes a customer, as a mail from it would."""

    def to_internal_value(self, data: Any) -> User:
        person = find_person(data)
        if person is None and isinstance(data, str) and is_address(data):
            try:
                person = customer_for_address(data)
            except IntegrityError:  # the address signs somebody in who does not write from it any more
                person = None
        if person is None or not person.is_active:
            self.fail("unknown")
        return person


@extend_schema_field({"type": "object", "additionalProperties": True, "examples": [{"colour": "red"}]})
class CustomFieldsField(serializers.Field):
    """Values by key; what they may be is checked by the verb."""

    default_error_messages = {"invalid": _("Enter an object with the keys of fields.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        if unknown := [key for key in data if not _FIELD_KEY.match(key)]:
            raise serializers.ValidationError({key: [NoSuchField] for key in unknown})
        return data

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class Base64Field(serializers.Field):
    """Bytes; white space between the characters does not matter."""

    default_error_messages = {"invalid": _("Enter the content as base64.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> bytes:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return b64decode("".join(data.split()), validate=True)
        except (NotBase64, ValueError):
            self.fail("invalid")


def find(rows: Iterable[Row], wanted: Any) -> Row | None:
    """The row with this id, or with this name: of queues the path, or the last part of it when only one has it."""
    rows = list(rows)
    if isinstance(wanted, str):
        by_name = {str(row): row for row in rows}
        names = [(getattr(row, "name", str(row)), row) for row in rows]
        short = Counter(name for name, _row in names)
        by_name = {name: row for name, row in names if short[name] == 1} | by_name
        if wanted in by_name:
            return by_name[wanted]
    return {row.pk: row for row in rows}.get(_as_id(wanted))


def find_person(wanted: Any) -> User | None:
    """The person with this id, or whose address this is."""
    if isinstance(wanted, str) and "@" in wanted:
        return person_with_address(wanted) if is_address(wanted) else None
    pk = _as_id(wanted)
    return User.objects.filter(pk=pk, system_key__isnull=True).first() if pk else None


def _as_id(wanted: Any) -> int | None:
    if isinstance(wanted, str) and wanted.isascii() and wanted.isdecimal() and len(wanted) < 20:
        wanted = int(wanted)
    return wanted if type(wanted) is int and 0 < wanted <= LARGEST_ID else None


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(normalise_address(text)) <= 254
