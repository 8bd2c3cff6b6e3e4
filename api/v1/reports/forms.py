"""What a program may ask, in the words of reports/questions.py, and the errors of those."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError

from accounts.models import User
from api.v1.fields import StrictSerializer, TextField
from reports.dimensions import dimensions
from reports.models import Export, Format
from reports.questions import COMPARISONS, GRAINS, MOMENTS, PERIODS, Question, QuestionError, read

ASKED = ("measures", "rows", "columns", "period", "from", "to", "grain", "compare", "condition", "as_of", "zone")
DIMENSIONS = list(dimensions())
QUESTION = [
    OpenApiParameter("measures", required=True, description="Keys of measures, with commas between them."),
    OpenApiParameter("rows", enum=DIMENSIONS, description="What the rows are told apart by."),
    OpenApiParameter("columns", enum=DIMENSIONS, description="What the columns are told apart by."),
    OpenApiParameter("period", enum=list(PERIODS), description="Seen from now; else give `from` and `to`."),
    OpenApiParameter("from", description="The first day, `2026-01-01`."),
    OpenApiParameter("to", description="The last day, which is included."),
    OpenApiParameter("grain", enum=list(GRAINS), description="Into which pieces `time` is cut."),
    OpenApiParameter("compare", enum=[key for key in COMPARISONS if key], description="With which time."),
    OpenApiParameter("condition", description="JSON, in the language of saved views: only these tickets count."),
    OpenApiParameter(
        "as_of",
        enum=[key for key in MOMENTS if key],
        description="The condition means tickets as they were `then`; as they are today when left out.",
    ),
    OpenApiParameter("zone", description="Whose days count, `Europe/Berlin`; the person's when left out."),
]
_OBJECT = {"type": "object", "additionalProperties": True}


@extend_schema_field(_OBJECT)
class AnythingField(serializers.JSONField):
    """What the domain reads and judges."""


class NewExportForm(StrictSerializer):
    question = AnythingField(
        help_text="`measures` (a list), `rows`, `columns`, `period` (a name, or `{from, to}`), `grain`, `compare`, "
        "`condition`, `as_of`, `zone`: as the parameters of an answer."
    )
    name = TextField(max_length=100, required=False)
    content = serializers.ChoiceField(
        Export.Content.choices,
        required=False,
        help_text="The table, or a line for each ticket behind the first measure.",
    )
    format = serializers.ChoiceField(Format.choices, required=False)

    class Meta:
        ref_name = "NewExport"


EXAMPLE = OpenApiExample(
    "Every ticket that was opened in March, as CSV",
    request_only=True,
    value={
        "question": {"measures": ["created"], "period": {"from": "2026-03-01", "to": "2026-03-31"}},
        "content": "tickets",
        "format": "csv",
    },
)


def question_in(parameters: Mapping[str, str], person: User) -> Question:
    """The question that the parameters of an address ask. Raises `ValidationError`."""
    data: dict[str, Any] = {
        key: parameters[key] for key in ("rows", "columns", "grain", "compare", "as_of", "zone") if key in parameters
    }
    data["measures"] = [key for key in parameters.get("measures", "").split(",") if key]
    if "from" in parameters or "to" in parameters:
        data["period"] = {"from": parameters.get("from"), "to": parameters.get("to")}
    elif "period" in parameters:
        data["period"] = parameters["period"]
    if "condition" in parameters:
        try:
            data["condition"] = json.loads(parameters["condition"])
        except ValueError as error:
            raise ValidationError({"condition": [_("This is no JSON.")]}) from error
    return checked(data, person)


def checked(data: Any, person: User) -> Question:
    try:
        return read(data, person)
    except QuestionError as error:
        raise ValidationError({error.field or "question": [str(error)]}) from error


def require_agent(person: User) -> None:
    if not person.is_agent:
        raise NotFound
