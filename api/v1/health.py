"""Is the machinery all right? What the health page of the administration says, as JSON."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY
from api.v1.administration import AdminDoor
from api.v1.mail.mailboxes import VisitsShape
from api.v1.shapes import RowShape
from mail.alarms import troubles
from mail.fetching.health import health_of
from mail.models import Account, Incident
from mail.outbox_figures import sending
from reports import checking
from tickets.deliveries import retry_delivery
from tickets.models import Delivery
from web.common import machinery

MOST_PARKED, MOST_MAILBOXES = 50, 100


class DatabaseShape(serializers.Serializer):
    version = serializers.CharField()
    milliseconds = serializers.FloatField(help_text="That a question takes.")


class DiskShape(serializers.Serializer):
    free = serializers.IntegerField(help_text="In bytes.")
    total = serializers.IntegerField(help_text="In bytes.")
    is_low = serializers.BooleanField()


class ScannerShape(serializers.Serializer):
    place = serializers.CharField()
    version = serializers.CharField(help_text="With the age of its signatures; empty while it does not answer.")


class ProcessHealthShape(serializers.Serializer):
    """A process that must run all the time, on one machine."""

    label = serializers.CharField()
    node = serializers.CharField()
    heard_at = serializers.DateTimeField(allow_null=True, help_text="null: never heard of.")
    is_silent = serializers.BooleanField()


class DutyShape(serializers.Serializer):
    """One kind of work."""

    label = serializers.CharField()
    unfinished = serializers.IntegerField()
    due = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True, help_text="Since when the oldest is due.")
    parked = serializers.IntegerField(help_text="Given up.")
    is_late = serializers.BooleanField()


class TroubleShape(serializers.Serializer):
    """Trouble with mail that lasts."""

    kind = serializers.ChoiceField(Incident.Kind.choices)
    number = serializers.IntegerField(help_text="Messages it is about.")
    since = serializers.DateTimeField()
    mailbox = RowShape(source="account", allow_null=True)


class FailingShape(serializers.Serializer):
    name = serializers.CharField()
    since = serializers.DateTimeField()
    error = serializers.CharField()


class SendingShape(serializers.Serializer):
    """How sending goes; counts stop at 1,000."""

    waiting = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True)
    retried = serializers.IntegerField()
    held = serializers.IntegerField()
    failed_last_hour = serializers.IntegerField()
    slow = serializers.IntegerField(help_text="Domains that have asked for time.")
    storms = serializers.IntegerField()
    failing = FailingShape(many=True, help_text="Servers that take nothing.")
    is_well = serializers.BooleanField()


class MailboxHealthShape(VisitsShape):
    mailbox = RowShape(source="account")


class ParkedShape(serializers.Serializer):
    """An event that was given up on."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(source="event.kind")
    parked_at = serializers.DateTimeField()
    last_error = serializers.CharField()


class CountedShape(serializers.Serializer):
    """The last comparison of what is counted with what happened."""

    at = serializers.DateTimeField()
    looked_at = serializers.IntegerField(help_text="Tickets.")
    wrong = serializers.ListField(child=serializers.CharField(), help_text="Their numbers.")
    behind = serializers.IntegerField()


class HealthShape(serializers.Serializer):
    version = serializers.CharField()
    libraries = serializers.CharField()
    database = DatabaseShape()
    redis = serializers.BooleanField(help_text="It answers.")
    disk = DiskShape(allow_null=True)
    scanner = ScannerShape(allow_null=True, help_text="The virus scanner; null: there is none.")
    processes = ProcessHealthShape(many=True)
    duties = DutyShape(many=True)
    troubles = TroubleShape(many=True)
    sending = SendingShape()
    mailboxes = MailboxHealthShape(many=True)
    parked = ParkedShape(many=True, help_text="The first 50; each can be tried again.")
    counted = CountedShape(allow_null=True)


class Health(AdminDoor):
    @extend_schema(
        operation_id="showHealth", summary="Show the health of the system", responses=HealthShape, tags=["Health"]
    )
    def get(self, request: Request) -> Response:
        """What the health page says. For administrators; machines ask `/healthz/` and `/metrics`."""
        self._refuse_unknown_parameters()
        return Response(self.shaped(_facts(), HealthShape).data)


class DeliveryRetry(AdminDoor):
    @extend_schema(
        operation_id="retryDelivery",
        summary="Try an event again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: ParkedShape},
        tags=["Health"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """One that was given up on. 409 when there is nothing to try again."""
        delivery = Delivery.objects.select_related("event").filter(pk=id).first()
        if delivery is None:
            raise NotFound
        if not retry_delivery(delivery, by=self.person):
            raise CannotBe(_("There is nothing to try again."))
        return Response(ParkedShape(delivery).data)


def _facts() -> dict[str, Any]:
    server, milliseconds = machinery.database()
    accounts = Account.objects.filter(is_active=True).select_related("consent").order_by("name")
    leaving = sending()
    return {
        "version": machinery.version(),
        "libraries": machinery.libraries(),
        "database": {"version": server, "milliseconds": round(milliseconds, 1)},
        "redis": machinery.redis_answers(),
        "disk": machinery.disk(),
        "scanner": machinery.scanner(),
        "processes": machinery.processes(),
        "duties": machinery.duties(),
        "troubles": troubles(accounts=accounts, failing=leaving.failing),
        "sending": leaving,
        "mailboxes": health_of(list(accounts)[:MOST_MAILBOXES]),
        "parked": Delivery.objects.parked().select_related("event").order_by("parked_at", "pk")[:MOST_PARKED],
        "counted": checking.latest(),
    }
