"""Settings that are rows, for programs: one pair of doors for each kind, which calls what the pages call."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.audit import seen_of
from accounts.models import ApiToken, User
from api.base import Door
from api.once import once
from api.problems import PreconditionFailed
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.fields import StrictSerializer
from api.v1.levels.access import refused

Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """`name` and `many` make the names of the operations: showRule, listRules. `one` and `some` are the words for it.

    `save` puts what was said into the row and saves it as the page does; it gives what is told of it this once (a
    secret), else nothing. `remove` is left out where rows are only retired. `about` are further sentences for the
    descriptions, by the verb of the operation.
    """

    name: str
    many: str
    one: str
    some: str
    tag: str
    shape: type[serializers.Serializer]
    form: type[StrictSerializer]
    rows: Callable[[], QuerySet]
    save: Callable[[Any, Values, User], Values | None]
    remove: Callable[..., object] | None = None
    order: tuple[str, ...] = ("name", "id")
    about: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[OpenApiExample] = ()
    # What a new one answers with, where that is more: a secret that is told once, so that no answer may be kept.
    told: type[serializers.Serializer] | None = None

    def said(self, verb: str, usual: str) -> str:
        return self.about.get(verb, usual)


class Administration(Door):
    """What only administrators see and change; to everybody else it is not there."""

    area = ApiToken.Area.SETUP

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods and not self.person.is_administrator:
            raise NotFound

    def read(self, form: type[StrictSerializer]) -> Values:
        """What was sent, checked."""
        given = self.shaped(None, form, data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def only(self, rows: QuerySet, pk: int) -> Any:
        row = rows.filter(pk=pk).first()
        if row is None:
            raise NotFound
        return row

    def answer(
        self, row: models.Model, shape: type[serializers.Serializer], code: int = status.HTTP_200_OK
    ) -> Response:
        return Response(self.shaped(row, shape).data, code, headers={"ETag": etag_of(row)})

    def require_same(self, row: models.Model) -> None:
        """`If-Match` names what somebody has seen: refused when the audit has a newer line about it, as the pages do.

        Within a transaction: the row stays locked, so that of two at once the second is refused.
        """
        list(type(row)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=row.pk))
        header = self.request.headers.get("If-Match")
        if header is None or header.strip() == "*":
            return
        if etag_of(row) not in [tag.strip().removeprefix("W/") for tag in header.split(",")]:
            raise PreconditionFailed(_("Somebody has changed this meanwhile."))


def etag_of(row: models.Model) -> str:
    """As a form of the pages remembers it: the newest line of the audit about this row."""
    return f'"{seen_of(row)}"'


def checked(action: Callable[[], Any]) -> Any:
    """What the domain refuses by field is refused so here."""
    try:
        return action()
    except ValidationError as error:
        raise refused(error) from error


def put(row: models.Model, values: Values) -> None:
    for name, value in values.items():
        setattr(row, name, value)


@cache
def change_of(form: type[StrictSerializer]) -> type[StrictSerializer]:
    """The same form, of which nothing has to be named."""
    fields = {name: _optional(one) for name, one in form._declared_fields.items()}

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        form.__init__(self, *args, **{"partial": True, **kwargs})

    name = f"Changed{form.__name__.removeprefix('New')}"
    text = "Any of these; what is not named stays as it is."
    return type(name, (form,), {**fields, "__init__": begin, "__doc__": text, "__module__": form.__module__})


def _optional(one: serializers.Field) -> serializers.Field:
    copy = deepcopy(one)
    copy._kwargs["required"] = False
    return copy


def list_of(kind: Kind) -> type[Administration]:
    """The door to all rows of a kind, where new ones are made."""
    only_once = transaction.atomic if kind.told else once
    made = kind.told or kind.shape
    keyed = [] if kind.told else [IDEMPOTENCY_KEY]

    class Rows(Administration):
        order = kind.order

        @extend_schema(
            operation_id=f"list{kind.many}",
            summary=f"List {kind.some}",
            description=kind.said("list", "For administrators."),
            responses=kind.shape(many=True),
            tags=[kind.tag],
        )
        def get(self, request: Request) -> Response:
            return self.listing(kind.rows(), kind.shape)

        @extend_schema(
            operation_id=f"add{kind.name}",
            summary=f"Add {kind.one}",
            description=kind.said("add", "What is left out is as on a new page."),
            parameters=keyed,
            request=kind.form,
            responses={201: made},
            examples=list(kind.examples),
            tags=[kind.tag],
        )
        @only_once
        def post(self, request: Request) -> Response:
            row = kind.rows().model()
            values = self.read(kind.form)
            told = checked(lambda: kind.save(row, values, self.person))
            row = kind.rows().get(pk=row.pk)
            for name, value in (told or {}).items():
                setattr(row, name, value)
            return self.answer(row, made, status.HTTP_201_CREATED)

    return Rows


def detail_of(kind: Kind) -> type[Administration]:
    """The door to one row of a kind."""
    form = change_of(kind.form)

    class Row(Administration):
        @extend_schema(
            operation_id=f"show{kind.name}",
            summary=f"Show {kind.one}",
            description=kind.said("show", "With the `ETag` that a change may name."),
            responses=kind.shape,
            tags=[kind.tag],
        )
        def get(self, request: Request, id: int) -> Response:
            return self.answer(self.only(kind.rows(), id), kind.shape)

        @extend_schema(
            operation_id=f"change{kind.name}",
            summary=f"Change {kind.one}",
            description=kind.said("change", "What is not named stays as it is."),
            parameters=[IF_SAME],
            request=form,
            responses=kind.shape,
            tags=[kind.tag],
        )
        @transaction.atomic
        def patch(self, request: Request, id: int) -> Response:
            row = self.only(kind.rows(), id)
            self.require_same(row)
            row = kind.rows().get(pk=id)
            values = self.read(form)
            checked(lambda: kind.save(row, values, self.person))
            return self.answer(kind.rows().get(pk=id), kind.shape)

    return Row if kind.remove is None else _removing(kind, Row)


def _removing(kind: Kind, door: type[Administration]) -> type[Administration]:
    """The door to one row, by which it can also go."""

    class RemovableRow(door):  # type: ignore[valid-type, misc]
        @extend_schema(
            operation_id=f"remove{kind.name}",
            summary=f"Remove {kind.one}",
            description=kind.said("remove", "What it did stays in the histories of the tickets."),
            parameters=[IF_SAME],
            responses={204: None},
            tags=[kind.tag],
        )
        @transaction.atomic
        def delete(self, request: Request, id: int) -> Response:
            row = self.only(kind.rows(), id)
            self.require_same(row)
            assert kind.remove is not None
            kind.remove(row, by=self.person)
            return Response(status=status.HTTP_204_NO_CONTENT)

    return RemovableRow
