"""How imports and their refusals are shown, and what programs say of a file."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from api.v1.fields import Base64Field, FlagField, StrictSerializer, TextField
from imports.models import Dates, Import, Refusal, State, What
from imports.reading.bounds import MOST_COLUMNS

LONGEST_KEY = 80
_COLUMNS = "Of each heading the key of what it is, in their order; an empty text for what is left out."


class HowReadForm(StrictSerializer):
    """How a file is read. What is not named stays as it is."""

    columns = serializers.ListField(
        child=TextField(max_length=LONGEST_KEY, allow_blank=True),
        max_length=MOST_COLUMNS,
        required=False,
        help_text=_COLUMNS,
    )
    zone = TextField(max_length=64, required=False, help_text="Of times that name none, such as `Europe/Lisbon`.")
    dates = serializers.ChoiceField(Dates.choices, required=False, help_text="Of dates that are not year first.")

    class Meta:
        ref_name = "HowRead"


class NewImportForm(HowReadForm):
    """A file, and what its rows are. Without `columns` they are found out by their headings."""

    what = serializers.ChoiceField(What.choices)
    name = TextField(min_length=1, max_length=150, help_text="Of the file.")
    content = Base64Field(help_text="CSV or XLSX, as base64.")
    start = FlagField(required=False, help_text="Import what can be imported as soon as it is checked.")

    class Meta:
        ref_name = "NewImport"


class RowReasonShape(serializers.Serializer):
    column = serializers.CharField()
    reason = serializers.CharField()


class PreviewRowShape(serializers.Serializer):
    line = serializers.IntegerField(help_text="Of the file, as an editor counts them.")
    outcome = serializers.ChoiceField([(word, word) for word in ("created", "changed", "unchanged", "refused")])
    values = serializers.DictField(child=serializers.CharField(), help_text="By key of the column.")
    reasons = RowReasonShape(many=True)


class ImportShape(serializers.Serializer):
    id = serializers.IntegerField()
    what = serializers.ChoiceField(What.choices)
    name = serializers.CharField()
    state = serializers.ChoiceField(State.choices, help_text="`asking` waits for `columns`, `checked` for `start/`.")
    trouble = serializers.CharField(help_text="Why it failed, in the language of its owner.")
    headings = serializers.ListField(child=serializers.CharField())
    columns = serializers.ListField(child=serializers.CharField(), help_text=_COLUMNS)
    zone = serializers.CharField()
    dates = serializers.ChoiceField(Dates.choices)
    total = serializers.IntegerField(help_text="Rows, as far as that is known.")
    done = serializers.IntegerField(source="position", help_text="Rows of this pass: of the check, or of the import.")
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    preview = PreviewRowShape(many=True, help_text="The first rows as they were understood.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True, help_text="Of the last pass.")


class RefusalShape(serializers.Serializer):
    line = serializers.IntegerField(help_text="Of the file, as an editor counts them.")
    column = serializers.CharField(help_text="Its key; empty where it is about the whole row.")
    heading = serializers.SerializerMethodField(help_text="What the column is called in the file.")
    reason = serializers.CharField()

    @extend_schema_field({"type": "string"})
    def get_heading(self, refusal: Refusal) -> str:
        job: Import = self.context["job"]
        return dict(zip(job.columns, job.headings, strict=False)).get(refusal.column, "") if refusal.column else ""


EXAMPLE = OpenApiExample(
    "One customer",
    request_only=True,
    value={"what": "people", "name": "people.csv", "content": "ZW1haWwsbmFtZQpuaW5hQGFjbWUuZXhhbXBsZSxOaW5hCg=="},
)


def options_of(given: dict[str, Any]) -> dict[str, Any]:
    """What the form says of how the file is read, as the domain takes it."""
    return {name: given[name] for name in ("columns", "zone", "dates") if name in given}
