"""Interfering with a run of a process: cancel it, move it to another step, have it try again."""

from collections.abc import Callable

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import worked_ticket
from api.v1.fields import StrictSerializer, TextField
from api.v1.processes.shapes import RunShape
from processes.actions import steering
from processes.models import Run
from processes.queries import runs
from processes.refusals import Refused

TAGS = ["Processes"]


class ReasonForm(StrictSerializer):
    reason = TextField(min_length=1, max_length=500, help_text="Stands in the history of the ticket.")


class JumpForm(ReasonForm):
    to = TextField(max_length=200, help_text="Id of the step in the drawing.")


class _Steering(Door):
    area = ApiToken.Area.TICKETS

    def run(self, number: str, id: int) -> Run:
        """Of a ticket on which the token's person may write."""
        ticket = worked_ticket(self.person, number, "write")
        run = get_object_or_404(Run.objects.select_related("version__process"), pk=id, ticket=ticket)
        if ticket.merged_into_id:
            raise CannotBe(Refused("removed").text)
        return run

    def given(self, form: type[StrictSerializer]) -> dict[str, str]:
        given = form(data=self.request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def steered(self, run: Run, act: Callable[[], Run]) -> Response:
        """As it is then. What the verb refuses is said by the interface."""
        try:
            act()
        except Refused as refused:
            raise CannotBe(refused.text) from refused
        return Response(self.shaped(runs().get(pk=run.pk), RunShape).data)


class RunCancel(_Steering):
    @extend_schema(
        operation_id="cancelProcess",
        summary="Cancel a process",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=ReasonForm,
        responses={200: RunShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """Nothing more happens with this run, and nobody is asked any more. It takes the right to write."""
        run = self.run(number, id)
        reason = self.given(ReasonForm)["reason"]
        return self.steered(run, lambda: steering.cancel(run, reason=reason, by=self.person, cause=self.cause))


class RunJump(_Steering):
    @extend_schema(
        operation_id="moveProcess",
        summary="Have a process go on at another step",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=JumpForm,
        responses={200: RunShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """What it waits for is dropped, and it goes on there alone, whatever the drawing says.

        It takes the right to write, and a step after which no gateway would wait for ways not taken.
        """
        run, given = self.run(number, id), self.given(JumpForm)
        how = {"reason": given["reason"], "by": self.person, "cause": self.cause}
        return self.steered(run, lambda: steering.jump(run, given["to"], **how))


class RunRetry(_Steering):
    @extend_schema(
        operation_id="retryProcess",
        summary="Have a process try again",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=None,
        responses={200: RunShape},
        tags=TAGS,
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """One that is stuck does the same step once more; nothing happens to others. It takes the right to write."""
        run = self.run(number, id)
        return self.steered(run, lambda: steering.retry(run, by=self.person, cause=self.cause))
