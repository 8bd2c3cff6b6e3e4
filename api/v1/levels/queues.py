"""What queues add to service levels: their calendar, their SLA, how long tickets stay, when they are unlocked."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, User
from api import examples
from api.base import Door
from api.schema import IF_SAME
from api.v1.levels.access import fingerprint, refused, require_administrator, require_reader, require_seen
from api.v1.levels.forms import ChangedQueueHoursForm
from api.v1.levels.shapes import QueueHoursShape
from sla.configuring import save_queue_hours
from sla.models import QueueHours
from tickets.models import Queue
from tickets.rights import rights_of


class QueueHoursList(Door):
    area = ApiToken.Area.SETUP
    order = ("queue__path", "queue_id")

    @extend_schema(
        operation_id="listQueueHours",
        summary="List what queues add",
        responses=QueueHoursShape(many=True),
        tags=["SLAs"],
    )
    def get(self, request: Request) -> Response:
        """Agents see it of the queues in which they have any right. Queues that add nothing are left out."""
        require_reader(self.person)
        return self.listing(hours_of_queues().filter(queue__in=queues_of(self.person)), QueueHoursShape)


class QueueHoursDetail(Door):
    area = ApiToken.Area.SETUP

    @extend_schema(
        operation_id="showQueueHours",
        summary="Show what a queue adds",
        responses=QueueHoursShape,
        tags=["SLAs"],
    )
    def get(self, request: Request, queue: int) -> Response:
        """Of a queue that adds nothing, everything is null or empty."""
        require_reader(self.person)
        return self._answer(self._found(queue))

    @extend_schema(
        operation_id="changeQueueHours",
        summary="Change what a queue adds",
        parameters=[IF_SAME],
        request=ChangedQueueHoursForm,
        responses=QueueHoursShape,
        examples=[examples.QUEUE_HOURS],
        tags=["SLAs"],
    )
    @transaction.atomic
    def patch(self, request: Request, queue: int) -> Response:
        """What is not named stays; `stays` are replaced as a whole. Running clocks follow in the background."""
        require_reader(self.person)
        self._found(queue)
        require_administrator(self.person)
        # Whoever changes the same next waits, and sees what has come of it.
        Queue.objects.select_for_update(no_key=True).get(pk=queue)
        hours = self._found(queue)
        require_seen(request.headers.get("If-Match"), self.shaped(hours, QueueHoursShape).data)
        form = ChangedQueueHoursForm(data=request.data)
        form.is_valid(raise_exception=True)
        return self._answer(self._saved(hours, dict(form.validated_data)))

    def _saved(self, hours: QueueHours, values: dict[str, Any]) -> QueueHours:
        known = list(hours.targets.all())
        stays = values.pop("stays", known)
        for name, value in values.items():
            setattr(hours, name, value)
        try:
            save_queue_hours(hours, stays, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return hours_of_queues().get(queue=hours.queue)

    def _found(self, pk: int) -> QueueHours:
        queue = queues_of(self.person).filter(pk=pk).first()
        if queue is None:
            raise NotFound
        return hours_of_queues().filter(queue=queue).first() or QueueHours(queue=queue)

    def _answer(self, hours: QueueHours) -> Response:
        shown = self.shaped(hours, QueueHoursShape).data
        return Response(shown, headers={"ETag": fingerprint(shown)})


def hours_of_queues() -> QuerySet[QueueHours]:
    rows = QueueHours.objects.select_related("queue", "calendar", "policy")
    return rows.prefetch_related("targets__priority")


def queues_of(person: User) -> QuerySet[Queue]:
    """Administrators see all queues; agents those in which they have any right, as in the list of queues."""
    if person.is_administrator:
        return Queue.objects.all()
    return Queue.objects.filter(pk__in=frozenset().union(*rights_of(person).queues.values()))
