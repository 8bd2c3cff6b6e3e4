"""Who may do what in a queue: what roles were granted there, and who has which right, and why."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from api.schema import IF_SAME
from api.v1.administration import AdminDoor, etag, require_same
from api.v1.fields import RowField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.roles import MOST_MEMBERS, Rights, in_order, merged
from api.v1.setup.words import TAG
from api.v1.shapes import PersonShape, RowShape
from tickets.grants import Table, grants_in, holders, replace_grants_on
from tickets.models import Queue
from tickets.rights import RIGHTS


class ChosenRoleRightsForm(Rights):
    """What a role may do here; an empty list takes everything from it."""

    role = RowField(lambda context: _known(context))


class ChangedQueueRightsForm(StrictSerializer):
    """Roles that are not named keep what they have."""

    granted = ChosenRoleRightsForm(many=True, min_length=1, max_length=MOST_MEMBERS)

    def validate_granted(self, grants: list[dict[str, Any]]) -> dict[int, frozenset[str]]:
        """By group; one that is named twice has what both say."""
        return merged((one["role"].group_id, one["rights"]) for one in grants)


class RoleRightsShape(serializers.Serializer):
    role = RowShape()
    rights = serializers.ListField(child=serializers.ChoiceField(RIGHTS))


class WayShape(serializers.Serializer):
    """One reason for a right."""

    right = serializers.ChoiceField(RIGHTS)
    queue = RowShape(help_text="Where it was granted: this queue, or one above.")
    role = serializers.CharField(allow_null=True, help_text="The name of the role; null: to the agent in person.")


class HolderShape(serializers.Serializer):
    person = PersonShape()
    rights = serializers.SerializerMethodField(help_text="With all that is inherited and included.")
    ways = WayShape(many=True)

    def get_rights(self, holder: Any) -> list[str]:
        return in_order(holder.rights)


class QueueRightsShape(serializers.Serializer):
    queue = RowShape()
    granted = RoleRightsShape(many=True, help_text="On this very queue.")
    holders = HolderShape(many=True, help_text="Agents with a right here, by name.")


class QueueRights(AdminDoor):
    @extend_schema(
        operation_id="showQueueRights",
        summary="Show who may do what in a queue",
        responses=QueueRightsShape,
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """What roles were granted here, and every agent with a right and the reasons for it. For administrators."""
        return self.answer(self.found(id))

    @extend_schema(
        operation_id="changeQueueRights",
        summary="Grant rights in a queue",
        parameters=[IF_SAME],
        request=ChangedQueueRightsForm,
        responses=QueueRightsShape,
        examples=[examples.QUEUE_RIGHTS],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """To the roles that are named; queues inside this one have the same rights."""
        list(Queue.objects.select_for_update(of=("self",), no_key=True).filter(pk=id))
        queue = self.found(id)
        require_same(request.headers.get("If-Match"), queue, self.as_shown(queue))
        form = self.shaped(None, ChangedQueueRightsForm, data=request.data)
        form.is_valid(raise_exception=True)
        wanted: Table = {**grants_in([queue.pk])[queue.pk], **form.validated_data["granted"]}
        replace_grants_on(queue, wanted, by=self.person)
        return self.answer(queue)

    def found(self, pk: int) -> Queue:
        queue = Queue.objects.filter(pk=pk).first()
        if queue is None:
            raise NotFound
        return queue

    def as_shown(self, queue: Queue) -> Any:
        table = grants_in([queue.pk])[queue.pk]
        granted = [
            {"role": role, "rights": in_order(table[role.group_id])} for role in _roles().filter(group__in=table)
        ]
        told = {"queue": queue, "granted": granted, "holders": holders(queue)}
        return self.shaped(told, QueueRightsShape).data

    def answer(self, queue: Queue) -> Response:
        shown = self.as_shown(queue)
        return Response(shown, headers={"ETag": etag(queue, shown)})


def _known(context: dict[str, Any]) -> list[Role]:
    """Read once for all of a list."""
    if "all_roles" not in context:
        context["all_roles"] = list(_roles())
    return context["all_roles"]


def _roles() -> QuerySet[Role]:
    return Role.objects.select_related("group").order_by("group__name", "pk")
