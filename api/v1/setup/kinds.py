"""Kinds of settings that need a list, a form and a verb and nothing more: two doors are made for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.models import User
from api.once import once
from api.problems import CannotBe, LeanedOn
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.administration import CONFIRMED, AdminDoor, etag, leaning_on, refused, require_same
from api.v1.fields import FlagField, StrictSerializer

Values = dict[str, Any]


class Changing(StrictSerializer):
    """Any of these; what is not named stays as it is."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class Retiring(Changing):
    confirmed = FlagField(
        help_text="To retire it although other things lean on it; without, that is a 409 which names them."
    )


@dataclass(frozen=True)
class Kind:
    """`word` and `words` name the operations: `addQueue`, `listQueueSettings`. `save` sets the values, calls the verb
    that the page calls, and raises Django's `ValidationError`; `renamed` says how the form calls a field of it.
    `removed` tells what of the row somebody would miss beside the row itself; `remove` is left out where rows are only
    retired."""

    word: str
    title: str
    tag: str
    rows: Callable[[], models.QuerySet]
    order: Sequence[str]
    shape: type[BaseSerializer]
    new: type[StrictSerializer]
    changed: type[StrictSerializer]
    save: Callable[[Any, Values, User], models.Model]
    about: str
    about_change: str = "What is not named stays."
    examples: Sequence[OpenApiExample] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: Callable[[Any, Values], Sequence[str]] | None = None
    remove: Callable[[Any, User], object] | None = None
    about_removal: str = "What it did stays in the histories of the tickets."

    @property
    def model(self) -> type[models.Model]:
        return self.rows().model


class KindDoor(AdminDoor):
    """What the doors of a kind share."""

    kind: Kind

    def read(self, form: type[StrictSerializer]) -> Values:
        """What was sent, checked."""
        given = self.shaped(None, form, data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def same(self, pk: int) -> Any:
        """The row, locked, when it is still what `If-Match` names. Within a transaction."""
        list(self.kind.model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=pk))
        row, shown = self.as_shown(pk)
        require_same(self.request.headers.get("If-Match"), row, shown)
        return row

    def saved(self, row: Any, values: Values) -> Any:
        leaning = self.leaning(row, values) if values.pop(CONFIRMED, False) is not True else []
        if leaning:
            raise LeanedOn(leaning)
        try:
            with transaction.atomic():
                return self.kind.save(row, values, self.person)
        except ValidationError as error:
            raise refused(error, names=dict(self.kind.renamed)) from error

    def leaning(self, row: Any, values: Values) -> list[str]:
        """What would miss what these values take away."""
        retires = row.pk and values.get("is_active") is False
        further = self.kind.removed(row, values) if row.pk and self.kind.removed else ()
        return [*(leaning_on(row) if retires else ()), *further]

    def found(self, pk: int) -> Any:
        row = self.kind.rows().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return row

    def as_shown(self, pk: int) -> tuple[Any, Values]:
        row = self.found(pk)
        return row, self.shaped(row, self.kind.shape).data

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        row, shown = self.as_shown(pk)
        return Response(shown, code, headers={"ETag": etag(row, shown)})


def doors_of(made: Kind) -> tuple[type[AdminDoor], type[AdminDoor]]:
    """The door of all rows and that of one."""
    row = _door_of_one(made)
    return _door_of_all(made), _removing(made, row) if made.remove else row


def _door_of_all(made: Kind) -> type[KindDoor]:
    class Rows(KindDoor):
        kind = made
        order = tuple(made.order)

        @extend_schema(
            operation_id=f"list{made.word}Settings",
            summary=f"List {made.title} as they are set up",
            description=made.about,
            responses=made.shape(many=True),
            tags=[made.tag],
        )
        def get(self, request: Request) -> Response:
            return self.listing(made.rows(), made.shape)

        @extend_schema(
            operation_id=f"add{made.word}",
            summary=f"Add to the {made.title}",
            description="By the same rules as on the page of the administration.",
            parameters=[IDEMPOTENCY_KEY],
            request=made.new,
            responses={201: made.shape},
            examples=list(made.examples),
            tags=[made.tag],
        )
        @once
        def post(self, request: Request) -> Response:
            row = self.saved(made.model(), self.read(made.new))
            return self.answer(row.pk, status.HTTP_201_CREATED)

    return Rows


def _door_of_one(made: Kind) -> type[KindDoor]:
    class OneRow(KindDoor):
        kind = made

        @extend_schema(
            operation_id=f"show{made.word}",
            summary=f"Show one of the {made.title}",
            description="As administrators have set it up.",
            responses=made.shape,
            tags=[made.tag],
        )
        def get(self, request: Request, id: int) -> Response:
            return self.answer(id)

        @extend_schema(
            operation_id=f"change{made.word}",
            summary=f"Change one of the {made.title}",
            description=made.about_change,
            parameters=[IF_SAME],
            request=made.changed,
            responses=made.shape,
            tags=[made.tag],
        )
        @transaction.atomic
        def patch(self, request: Request, id: int) -> Response:
            row = self.same(id)
            return self.answer(self.saved(row, self.read(made.changed)).pk)

    return OneRow


def _removing(made: Kind, door: type[KindDoor]) -> type[KindDoor]:
    """The door of one, by which it can also go."""

    class RemovableRow(door):  # type: ignore[valid-type, misc]
        @extend_schema(
            operation_id=f"remove{made.word}",
            summary=f"Remove one of the {made.title}",
            description=made.about_removal,
            parameters=[IF_SAME],
            responses={204: None},
            tags=[made.tag],
        )
        @transaction.atomic
        def delete(self, request: Request, id: int) -> Response:
            assert made.remove is not None
            try:
                made.remove(self.same(id), self.person)
            except ValidationError as error:
                raise CannotBe(" ".join(error.messages)) from error
            return Response(status=status.HTTP_204_NO_CONTENT)

    return RemovableRow


def put(row: models.Model, values: Values) -> models.Model:
    """The values on the row, each as its column can keep it. Raises Django's `ValidationError`."""
    for name, value in values.items():
        setattr(row, name, value)
    row.clean_fields(exclude=[field.name for field in row._meta.fields if not field.editable or field.is_relation])
    row.validate_unique()
    return row
