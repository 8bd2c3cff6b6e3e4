"""Webhooks: who is told of what, every message with its log, and the secret that signs them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import examples
from api.problems import CannotBe
from api.v1.automation.channel_shapes import (
    ReplayedShape,
    WebhookAttemptShape,
    WebhookMessageDetailShape,
    WebhookMessageShape,
    WebhookSecretShape,
    WebhookShape,
    WebhookWithSecretShape,
)
from api.v1.automation.forms import events_field, queues_field
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.kinds import Administration, Kind, Values, detail_of, list_of, put
from api.v1.levels.forms import ConditionField
from automation.endpoints import (
    MAX_BODY,
    check_headers,
    make_test,
    remove_endpoint,
    replay,
    replay_failed,
    rotate_secret,
    save_endpoint,
)
from automation.models import Endpoint, WebhookDelivery
from automation.webhook_sending import send
from core.work import run_leased
from tickets.models import Ticket

TAG = "Webhooks"
TEST_LEASE = timedelta(seconds=30)
STATE = OpenApiParameter("state", enum=WebhookDelivery.State.values, description="Only those in this state.")
HEADERS_HELP = "By name; exactly these, none to remove them. They are stored encrypted and never shown again."


class NewWebhookForm(StrictSerializer):
    """A program of somebody else that is told of events."""

    name = TextField(min_length=1, max_length=100)
    url = TextField(
        min_length=1,
        max_length=1000,
        help_text="With https, or http where nobody else can listen. Redirects are not followed.",
    )
    is_active = FlagField(required=False, help_text="An inactive one is told nothing, and what waits is given up.")
    events = events_field(required=False)
    condition = ConditionField(required=False, help_text="Empty: every ticket.")
    queues = queues_field()
    sends_text = FlagField(required=False, help_text="The words of messages are sent, too.")
    sends_internal = FlagField(required=False, help_text="Internal notes are told, too.")
    body = TextField(max_length=MAX_BODY, allow_blank=True, required=False, trim_whitespace=False)
    content_type = TextField(max_length=100, allow_blank=True, required=False)
    headers = serializers.DictField(
        child=TextField(max_length=2000, allow_blank=True), required=False, write_only=True, help_text=HEADERS_HELP
    )
    give_up_days = serializers.IntegerField(min_value=1, max_value=60, required=False)

    def validate_headers(self, headers: dict[str, str]) -> dict[str, str]:
        try:
            return check_headers(headers)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


def _rows() -> Any:
    return Endpoint.objects.select_related("state").prefetch_related("queues")


def _save(endpoint: Endpoint, values: Values, by: User) -> Values | None:
    is_new = endpoint.pk is None
    queues = values.pop("queues", None)
    if queues is None:
        queues = [] if is_new else list(endpoint.queues.all())
    put(endpoint, values)
    endpoint.validate_unique()
    save_endpoint(endpoint, queues=queues, by=by)
    return {"secret": endpoint.secrets[0]} if is_new else None


WEBHOOKS = Kind(
    name="Webhook",
    many="Webhooks",
    one="a webhook",
    some="webhooks",
    tag=TAG,
    shape=WebhookShape,
    form=NewWebhookForm,
    rows=_rows,
    save=_save,
    remove=remove_endpoint,
    about={
        "list": "With how each does. For administrators.",
        "add": "The answer has the secret that signs its messages, this once; so an `Idempotency-Key` is not taken.",
        "change": "What is not named stays as it is, also the headers, which are never shown.",
        "remove": "With all its messages and their log.",
    },
    examples=[examples.WEBHOOK],
    told=WebhookWithSecretShape,
)
WebhookList, WebhookDetail = list_of(WEBHOOKS), detail_of(WEBHOOKS)


class WebhookSecret(Administration):
    @extend_schema(
        operation_id="renewWebhookSecret",
        summary="A new secret for a webhook",
        request=None,
        responses=WebhookSecretShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """It is told this once; for a day the one before signs, too, so that the other side can change over."""
        endpoint = self.only(Endpoint.objects.all(), id)
        secret = rotate_secret(endpoint, by=self.person)
        endpoint.refresh_from_db()
        told = {"secret": secret, "old_secret_until": endpoint.old_secret_until}
        return Response(self.shaped(told, WebhookSecretShape).data)


class WebhookTest(Administration):
    @extend_schema(
        operation_id="testWebhook",
        summary="Send an example to a webhook",
        request=None,
        responses=WebhookAttemptShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """It is sent now, once, and answered with what came back. It says only that it is a test."""
        delivery = make_test(self.only(Endpoint.objects.all(), id))
        run_leased(WebhookDelivery, delivery.pk, send, lease=TEST_LEASE)
        attempt = delivery.tries.last()
        if attempt is None:
            raise CannotBe(_("There was no connection."))
        return Response(self.shaped(attempt, WebhookAttemptShape).data)


class WebhookMessages(Administration):
    order = ("-id",)
    parameters = ("state",)

    @extend_schema(
        operation_id="listWebhookMessages",
        summary="The log of a webhook",
        parameters=[STATE],
        responses=WebhookMessageShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """Its messages, the newest first."""
        endpoint = self.only(Endpoint.objects.all(), id)
        found = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("ticket")
        state = request.query_params.get("state")
        if state is not None and state not in WebhookDelivery.State:
            raise serializers.ValidationError({"state": _("There is no such state.")})
        return self.listing(found.filter(state=state) if state else found, WebhookMessageShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = super().paginate_queryset(queryset)
        mark(rows, self.person)
        return rows


class WebhookMessagesAgain(Administration):
    @extend_schema(
        operation_id="replayWebhook",
        summary="Send again all that was given up",
        request=None,
        responses=ReplayedShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """After a long outage: the same messages with the same ids, the oldest first."""
        number = replay_failed(self.only(Endpoint.objects.all(), id), by=self.person)
        return Response({"replayed": number})


class WebhookMessage(Administration):
    @extend_schema(
        operation_id="showWebhookMessage",
        summary="Show a message of a webhook",
        responses=WebhookMessageDetailShape,
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """With what was sent and every try, as far as the token's person may see its ticket."""
        return _told(self, self.only(_messages(), id))


class WebhookMessageAgain(Administration):
    @extend_schema(
        operation_id="replayWebhookMessage",
        summary="Send a message again",
        request=None,
        responses=WebhookMessageDetailShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """The same message with the same id. 409 while it is on its way."""
        row = self.only(_messages(), id)
        with transaction.atomic():
            if not replay(row, by=self.person):
                raise CannotBe(_("The message is on its way just now."))
        return _told(self, self.only(_messages(), id))


def _messages() -> Any:
    return WebhookDelivery.objects.select_related("endpoint", "ticket").prefetch_related("tries")


def _told(door: Administration, row: WebhookDelivery) -> Response:
    mark([row], door.person)
    return Response(door.shaped(row, WebhookMessageDetailShape).data)


def mark(rows: Sequence[Any], reader: User) -> None:
    """`is_hidden`: it is about a ticket that the reader may not see; then its words stay hidden too."""
    tickets = {row.ticket_id for row in rows if row.ticket_id}
    visible = set(Ticket.objects.allowing(reader, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in rows:
        row.is_hidden = row.ticket_id is not None and row.ticket_id not in visible
