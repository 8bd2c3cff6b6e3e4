"""What queues say beside themselves, one row for each at most, and what they leave to the queue above."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.schema import IF_SAME
from api.v1.fields import StrictSerializer
from api.v1.kinds import Administration, Values, checked, etag_of
from tickets.models import Queue

Ancestry = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Part:
    """`holding` gives for each queue what is shown of it, asked for all together. `save` puts what was said into the
    row and saves it as the page does; `drop` lets the queue do as the one above it."""

    name: str
    many: str
    words: str
    tag: str
    model: type[models.Model]
    shape: type[serializers.Serializer]
    form: type[StrictSerializer]
    holding: Callable[[Sequence[Queue], Ancestry], Iterable[Any]]
    save: Callable[[Any, Values, User], None]
    drop: Callable[[Any, User], None]
    about: str
    examples: Sequence[OpenApiExample] = ()

    def row_of(self, queue: Queue) -> Any:
        return self.model._default_manager.filter(pk=queue.pk).first() or self.model(queue=queue)


@dataclass(frozen=True)
class Standing:
    """`source` is the queue that says so, itself or one above; None where nobody does, and `row` is the stock then."""

    queue: Queue
    source: Queue | None
    row: Any


def nearest(model: type[models.Model], *near: str) -> Callable[[Sequence[Queue], Ancestry], list[Standing]]:
    """What holds in each queue where the nearest row counts as a whole: as many queries for one as for a hundred."""

    def holding(queues: Sequence[Queue], above: Ancestry) -> list[Standing]:
        wanted = {pk for queue in queues for pk in above[queue.pk]}
        rows: Mapping[int, Any] = model._default_manager.select_related("queue", *near).in_bulk(wanted)
        found = [next((rows[pk] for pk in above[queue.pk] if pk in rows), None) for queue in queues]
        return [
            Standing(queue, row.queue if row else None, row or model(queue=queue))
            for queue, row in zip(queues, found, strict=True)
        ]

    return holding


def ancestry() -> Ancestry:
    """Each queue with those above it, nearest first."""
    parents = dict(Queue.objects.values_list("pk", "parent"))
    return {pk: list(_upwards(pk, parents)) for pk in parents}


def _upwards(pk: int | None, parents: Mapping[int, int | None]) -> Iterable[int]:
    while pk is not None:
        yield pk
        pk = parents.get(pk)


def list_of_parts(part: Part) -> type[Administration]:
    class Parts(Administration):
        order = ("path", "id")

        @extend_schema(
            operation_id=f"list{part.many}",
            summary=f"List {part.words} of queues",
            description=f"What holds in each queue in use, and which queue says so. {part.about}",
            responses=part.shape(many=True),
            tags=[part.tag],
        )
        def get(self, request: Request) -> Response:
            return self.listing(Queue.objects.active(), part.shape)

        def paginate_queryset(self, queryset: Any) -> Any:
            queues = super().paginate_queryset(queryset)
            return list(part.holding(queues, ancestry()))

    return Parts


def part_of(part: Part) -> type[Administration]:
    class Beside(Administration):
        @extend_schema(
            operation_id=f"show{part.name}",
            summary=f"Show {part.words} of a queue",
            description=f"What holds in it, and which queue says so. {part.about}",
            responses=part.shape,
            tags=[part.tag],
        )
        def get(self, request: Request, queue: int) -> Response:
            return self.now(self.only(Queue.objects.all(), queue))

        @extend_schema(
            operation_id=f"change{part.name}",
            summary=f"Change {part.words} of a queue",
            description="From now on the queue says so itself. What is not named stays as the queue said it, or is as "
            "usual where it said nothing.",
            parameters=[IF_SAME],
            request=part.form,
            responses=part.shape,
            examples=list(part.examples),
            tags=[part.tag],
        )
        @transaction.atomic
        def patch(self, request: Request, queue: int) -> Response:
            found = self.same(queue)
            values = self.read(part.form)
            checked(lambda: part.save(part.row_of(found), values, self.person))
            return self.now(found)

        @extend_schema(
            operation_id=f"inherit{part.name}",
            summary=f"Leave {part.words} to the queue above",
            description="The queue says nothing itself any more.",
            parameters=[IF_SAME],
            responses={204: None},
            tags=[part.tag],
        )
        @transaction.atomic
        def delete(self, request: Request, queue: int) -> Response:
            row = part.row_of(self.same(queue))
            if not row._state.adding:
                part.drop(row, self.person)
            return Response(status=status.HTTP_204_NO_CONTENT)

        def same(self, pk: int) -> Queue:
            """Locked, so that of two who say it for the first time the second waits, and sees what has come of it."""
            queue = self.only(Queue.objects.select_for_update(of=("self",), no_key=True), pk)
            self.require_same(part.model(queue=queue))
            return queue

        def now(self, queue: Queue) -> Response:
            (standing,) = part.holding([queue], {queue.pk: queue.line})
            headers = {"ETag": etag_of(part.model(queue=queue))}
            return Response(self.shaped(standing, part.shape).data, headers=headers)

    return Beside
