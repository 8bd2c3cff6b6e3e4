"""How measures, answers and files of reports are shown."""

from typing import Any

from rest_framework import serializers

from reports.dimensions import dimensions_for
from reports.measures import Kind, Measure, Unit
from reports.models import Export, Format
from reports.tables import TOTAL, Header, Table


class MeasureShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    explanation = serializers.CharField(help_text="What counts, what does not, and by which moment.")
    group = serializers.CharField()
    unit = serializers.ChoiceField(
        [(unit.value, unit.value) for unit in Unit], help_text="`percent` is a share from 0 to 1, `points` 1 to 5."
    )
    kind = serializers.ChoiceField([(kind.value, kind.value) for kind in Kind])
    dimensions = serializers.SerializerMethodField(help_text="What it can be told apart by.")

    def get_dimensions(self, measure: Measure) -> list[str]:
        return [dimension.key for dimension in dimensions_for([measure.key])]


class HeaderShape(serializers.Serializer):
    key = serializers.CharField(help_text="An id, a word, the beginning of a piece of time; `*` for all.")
    label = serializers.CharField()


class ValueShape(serializers.Serializer):
    value = serializers.FloatField(allow_null=True, help_text="null: there is nothing to say, which is not 0.")
    before = serializers.FloatField(allow_null=True, help_text="In the time compared with.")


class CellShape(serializers.Serializer):
    row = serializers.CharField()
    column = serializers.CharField()
    values = serializers.DictField(child=ValueShape(), help_text="By measure.")


class AnswerShape(serializers.Serializer):
    starts = serializers.DateTimeField(help_text="The time asked about, from here ...")
    ends = serializers.DateTimeField(help_text="... to before here.")
    made_at = serializers.DateTimeField()
    is_cut = serializers.BooleanField(help_text="There are more rows than are given; totals are of all.")
    rows = HeaderShape(many=True)
    columns = HeaderShape(many=True)
    cells = CellShape(many=True, help_text="Of each row and column, and of `*`, the totals.")


def answer_of(table: Table) -> dict[str, Any]:
    """A table as `AnswerShape` takes it."""

    def sides(headers: Any, dimension: str) -> list[Header]:
        return [*headers, Header(TOTAL, "")] if dimension else list(headers)

    cells = [
        {
            "row": row.key,
            "column": column.key,
            "values": {measure.key: vars(table.cell(row.key, column.key, measure.key)) for measure in table.measures},
        }
        for row in sides(table.rows, table.question.rows)
        for column in sides(table.columns, table.question.columns)
    ]
    names = ("starts", "ends", "made_at", "is_cut", "rows", "columns")
    return {**{name: getattr(table, name) for name in names}, "cells": cells}


class ExportShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    content = serializers.ChoiceField(Export.Content.choices)
    format = serializers.ChoiceField(Format.choices)
    state = serializers.SerializerMethodField()
    total = serializers.IntegerField(help_text="Lines, as far as that is known.")
    done = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes of the file.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_state(self, export: Export) -> str:
        """ "waiting", "ready" or "failed"."""
        return "ready" if export.is_ready else "failed" if export.has_failed else "waiting"
