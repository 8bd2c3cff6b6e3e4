"""Custom fields of imported tickets: cells as the values that their definitions take."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError

from core.text import fold
from imports import values
from imports.kinds.base import Reading
from imports.values import Reader, Unfit
from tickets import customfields
from tickets.models import FieldDefinition, Queue, TicketType
from tickets.models.field import FieldKind
from tickets.vocabulary import default_type

# How their columns are called.
FIELD = "field."


def fields_by_key() -> dict[str, FieldDefinition]:
    return {definition.key: definition for definition in FieldDefinition.objects.filter(is_active=True)}


class Fields:
    """The fields in use, and what each place asks for; asked once for all rows of a chunk."""

    def __init__(self) -> None:
        self.definitions = fields_by_key()
        self._to_close: dict[tuple[int, int], Sequence[FieldDefinition]] = {}

    def read(self, row: Reading, queue: Queue | None, type: TicketType | None, reader: Reader) -> dict[str, Any]:
        """The values of a row by key, canonical; what does not fit is a fault of the row."""
        found = {}
        for key, definition in self.definitions.items():
            value = row.get(f"{FIELD}{key}", partial(_value, definition, reader))
            if value is not None:
                found[key] = value
        if found and queue is not None:
            try:
                return customfields.checked(found, queue=queue, type=type or default_type())
            except ValidationError as error:
                for key, texts in error.message_dict.items():
                    row.refuse(f"{FIELD}{key}", " ".join(texts))
        return found

    def missing_to_close(self, filled: dict[str, Any], queue: Queue, type: TicketType | None) -> list[str]:
        """Labels of the fields without which a ticket there cannot be closed."""
        type = type or default_type()
        place = (queue.pk, type.pk)
        if place not in self._to_close:
            self._to_close[place] = list(customfields.fields_for(queue, type).filter(to_close=True))
        return [one.shown_label for one in self._to_close[place] if filled.get(one.key) in (None, "", [])]


def _value(definition: FieldDefinition, reader: Reader, text: str) -> Any:
    try:
        return customfields.canonical(definition, _raw(definition, text, reader))
    except ValidationError as error:
        raise Unfit(" ".join(error.messages)) from error


def _raw(definition: FieldDefinition, text: str, reader: Reader) -> Any:
    options = {fold(option): option for option in definition.options}
    match definition.kind:
        case FieldKind.CHECKBOX:
            return values.yes_or_no(text)
        case FieldKind.DATE:
            return reader.day(text).isoformat()
        case FieldKind.NUMBER:
            return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        case FieldKind.MULTISELECT:
            return [options.get(fold(each), each) for each in values.several(text)]
        case FieldKind.DROPDOWN:
            return options.get(fold(text), text)
        case _:
            return values.line(text, 1000)
