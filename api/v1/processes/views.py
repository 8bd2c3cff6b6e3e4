"""Processes for programs: start them on tickets, see where they are, do what they wait for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import require, ticket_of, ticket_to_change
from api.v1.fields import StrictSerializer, TextField
from api.v1.processes.shapes import ApprovalShape, ProcessShape, RunShape, TaskShape
from processes.actions import deciding, messaging, starting, working
from processes.models import Decision, Process, Task
from processes.queries import runs
from processes.refusals import Refused
from tickets.models import Ticket

ID = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)
TAGS = ["Processes"]


class StartForm(StrictSerializer):
    process = TextField(max_length=50, help_text="Its key.")
    values = serializers.DictField(required=False, help_text="Answers to the form of its start, by field key.")


class AnswersForm(StrictSerializer):
    values = serializers.DictField(required=False, help_text="By field key.")


class DecisionForm(StrictSerializer):
    answer = serializers.ChoiceField([("approved", "approved"), ("declined", "declined")])
    comment = TextField(max_length=2_000, allow_blank=True, required=False)


class MessageForm(StrictSerializer):
    name = TextField(max_length=100, min_length=1, help_text="As it stands in the drawing.")


class ReachedShape(serializers.Serializer):
    reached = serializers.IntegerField(help_text="How many runs of processes have received it.")


class ProcessList(Door):
    area = ApiToken.Area.TICKETS
    order = ("name", "id")

    @extend_schema(operation_id="listProcesses", summary="List processes", responses=ProcessShape(many=True), tags=TAGS)
    def get(self, request: Request) -> Response:
        """Those that agents may start."""
        if not self.person.is_agent:
            raise NotFound
        return self.listing(Process.objects.active().filter(by_agents=True).select_related("active"), ProcessShape)


class RunList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listProcessRuns",
        summary="Read the processes of a ticket",
        parameters=[NUMBER],
        responses=RunShape(many=True),
        tags=TAGS,
    )
    def get(self, request: Request, number: str) -> Response:
        """All there have been, the oldest first, with what was, is and comes next. Customers see none."""
        if not self.person.is_agent:
            raise NotFound
        return self.listing(runs().filter(ticket=ticket_of(self.person, number)), RunShape)

    @extend_schema(
        operation_id="startProcess",
        summary="Start a process",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=StartForm,
        responses={201: RunShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """It takes the right to write on the ticket."""
        if not self.person.is_agent:
            raise NotFound
        ticket = ticket_to_change(self.person, number)
        require(ticket, self.person, "write")
        given = _given(StartForm, request)
        process = Process.objects.in_desk(ticket.queue).filter(key=given["process"]).first()
        if process is None:
            raise serializers.ValidationError({"process": [Refused("elsewhere").text]})
        run = _done(starting.start, process, ticket, values=given.get("values", {}), by=self.person, cause=self.cause)
        return Response(self.shaped(runs().get(pk=run.pk), RunShape).data, status=status.HTTP_201_CREATED)


class MessageList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="sendProcessMessage",
        summary="Send a message to the processes of a ticket",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=MessageForm,
        responses={200: ReachedShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """Those that wait for a message of this name go on. It takes the right to write on the ticket."""
        if not self.person.is_agent:
            raise NotFound
        ticket = ticket_to_change(self.person, number)
        require(ticket, self.person, "write")
        name = _given(MessageForm, request)["name"]
        return Response({"reached": messaging.deliver(ticket, name, by=self.person, cause=self.cause)})


class TaskList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listTasks", summary="List what processes ask you to do", responses=TaskShape(many=True), tags=TAGS
    )
    def get(self, request: Request) -> Response:
        """The open tasks that the token's person may do."""
        return self.listing(_tasks(self).for_page().select_related("ticket"), TaskShape)


class TaskDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(operation_id="readTask", summary="Read a task", parameters=[ID], responses=TaskShape, tags=TAGS)
    def get(self, request: Request, id: int) -> Response:
        """With its form. A task that is done, or somebody else's, is not there."""
        return Response(self.shaped(get_object_or_404(_tasks(self).for_page(), pk=id), TaskShape).data)

    @extend_schema(
        operation_id="doTask",
        summary="Do a task",
        parameters=[ID, IDEMPOTENCY_KEY],
        request=AnswersForm,
        responses={200: TaskShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """Hand in its form, or say that it is done; the process goes on. What comes next is for agents to read."""
        task = get_object_or_404(_tasks(self).for_page(), pk=id)
        values = _given(AnswersForm, request).get("values", {})
        _done(working.complete, task, values, by=self.person, cause=self.cause)
        return Response(self.shaped(Task.objects.for_page().get(pk=task.pk), TaskShape).data)


class ApprovalList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listApprovals",
        summary="List what you are asked to decide",
        responses=ApprovalShape(many=True),
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """The decisions that wait for the token's person, who need no right on the ticket for that."""
        return self.listing(_decisions(self).for_page(), ApprovalShape)


class ApprovalDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="decide",
        summary="Approve or decline",
        parameters=[ID, IDEMPOTENCY_KEY],
        request=DecisionForm,
        responses={200: ApprovalShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """Only who is asked decides; once."""
        decision = get_object_or_404(_decisions(self).for_page(), pk=id)
        given = _given(DecisionForm, request)
        how = {"comment": given.get("comment", ""), "by": self.person, "way": "api", "cause": self.cause}
        row = _done(deciding.decide, decision, given["answer"], **how)
        return Response(self.shaped(Decision.objects.for_page().get(pk=row.pk), ApprovalShape).data)


def _tasks(door: Door) -> Any:
    person = door.person
    return Task.objects.of_agent(person) if person.is_agent else Task.objects.of_customer(person)


def _decisions(door: Door) -> Any:
    """What the token's person is asked; with a token that is kept to queues only where the ticket is in sight."""
    asked = Decision.objects.of(door.person)
    if not door.request.auth.queues:
        return asked
    return asked.filter(task__ticket__in=Ticket.objects.allowing(door.person, "read"))


def _given(form: type[StrictSerializer], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def _done(verb: Any, *what: Any, **how: Any) -> Any:
    """The verb, with what it refuses said by the interface."""
    try:
        return verb(*what, **how)
    except Refused as refused:
        raise CannotBe(refused.text) from refused
    except ValidationError as error:
        raise serializers.ValidationError({"values": error.message_dict}) from error
