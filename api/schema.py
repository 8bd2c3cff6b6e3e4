"""The OpenAPI description, made from the views themselves, and what it needs to be told beside them."""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

from api.v1.fields import StrictSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Any text of your choice, new for each thing you want done. Sent again within 48 hours, the request "
        "gets the first answer and nothing happens twice."
    ),
)
NUMBER = OpenApiParameter(
    "number",
    {"type": "string", "pattern": "^[-A-Za-z0-9_]+$"},
    OpenApiParameter.PATH,
    description="The number of the ticket.",
)
IF_SAME = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of what you have seen. 412 when it is something else by now.",
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people, in the language of the token's person."},
        "errors": {
            "type": "object",
            "description": "Messages by field; inner ones with dots: `attachments.0.content`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "leaning": {
            "type": "array",
            "items": {"type": "string"},
            "description": "With 409: what leans on something that was to be retired, a sentence each.",
        },
        "scan": {
            "type": "string",
            "enum": ["waiting", "infected", "too_large"],
            "description": "With 403 and 409: what the virus scanner says of a file that is not given out.",
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "Some of the values cannot be accepted.",
            "errors": {"queue": ["There is nothing with this name or id to choose."]},
        }
    ],
}
REFUSED = {
    "description": (
        "Refused: 400 with errors per field, 401 without a valid token, 403 without the right, 404 also for what may "
        "not be seen, 409 for what cannot be done as things are set up, 409 and 422 for keys in use, 412 for a change "
        "by somebody else, 413 when too large, 429 with `Retry-After` for too many requests."
    ),
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Operation(AutoSchema):
    """Names of components as people say them, and forms that take nothing else (settings.REST_FRAMEWORK)."""

    def get_serializer_name(self, serializer: Serializer, direction: str) -> str:
        return type(serializer).__name__.removesuffix("Shape").removesuffix("Form")

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def _map_basic_serializer(self, serializer: Serializer, direction: str) -> dict[str, Any]:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema


@cache
def document() -> dict[str, Any]:
    """The whole description, in English for every reader."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


def with_problems(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Every operation may refuse, and always in the same form (settings.SPECTACULAR_SETTINGS)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    result["components"]["responses"] = {"Refused": REFUSED}
    for path in result["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                response["description"] = response["description"] or HTTPStatus(int(status)).phrase
            operation["responses"]["4XX"] = {"$ref": "#/components/responses/Refused"}
    return _without_marks(result)


def _without_marks(value: Any) -> Any:
    """Notes that the generator makes for itself."""
    if isinstance(value, dict):
        return {key: _without_marks(inner) for key, inner in value.items() if key != "x-spec-enum-id"}
    return [_without_marks(inner) for inner in value] if isinstance(value, list) else value
