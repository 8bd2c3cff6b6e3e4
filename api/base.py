"""What every view of the interface shares: JSON only, in the person's language, lists in pages, nothing cached."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.audit import acting_through
from accounts.models import User
from api import pages
from api.limits import Spent, spend
from api.pages import CursorPages
from api.parsers import JsonParser
from api.problems import LengthRequired
from tickets.events import Cause


class AlwaysJson(BaseContentNegotiation):
    """There is one form of answer, whatever the program says it would accept."""

    def select_parser(self, request: Request, parsers: list) -> Any:
        sent = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(self, request: Request, renderers: list, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Door(GenericAPIView):
    http_method_names = ["get", "head", "post", "patch", "delete"]  # noqa: RUF012
    parser_classes = (JsonParser,)
    content_negotiation_class = AlwaysJson
    pagination_class = CursorPages
    metadata_class = None
    # Which tokens open it (`ApiToken.Area`); empty: all. Each door says so itself: one that does not opens to nobody.
    area: str
    # The order of a list (core/pagination.py).
    order: tuple[str, ...] = ("id",)
    # What a list may be asked beside its page.
    parameters: Collection[str] = ()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.encoding = "utf-8"  # a strange charset in the Content-Type must not decide how the query is read
        return super().initialize_request(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.spent: Spent | None = None
        with acting_through(lambda: str(getattr(self.request, "auth", None) or "")):
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if request.auth is not None:
            self.charge(1)

    def charge(self, cost: int) -> None:
        """Count what this takes of the requests of a minute."""
        self.spent = spend(self.request.auth, cost=cost)
        if self.spent.remaining < 0:
            raise Throttled(self.spent.reset)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers:  # WSGI would read such a body as an empty one
            raise LengthRequired
        if self.person.language:
            translation.activate(self.person.language)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.spent:
            self.headers |= self.spent.headers
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def person(self) -> User:
        return self.request.user

    @property
    def cause(self) -> Cause:
        """What history says about how it came about."""
        return Cause("token", self.request.auth.mark)

    def listing(self, queryset: QuerySet, shape: type[BaseSerializer]) -> Response:
        self._refuse_unknown_parameters()
        rows = self.paginate_queryset(queryset)
        return self.get_paginated_response(self.shaped(rows, shape, many=True).data)

    def shaped(self, value: Any, shape: type[BaseSerializer], **options: Any) -> BaseSerializer:
        return shape(value, context=self.get_serializer_context(), **options)

    def _refuse_unknown_parameters(self) -> None:
        """A misspelt or empty filter must not silently give the whole list."""
        errors = {}
        for name, values in self.request.query_params.lists():
            if name not in pages.PARAMETERS and name not in self.parameters:
                errors[name] = [_("There is no such parameter.")]
            elif len(values) > 1:
                errors[name] = [_("Give this parameter once.")]
            elif not values[0] and name not in pages.MAY_BE_EMPTY:
                errors[name] = [_("Give a value, or leave the parameter out.")]
        if errors:
            raise ValidationError(errors)
