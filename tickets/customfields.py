"""Values of custom fields: checked against their definitions in one place, stored in canonical form."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.text import clean_line
from tickets.models.field import FieldDefinition, FieldKind


def checked(values: dict[str, Any], *, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """`known` with `values` laid over it, canonical. Empty values are left out.

    Raises `ValidationError` with one message per field key, for unknown fields too.
    """
    result = dict(known or {})
    errors = {}
    definitions = {d.key: d for d in FieldDefinition.objects.filter(is_active=True, key__in=values)} if values else {}
    for key, value in values.items():
        try:
            if key not in definitions:
                raise ValidationError(_("There is no field with this key."))
            result[key] = canonical(definitions[key], value)
        except ValidationError as error:
            errors[key] = error.messages
    if errors:
        raise ValidationError(errors)
    return {key: value for key, value in result.items() if value not in (None, "", [])}


def labels() -> dict[str, str]:
    """What people call each field, by its key; up to a minute old, because a history asks for every line."""
    known = cache.get_or_set("field-labels", lambda: dict(FieldDefinition.objects.values_list("key", "label")), 60)
    return known or {}


def canonical(definition: FieldDefinition, value: Any) -> Any:
    """The one form in which this value is stored; raises `ValidationError` when it does not fit the kind."""
    if value in (None, "", []):
        return None
    return _KINDS[FieldKind(definition.kind)](definition, value)


def _text(definition: FieldDefinition, value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Enter a text."))
    return clean_line(value, 1000)


def _number(definition: FieldDefinition, value: Any) -> int | float:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValidationError(_("Enter a number.")) from error
    if not number.is_finite() or abs(number) >= 10**15:
        raise ValidationError(_("Enter a number."))
    return int(number) if number == number.to_integral_value() else float(number)


def _checkbox(definition: FieldDefinition, value: Any) -> bool:
    if value in (True, False):
        return bool(value)
    if value in ("true", "on", "false"):
        return value != "false"
    raise ValidationError(_("Choose yes or no."))


def _dropdown(definition: FieldDefinition, value: Any) -> str:
    if value not in definition.options:
        raise ValidationError(_("Choose one of the listed values."))
    return value


def _multiselect(definition: FieldDefinition, value: Any) -> list[str]:
    if not isinstance(value, list) or any(item not in definition.options for item in value):
        raise ValidationError(_("Choose one of the listed values."))
    return [option for option in definition.options if option in value]


def _date(definition: FieldDefinition, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise ValidationError(_("Enter a date as year-month-day.")) from error


_KINDS = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.DROPDOWN: _dropdown,
    FieldKind.MULTISELECT: _multiselect,
    FieldKind.DATE: _date,
}
