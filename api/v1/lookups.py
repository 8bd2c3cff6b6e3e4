"""What can be chosen: queues, states, priorities, types, services. And who one is oneself."""

from typing import Any

from django.db.models import Prefetch, Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Door
from api.v1.shapes import FieldShape, MeShape, PriorityShape, QueueShape, RowShape, ServiceShape, StateShape
from tickets import options
from tickets.catalogue import catalogue_for
from tickets.models import FieldDefinition, Priority, Queue, State, TicketType
from tickets.rights import RIGHTS, rights_of


class Lookup(Door):
    """What every program needs to know before it asks for anything."""

    area = ""


class QueueList(Lookup):
    order = ("path", "id")

    @extend_schema(operation_id="listQueues", summary="List queues", responses=QueueShape(many=True), tags=["Choices"])
    def get(self, request: Request) -> Response:
        """Queues in which the token's person has any right, with these rights. `name` is the path."""
        held = rights_of(self.person).queues
        queues = Queue.objects.active().filter(pk__in=frozenset().union(*held.values()))
        return self.listing(queues, QueueShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        queues = super().paginate_queryset(queryset)
        for queue in queues:
            queue.rights = [right for right in RIGHTS if rights_of(self.person).covers(queue.pk, right)]
        return queues


class StateList(Lookup):
    order = ("position", "id")

    @extend_schema(operation_id="listStates", summary="List states", responses=StateShape(many=True), tags=["Choices"])
    def get(self, request: Request) -> Response:
        """States in use. New, merged and removed are not chosen but come about."""
        return self.listing(State.objects.active(), StateShape)


class PriorityList(Lookup):
    order = ("position", "id")

    @extend_schema(
        operation_id="listPriorities", summary="List priorities", responses=PriorityShape(many=True), tags=["Choices"]
    )
    def get(self, request: Request) -> Response:
        """Priorities in use, from low to high."""
        return self.listing(Priority.objects.active(), PriorityShape)


class TypeList(Lookup):
    order = ("position", "id")

    @extend_schema(operation_id="listTypes", summary="List types", responses=RowShape(many=True), tags=["Choices"])
    def get(self, request: Request) -> Response:
        """Types of tickets in use."""
        return self.listing(TicketType.objects.active(), RowShape)


class ServiceList(Lookup):
    order = ("path", "id")

    @extend_schema(
        operation_id="listServices", summary="List services", responses=ServiceShape(many=True), tags=["Choices"]
    )
    def get(self, request: Request) -> Response:
        """What can be requested, and what its form asks: agents see the whole catalogue, customers what is theirs."""
        services = options.services()
        if not self.person.is_agent:
            offered = catalogue_for(self.person, request.brand).services
            services = services.filter(pk__in=[service.pk for service in offered])
        return self.listing(services.prefetch_related("questions__field"), ServiceShape)


class FieldList(Lookup):
    order = ("position", "id")

    @extend_schema(operation_id="listFields", summary="List fields", responses=FieldShape(many=True), tags=["Choices"])
    def get(self, request: Request) -> Response:
        """The custom fields in use, with what they may be and which tickets have them.

        Customers know theirs, tokens that are kept to queues those of the tickets in these."""
        fields = FieldDefinition.objects.filter(is_active=True).prefetch_related("types")
        if request.auth.queues:
            near = self._queues_near()
            fields = fields.filter(Q(queues=None) | Q(queues__in=near)).distinct()
            fields = fields.prefetch_related(Prefetch("queues", Queue.objects.filter(pk__in=near)))
        else:
            fields = fields.prefetch_related("queues")
        return self.listing(fields if self.person.is_agent else fields.filter(in_portal=True), FieldShape)

    def _queues_near(self) -> set[int]:
        """Queues in which the person has any right, and those above them, whose fields they have too."""
        parents = dict(Queue.objects.values_list("pk", "parent"))
        new, near = set().union(*rights_of(self.person).queues.values()), set()
        while new:
            near |= new
            new = {parents.get(pk) for pk in new} - near - {None}
        return near


class Me(Lookup):
    @extend_schema(operation_id="showMe", summary="Who am I", responses=MeShape, tags=["Choices"])
    def get(self, request: Request) -> Response:
        """The token's person and the token itself."""
        return Response(self.shaped(self.person, MeShape).data)
