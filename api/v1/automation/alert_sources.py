"""Alert sources: which monitoring may open tickets where, and what came of its posts."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import examples
from api.v1.automation.channel_shapes import (
    AlertPostShape,
    AlertSecretShape,
    AlertSourceShape,
    AlertSourceWithSecretShape,
    AlertTrialShape,
    told_posts,
)
from api.v1.automation.forms import queues_in_use
from api.v1.fields import CustomerField, FlagField, RowField, StrictSerializer, TextField
from api.v1.kinds import Administration, Kind, Values, detail_of, list_of, put
from automation.alert_reading import SEVERITIES, USUAL, Malformed
from automation.alert_sources import MAX_PATH, remove_source, renew_secret, save_source
from automation.alert_trying import tried
from automation.models import AlertPost, AlertSource
from tickets.models import Priority, Ticket, TicketType

TAG = "Alerts"


def _types(_context: dict[str, Any]) -> Iterable[TicketType]:
    return TicketType.objects.active()


def _priorities(_context: dict[str, Any]) -> Iterable[Priority]:
    return Priority.objects.active()


class SeveritiesForm(StrictSerializer):
    """A priority for each severity; the usual one for those that are not named."""

    critical = RowField(_priorities, required=False, allow_null=True)
    high = RowField(_priorities, required=False, allow_null=True)
    warning = RowField(_priorities, required=False, allow_null=True)
    info = RowField(_priorities, required=False, allow_null=True)


class PlacesForm(StrictSerializer):
    """Where things are in the JSON of another program: `/alert/name` or `alert.name`."""

    list = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    fingerprint = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    status = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    title = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    text = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    severity = TextField(max_length=MAX_PATH, allow_blank=True, required=False)
    link = TextField(max_length=MAX_PATH, allow_blank=True, required=False)


assert set(SEVERITIES) == set(SeveritiesForm._declared_fields) and set(USUAL) == set(PlacesForm._declared_fields)


class NewAlertSourceForm(StrictSerializer):
    """A monitoring system that may post alerts."""

    name = TextField(min_length=1, max_length=100)
    system = serializers.ChoiceField(AlertSource.System.choices, required=False)
    is_active = FlagField(required=False, help_text="Posts to an inactive one are refused.")
    queue = RowField(queues_in_use, help_text="Where its tickets are opened.")
    type = RowField(_types, required=False, allow_null=True)
    customer = CustomerField(help_text="Of its tickets; an unknown address makes a customer.")
    priorities = SeveritiesForm(required=False, help_text="Exactly these.")
    when_resolved = serializers.ChoiceField(AlertSource.WhenResolved.choices, required=False)
    wait_hours = serializers.IntegerField(min_value=0, max_value=720, required=False)
    again_minutes = serializers.IntegerField(min_value=0, max_value=43_200, required=False)
    mapping = PlacesForm(required=False, help_text="Exactly these.")

    def validate_priorities(self, chosen: dict[str, Priority | None]) -> dict[str, int]:
        return {name: row.pk for name, row in chosen.items() if row is not None}

    def validate_mapping(self, places: dict[str, str]) -> dict[str, str]:
        return {name: place for name, place in places.items() if place}


def address_of(secret: str) -> str:
    return f"{settings.BASE_URL}/api/v1/alerts/{secret}/"


def _save(source: AlertSource, values: Values, by: User) -> Values | None:
    put(source, values)
    source.validate_unique()
    secret = save_source(source, by=by)
    return {"secret": secret, "address": address_of(secret)} if secret else None


SOURCES = Kind(
    name="AlertSource",
    many="AlertSources",
    one="an alert source",
    some="alert sources",
    tag=TAG,
    shape=AlertSourceShape,
    form=NewAlertSourceForm,
    rows=lambda: AlertSource.objects.select_related("queue", "type", "customer"),
    save=_save,
    remove=remove_source,
    about={
        "add": "The answer has the secret of its address, this once; so an `Idempotency-Key` is not taken.",
        "remove": "What it had opened stays; what it posts from now on is refused.",
    },
    examples=[examples.ALERT_SOURCE],
    told=AlertSourceWithSecretShape,
)
AlertSourceList, AlertSourceDetail = list_of(SOURCES), detail_of(SOURCES)


class AlertSourceSecret(Administration):
    @extend_schema(
        operation_id="renewAlertSourceSecret",
        summary="A new secret for an alert source",
        request=None,
        responses=AlertSecretShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """It is told this once; the old address stops working at once."""
        secret = renew_secret(self.only(AlertSource.objects.all(), id), by=self.person)
        return Response({"secret": secret, "address": address_of(secret)})


class AlertPostList(Administration):
    order = ("-id",)

    @extend_schema(
        operation_id="listAlertPosts",
        summary="What a source has posted",
        responses=AlertPostShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """The newest first, each alert with what came of it."""
        source = self.only(AlertSource.objects.all(), id)
        return self.listing(AlertPost.objects.filter(source=source), AlertPostShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        posts = super().paginate_queryset(queryset)
        numbers = {one["ticket"] for post in posts for one in post.outcomes} - {""}
        seen = Ticket.objects.allowing(self.person, "read").filter(number__in=numbers)
        told_posts(posts, set(seen.values_list("number", flat=True)))
        return posts


class AlertSourceTrial(Administration):
    pagination_class = None

    @extend_schema(
        operation_id="tryAlertSource",
        summary="What a post would become of",
        request=OpenApiTypes.OBJECT,
        responses=AlertTrialShape(many=True),
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """Send what the system would post; nothing is kept of it. The first 20 alerts are told of."""
        source = self.only(AlertSource.objects.all(), id)
        try:
            found = tried(source, json.dumps(request.data), self.person)
        except Malformed as error:
            raise serializers.ValidationError(str(error)) from error
        return Response(self.shaped(found, AlertTrialShape, many=True).data)
