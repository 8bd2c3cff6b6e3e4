"""The audit: who changed which setting when, and what it was before."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ConfigChange
from api.v1.administration import AdminDoor
from api.v1.fields import StrictSerializer, TextField
from api.v1.setup.words import TAG
from api.v1.shapes import RowShape


class AuditFilter(StrictSerializer):
    """Which lines are wanted; what is left out does not narrow."""

    kind = TextField(max_length=60, required=False, help_text="As shown: `tickets.queue`.")
    object = TextField(max_length=40, required=False, help_text="The id of one thing of that kind.")
    person = TextField(max_length=254, required=False, help_text="Who changed it: an address.")
    since = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")

    def lines(self) -> QuerySet[ConfigChange]:
        said = self.validated_data
        conditions = {
            "kind": said.get("kind"),
            "object_id": said.get("object"),
            "actor__addresses__address": said["person"].strip().lower() if "person" in said else None,
            "at__gte": _moment(said.get("since"), time.min),
            "at__lte": _moment(said.get("until"), time.max),
        }
        rows = ConfigChange.objects.select_related("actor")
        return rows.filter(**{name: value for name, value in conditions.items() if value})


class AuditActorShape(RowShape):
    email = serializers.EmailField(allow_null=True, source="address", help_text="null: the helpdesk itself.")

    def to_representation(self, person: Any) -> dict[str, Any]:
        person.address = None if person.is_system else person.email
        return super().to_representation(person)


class AuditLineShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    actor = AuditActorShape()
    through = serializers.CharField(help_text="The token of the program that did it; empty: the person.")
    action = serializers.ChoiceField(ConfigChange.Action.choices)
    kind = serializers.CharField()
    object = serializers.CharField(source="object_id", help_text="Its id.")
    label = serializers.CharField(help_text="What it was called.")
    before = serializers.DictField(help_text="Secrets only as whether there is one.")
    after = serializers.DictField()


class AuditList(AdminDoor):
    order = ("-pk",)
    parameters = tuple(AuditFilter().fields)

    @extend_schema(
        operation_id="listAudit",
        summary="List changes of settings",
        parameters=[AuditFilter],
        responses=AuditLineShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        """The newest first, with what was before and after. For administrators."""
        asked = {name: value for name, value in request.query_params.items() if name in self.parameters}
        form = self.shaped(None, AuditFilter, data=asked)
        form.is_valid(raise_exception=True)
        return self.listing(form.lines(), AuditLineShape)  # type: ignore[attr-defined]


class AuditDetail(AdminDoor):
    @extend_schema(
        operation_id="showAuditLine", summary="Show one change of a setting", responses=AuditLineShape, tags=[TAG]
    )
    def get(self, request: Request, id: int) -> Response:
        """It cannot be changed."""
        line: Any = ConfigChange.objects.select_related("actor").filter(pk=id).first()
        if line is None:
            raise NotFound
        return Response(self.shaped(line, AuditLineShape).data)


def _moment(day: date | None, at: time) -> datetime | None:
    """Of a day where the token's person is."""
    return timezone.make_aware(datetime.combine(day, at)) if day else None
