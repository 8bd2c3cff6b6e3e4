"""Lists: `{"results": [...], "next": URL or null}`, each page found by the last row of the one before."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.pagination import page_of

PARAMETERS = {"cursor", "page_size"}
MAY_BE_EMPTY = {"cursor", "q"}


class CursorPages(BasePagination):
    """The view names its order in `order`, and in `shown` how the rows of a page are completed.

    More than `largest` rows are never sent at once (T71).
    """

    usual, largest = 50, 100

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> Sequence[Any]:
        cursor = request.query_params.get("cursor", "")
        self.request = request
        shown = getattr(view, "shown", None)
        self.page = page_of(queryset, order=view.order, cursor=cursor, size=self.size(request), shown=shown)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next()})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        following = {"type": ["string", "null"], "format": "uri", "description": "The next page; null on the last one."}
        properties = {"results": schema, "next": following}
        return {"type": "object", "required": ["results", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        size = {"type": "integer", "minimum": 1, "default": self.usual}
        return [
            _parameter("cursor", {"type": "string"}, "Where to go on; part of `next`."),
            _parameter("page_size", size, f"Rows on a page; {self.largest} at most."),
        ]

    def size(self, request: Request) -> int:
        wanted = request.query_params.get("page_size", str(self.usual))
        if not (wanted.isascii() and wanted.isdecimal()) or not wanted.strip("0"):
            raise ValidationError({"page_size": [_("Enter a whole number, 1 or more.")]})
        return self.largest if len(wanted) > 9 else min(int(wanted), self.largest)

    def _next(self) -> str | None:
        if not self.page.next:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", self.page.next)


def _parameter(name: str, schema: dict, description: str) -> dict:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
