"""How values of settings are written: texts by language, names of the tree, domains."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.domains import clean_domain
from accounts.models import User
from api.v1.fields import AgentField, RowField, TextField, find_person
from core.text import clean_line, strip_nul
from tickets.models.queue import SEPARATOR

LANGUAGES = [code for code, _name in settings.LANGUAGES]
MOST_ROWS = 200


@extend_schema_field(
    {
        "type": "object",
        "properties": {code: {"type": "string"} for code in LANGUAGES},
        "additionalProperties": False,
        "examples": [{"de": "Drucker"}],
    }
)
class TextsField(serializers.Field):
    """Texts by the code of their language; all of them, so that one that is left out goes."""

    default_error_messages = {  # noqa: RUF012
        "object": _("Enter an object of texts by language."),
        "language": _("This language is not one of the house."),
        "text": _("Enter a text of at most {most} characters."),
    }

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            self.fail("object")
        if any(code not in LANGUAGES for code in data):
            self.fail("language")
        if any(not isinstance(text, str) or len(text) > self.most for text in data.values()):
            self.fail("text", most=self.most)
        cleaned = {code: self.cleaned(text) for code, text in data.items()}
        return {code: text for code, text in cleaned.items() if text}

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value

    def cleaned(self, text: str) -> str:
        return clean_line(text, self.most)


class LongTextsField(TextsField):
    """With more than one line."""

    def cleaned(self, text: str) -> str:
        return strip_nul(text).strip()


class LineField(TextField):
    """One line, cleaned as those of forms are; one that is too long is refused, not cut."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        return clean_line(text, len(text) + 1)


class NameInTreeField(LineField):
    """The last part of a path."""

    default_error_messages = {  # noqa: RUF012
        "separator": _("A name cannot contain two colons. They stand between the levels of the tree.")
    }

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if SEPARATOR in name:
            self.fail("separator")
        return name


@extend_schema_field({"type": "string", "examples": ["example.com"]})
class DomainField(TextField):
    """A domain in normal form."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return clean_domain(super().to_internal_value(data))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class AnyAgentField(AgentField):
    """An agent by address or id, also one who is not active any more: who holds something keeps it."""

    default_error_messages = {"unknown": _("There is no agent with this address or id.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> User:
        person = find_person(data)
        if person is None or not person.is_agent:
            self.fail("unknown")
        return person


def rows(options: Callable[[dict[str, Any]], Iterable[Any]], **more: Any) -> serializers.ListField:
    """Several rows, each by name or id; all of them, so that one that is left out goes."""
    return serializers.ListField(child=RowField(options), max_length=MOST_ROWS, **more)


def domains(**more: Any) -> serializers.ListField:
    return serializers.ListField(child=DomainField(max_length=253), max_length=5_000, **more)
