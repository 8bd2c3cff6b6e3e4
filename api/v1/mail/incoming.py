"""The ledger: every message that came in, what became of it and why; what is decided about one of them."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from api.once import once
from api.pages import CursorPages
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY
from api.v1.administration import AdminDoor, refused
from api.v1.fields import RowField, StrictSerializer, TextField
from api.v1.mail.shapes import IncomingShape, TracedShape, mark_incoming
from api.v1.setup import examples
from mail.finding import Wanted, find
from mail.ledger import delete_incoming, discard_incoming, retry_incoming
from mail.models import Incoming
from mail.release import release_incoming
from tickets.models import Queue, Ticket
from tickets.scanning import give_out_message
from web.common.files import send_blob

SETTLED = _("This message is on a ticket already, or its source is gone.")
NOBODYS = "none"


class IncomingFilter(StrictSerializer):
    """What of the ledger is wanted; what is left out does not narrow."""

    mailbox = TextField(max_length=320, required=False, help_text="As shown there; `none` for no address of ours.")
    state = serializers.ChoiceField(Incoming.State.choices, required=False)
    outcome = serializers.ChoiceField(Incoming.Outcome.choices, required=False)
    reason = serializers.ChoiceField(Incoming.Reason.choices, required=False)
    sender = TextField(max_length=320, required=False, help_text="An address, or a part of one.")
    words = TextField(max_length=200, required=False, help_text="Of the subject.")
    since = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")
    before = serializers.DateTimeField(required=False, help_text="Before this moment; part of `next`.")

    def wanted(self) -> Wanted:
        found = self.validated_data
        mailbox = found.get("mailbox")
        return Wanted(
            mailbox="" if mailbox == NOBODYS else mailbox,
            state=found.get("state", ""),
            outcome=found.get("outcome", ""),
            reason=found.get("reason", ""),
            first=found.get("since"),
            last=found.get("until"),
            sender=found.get("sender", ""),
            words=found.get("words", ""),
        )


class ReleaseForm(StrictSerializer):
    """Where a message becomes a ticket, and whose it is."""

    queue = RowField(lambda _context: Queue.objects.active())
    customer = TextField(max_length=254, required=False, help_text="An address; the sender's when left out.")


class _Ledger(AdminDoor):
    def found(self, pk: int) -> Any:
        row = Incoming.objects.select_related("article__ticket", "account").filter(pk=pk).first()
        if row is None:
            raise NotFound
        return mark_incoming([row], self.person)[0]

    def readable(self, pk: int) -> Any:
        """With its bytes, for somebody who may read the ticket it is on."""
        row = self.found(pk)
        if row.is_hidden or not row.has_raw:
            raise NotFound
        return row

    def answer(self, pk: int) -> Response:
        return Response(self.shaped(self.found(pk), TracedShape).data)


class IncomingList(_Ledger):
    order = ("-received_at", "-pk")
    parameters = tuple(IncomingFilter().fields)

    @extend_schema(
        operation_id="listIncoming",
        summary="List incoming mail",
        parameters=[IncomingFilter],
        responses=IncomingShape(many=True),
        tags=["Mail"],
    )
    def get(self, request: Request) -> Response:
        """The newest first. Words and parts of addresses are looked for among the newest 20,000 messages that fit
        otherwise; such a page may be empty and still have a `next`, which looks further back."""
        self._refuse_unknown_parameters()
        form = IncomingFilter(
            data={name: request.query_params[name] for name in request.query_params if name in self.parameters}
        )
        form.is_valid(raise_exception=True)
        found = find(
            form.wanted(),
            readable=Ticket.objects.allowing(self.person, "read"),
            before=form.validated_data.get("before"),
            cursor=request.query_params.get("cursor", ""),
            size=CursorPages().size(request),
        )
        rows = mark_incoming(found.page.rows, self.person)
        following = self._following(request, found.page.next, found.looked_until)
        return Response({"results": self.shaped(rows, IncomingShape, many=True).data, "next": following})

    def _following(self, request: Request, cursor: str, until: datetime | None) -> str | None:
        here = request.build_absolute_uri()
        if cursor:
            return replace_query_param(here, "cursor", cursor)
        if until is None:
            return None
        moment = until.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return replace_query_param(remove_query_param(here, "cursor"), "before", moment)


class IncomingDetail(_Ledger):
    @extend_schema(
        operation_id="showIncoming", summary="Show an incoming message", responses=TracedShape, tags=["Mail"]
    )
    def get(self, request: Request, id: int) -> Response:
        """Why it landed where it did: `trace` is how it found its place, `journal` its way through the house."""
        return self.answer(id)

    @extend_schema(
        operation_id="deleteIncoming",
        summary="Delete the source of a message",
        responses={200: TracedShape},
        tags=["Mail"],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Its bytes go for good; its line stays and says who did it. 409 for what is on a ticket, or gone already."""
        return _decided(self, id, delete_incoming)


class IncomingRetry(_Ledger):
    @extend_schema(
        operation_id="retryIncoming",
        summary="Look at a message again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: TracedShape},
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """In the background, at once. 409 for what is on a ticket, or has lost its source."""
        return _decided(self, id, retry_incoming)


class IncomingDiscard(_Ledger):
    @extend_schema(
        operation_id="discardIncoming",
        summary="Set a message aside",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: TracedShape},
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """It stays in the ledger with its source, and can be tried again."""
        return _decided(self, id, discard_incoming)


class IncomingRelease(_Ledger):
    @extend_schema(
        operation_id="releaseIncoming",
        summary="Make a ticket of a message",
        parameters=[IDEMPOTENCY_KEY],
        request=ReleaseForm,
        responses={200: TracedShape},
        examples=[examples.RELEASE],
        tags=["Mail"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """In a queue and for a customer of your choice; an unknown address makes a customer."""
        row = self.readable(id)
        form = ReleaseForm(data=request.data)
        form.is_valid(raise_exception=True)
        queue, customer = form.validated_data["queue"], form.validated_data.get("customer", row.sender)
        try:
            article = release_incoming(row, queue=queue, customer=customer, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        except FileNotFoundError as error:
            raise CannotBe(SETTLED) from error
        if article is None:
            raise CannotBe(SETTLED)
        return self.answer(id)


class IncomingRaw(_Ledger):
    @extend_schema(
        operation_id="downloadIncoming",
        summary="Download a message as it came",
        responses={(200, "message/rfc822"): OpenApiTypes.BINARY},
        tags=["Mail"],
    )
    def get(self, request: Request, id: int) -> HttpResponse:
        """For whoever may read the ticket it is on, while its bytes are here."""
        row = self.readable(id)
        give_out_message(row.article)
        return send_blob(row.digest, content_type="message/rfc822", name=f"incoming-{row.pk}.eml")


def _decided(door: _Ledger, pk: int, verb: Any) -> Response:
    if not verb(door.found(pk), by=door.person):
        raise CannotBe(SETTLED)
    return door.answer(pk)
