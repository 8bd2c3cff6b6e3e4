"""Values of custom fields: checked against their definitions in one place, stored in canonical form."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.memo import remembered
from core.prepared import TEXTS, prepared
from core.text import clean_line
from tickets.comparisons import Field
from tickets.models.field import FieldDefinition, FieldKind
from tickets.models.queue import SEPARATOR, Queue
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import TicketType

# The code of the error at a field that belongs to other queues or types.
ELSEWHERE = "elsewhere"


def fields_for(queue: Queue | None, type: TicketType | None) -> QuerySet[FieldDefinition]:
    """The fields in use that a ticket of this queue and type has, in their order.

    Without a queue or type, those that every queue or type has: for who cannot know yet where a ticket will lie.
    """
    return _fields_for(_paths(queue.path) if queue else None, type.pk if type else None)


def fields_of(ticket: Ticket) -> list[FieldDefinition]:
    """Those of `fields_for` the queue and type of this ticket."""
    return _of_ticket(_paths(ticket.queue.path), ticket.type_id)


@prepared(TEXTS, int)
def _of_ticket(paths: Collection[str], type: int) -> QuerySet[FieldDefinition]:
    return _fields_for(paths, type)


def _fields_for(paths: Collection[str] | None, type: int | None) -> QuerySet[FieldDefinition]:
    in_queues = FieldDefinition.queues.through.objects.filter(fielddefinition=OuterRef("pk"))
    of_types = FieldDefinition.types.through.objects.filter(fielddefinition=OuterRef("pk"))
    where, what = Q(~Exists(in_queues)), Q(~Exists(of_types))
    if paths is not None:
        where |= Q(Exists(in_queues.filter(queue__path__among=paths)))
    if type is not None:
        what |= Q(Exists(of_types.filter(tickettype=type)))
    return FieldDefinition.objects.filter(where, what, is_active=True)


def fields_in(queues: Collection[Queue]) -> QuerySet[FieldDefinition]:
    """The fields in use that tickets of at least one of these queues can have, whatever their type."""
    in_queues = FieldDefinition.queues.through.objects.filter(fielddefinition=OuterRef("pk"))
    paths = {path for queue in queues for path in _paths(queue.path)}
    where = Q(~Exists(in_queues)) | Q(Exists(in_queues.filter(queue__path__in=paths)))
    return FieldDefinition.objects.filter(where, is_active=True)


def checked(
    values: dict[str, Any], *, queue: Queue, type: TicketType, known: dict[str, Any] | None = None
) -> dict[str, Any]:
    """`known` with `values` laid over it, canonical. Empty values are left out.

    Raises `ValidationError` with one message per field key: for unknown fields, and (code `ELSEWHERE`) for those that
    tickets of this queue and type do not have. A value that is there already may stay, and be taken away.
    """
    result = dict(known or {})
    errors = {}
    definitions = {d.key: d for d in FieldDefinition.objects.filter(is_active=True, key__in=values)} if values else {}
    here = set(fields_for(queue, type).filter(key__in=values).values_list("key", flat=True)) if values else set()
    for key, value in values.items():
        try:
            if key not in definitions:
                raise ValidationError(_("There is no field with this key."))
            new = canonical(definitions[key], value)
            if key not in here and new not in (None, result.get(key)):
                raise ValidationError(_("Tickets of this queue and type do not have this field."), code=ELSEWHERE)
            result[key] = new
        except ValidationError as error:
            errors[key] = error
    if errors:
        raise ValidationError(errors)
    return {key: value for key, value in result.items() if value not in (None, "", [])}


def labels() -> dict[str, str]:
    """What people call each field, by its key; up to a minute old, because a history asks for every line."""
    known = cache.get_or_set(
        f"field-labels-{get_language()}",
        lambda: {definition.key: definition.shown_label for definition in FieldDefinition.objects.all()},
        60,
    )
    return known or {}


def forget_kinds() -> None:
    """A field that has just been made can be asked for at once."""
    cache.delete("field-kinds")


@remembered
def custom_fields() -> dict[str, Field]:
    """The custom fields of tickets as conditions know them, `field.KEY`; up to a minute old (`forget_kinds`)."""
    return _as_fields(cache.get_or_set("field-kinds", _kinds_now, 60) or {})


def custom_field_now(name: str) -> Field | None:
    """One of them as the database has it: what others remember may be older than a field just made."""
    key = name.removeprefix("field.")
    return _as_fields(_kinds_now()).get(name) if key != name else None


def _kinds_now() -> dict[str, str]:
    return dict(FieldDefinition.objects.values_list("key", "kind"))


def _as_fields(kinds: Mapping[str, str]) -> dict[str, Field]:
    return {f"field.{key}": _field(key, _COMPARED[FieldKind(kind)]) for key, kind in kinds.items()}


def _field(key: str, kind: str) -> Field:
    return Field(f"custom_fields__{key}", kind, lambda ticket: ticket.custom_fields.get(key))


def canonical(definition: FieldDefinition, value: Any) -> Any:
    """The one form in which this value is stored; raises `ValidationError` when it does not fit the kind."""
    if value in (None, "", []):
        return None
    return _KINDS[FieldKind(definition.kind)](definition, value)


def _paths(path: str) -> list[str]:
    """The path of a queue and of those above: "A::B" -> ["A", "A::B"]."""
    names = path.split(SEPARATOR)
    return [SEPARATOR.join(names[: depth + 1]) for depth in range(len(names))]


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

_COMPARED = {
    FieldKind.TEXT: "custom_text",
    FieldKind.NUMBER: "custom_number",
    FieldKind.CHECKBOX: "custom_flag",
    FieldKind.DROPDOWN: "custom_text",
    FieldKind.MULTISELECT: "custom_list",
    FieldKind.DATE: "custom_date",
}
