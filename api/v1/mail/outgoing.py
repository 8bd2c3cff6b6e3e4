"""The outbox: every message we sent or tried to, who got it, and another try."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY
from api.v1.administration import AdminDoor
from api.v1.fields import StrictSerializer, TextField
from api.v1.mail.shapes import OutgoingShape, mark_outgoing
from mail.models import Outgoing
from mail.outbox_finding import ORDER, Sought
from mail.resending import release_outgoing, send_again
from mail.withdrawing import withdraw_outgoing
from tickets.scanning import give_out_message
from web.common.files import send_blob


class OutgoingFilter(StrictSerializer):
    """What of the outbox is wanted; what is left out does not narrow."""

    state = serializers.ChoiceField(Outgoing.State.choices, required=False)
    recipient = TextField(max_length=320, required=False, help_text="An address, or a domain.")
    since = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")

    def rows(self) -> QuerySet[Outgoing]:
        found = self.validated_data
        first, last = found.get("since"), found.get("until")
        return Sought(found.get("state", ""), found.get("recipient", ""), first, last).rows()


class _Outbox(AdminDoor):
    def found(self, pk: int) -> Any:
        row = Outgoing.objects.select_related("ticket", "article").filter(pk=pk).first()
        if row is None:
            raise NotFound
        return mark_outgoing([row], self.person)[0]

    def answer(self, pk: int) -> Response:
        return Response(self.shaped(self.found(pk), OutgoingShape).data)


class OutgoingList(_Outbox):
    order = ORDER
    parameters = tuple(OutgoingFilter().fields)

    @extend_schema(
        operation_id="listOutgoing",
        summary="List outgoing mail",
        parameters=[OutgoingFilter],
        responses=OutgoingShape(many=True),
        tags=["Mail"],
    )
    def get(self, request: Request) -> Response:
        """The newest first, each with what became of every recipient."""
        asked = {name: value for name, value in request.query_params.items() if name in self.parameters}
        form = OutgoingFilter(data=asked)
        form.is_valid(raise_exception=True)
        return self.listing(form.rows(), OutgoingShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        return mark_outgoing(super().paginate_queryset(queryset), self.person)


class OutgoingDetail(_Outbox):
    @extend_schema(
        operation_id="showOutgoing", summary="Show an outgoing message", responses=OutgoingShape, tags=["Mail"]
    )
    def get(self, request: Request, id: int) -> Response:
        """With the state of each recipient and the answer of the server in words."""
        return self.answer(id)


class OutgoingAgain(_Outbox):
    @extend_schema(
        operation_id="resendOutgoing",
        summary="Send a message again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: OutgoingShape},
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """To those who did not get it, with the same Message-ID. 409 when there is nobody, or a worker has it."""
        return _decided(self, id, send_again, _("There is nothing to send again."))


class OutgoingAnyway(_Outbox):
    @extend_schema(
        operation_id="releaseOutgoing",
        summary="Send a held message",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: OutgoingShape},
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """It leaves although its recipients look unusual. 409 when it is not held back."""
        return _decided(self, id, release_outgoing, _("The message is not held back any more."))


class OutgoingWithdraw(_Outbox):
    @extend_schema(
        operation_id="withdrawOutgoing",
        summary="Take a message back that nobody has got",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: OutgoingShape},
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """Held back, or waiting to be sent. 409 when somebody has it, a worker is at it, or its author may still."""
        return _decided(
            self, id, withdraw_outgoing, _("It is too late to take the message back, its email is on its way.")
        )


class OutgoingRaw(_Outbox):
    @extend_schema(
        operation_id="downloadOutgoing",
        summary="Download a message as it left",
        responses={(200, "message/rfc822"): OpenApiTypes.BINARY},
        tags=["Mail"],
    )
    def get(self, request: Request, id: int) -> HttpResponse:
        """For whoever may read the ticket it is on."""
        row = self.found(id)
        if row.is_hidden:
            raise NotFound
        give_out_message(row.article)
        return send_blob(row.digest, content_type="message/rfc822", name=f"outgoing-{row.pk}.eml")


def _decided(door: _Outbox, pk: int, verb: Callable[..., bool], otherwise: Any) -> Response:
    if not verb(door.found(pk), by=door.person):
        raise CannotBe(otherwise)
    return door.answer(pk)
