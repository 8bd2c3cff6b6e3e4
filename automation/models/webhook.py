"""Endpoints that hear of events, and each delivery to them."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.secrets import seal, unseal
from core.work import WorkRow
from tickets.models import Event, Queue, Ticket


class Endpoint(models.Model):
    """A program of somebody else that is told of events (Standard Webhooks)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.CharField(_("address"), max_length=1000)
    is_active = models.BooleanField(_("active"), default=True)
    # Happenings (automation/happenings.py), "anything" for all; empty: only what automations send to it.
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list, blank=True)
    # In the one condition language; empty: every ticket.
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    # Tickets of these and those inside; without any: of all.
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("queues")
    )
    sends_text = models.BooleanField(_("with the words of messages"), default=True)
    sends_internal = models.BooleanField(_("with internal notes"), default=False)
    # Liquid; empty: the documented JSON.
    body = models.TextField(_("own body"), blank=True)
    content_type = models.CharField(_("type of the own body"), max_length=100, default="application/json")
    # {name: value} as JSON: such headers are passwords as a rule.
    sealed_header_secrets = models.TextField(_("own headers"), blank=True, editable=False)
    sealed_secret = models.TextField(_("signing secret"), editable=False)
    sealed_old_secret = models.TextField(_("signing secret before"), blank=True, editable=False)
    old_secret_until = models.DateTimeField(_("earlier secret signs until"), null=True, blank=True)
    give_up_days = models.PositiveSmallIntegerField(
        _("days of failures until it is switched off"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def origin(self) -> str:
        """Who is called, without what for."""
        return self.url.partition("://")[0] + "://" + urlsplit(self.url).netloc.lower()

    @property
    def headers(self) -> Mapping[str, str]:
        return json.loads(unseal(self.sealed_header_secrets)) if self.sealed_header_secrets else {}

    @headers.setter
    def headers(self, values: Mapping[str, str]) -> None:
        self.sealed_header_secrets = seal(json.dumps(dict(values))) if values else ""

    @property
    def secrets(self) -> list[str]:
        """All that sign now, the newest first."""
        sealed = [self.sealed_secret]
        if self.sealed_old_secret and self.old_secret_until and self.old_secret_until > timezone.now():
            sealed.append(self.sealed_old_secret)
        return [unseal(one) for one in sealed]


class EndpointState(models.Model):
    """How an endpoint did lately, and who is calling it now."""

    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, primary_key=True, related_name="state")
    last_success_at = models.DateTimeField(null=True, blank=True)
    # Since when every call has failed; empty while it works.
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    # Until then nobody calls: it has failed several times in a row.
    rests_until = models.DateTimeField(null=True, blank=True)
    # How long the last call took.
    last_ms = models.PositiveIntegerField(default=0)
    # When it was switched off by itself.
    given_up_at = models.DateTimeField(null=True, blank=True)
    # {number of the delivery: until when its claim counts, in seconds since 1970}
    holders = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.endpoint_id)


class WebhookDelivery(WorkRow):
    """One message to one endpoint. The body is that of the moment it happened, so that every try says the same."""

    task = "automation.tasks.send_webhook"
    # Over 27 hours: an endpoint may be away for a day.
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=10),
    )

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not delivered")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Empty for a test, and where a macro or a schedule calls.
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    # Empty: the endpoint listens. Else what called it: "rule 7".
    reason = models.CharField(max_length=120, blank=True, default="")
    # The id of the message: whoever gets it twice knows it by this.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    content_type = models.CharField(max_length=100)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event", "reason"], name="one_delivery_per_endpoint_event")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="webhook_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="webhook_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["endpoint", "-id"], name="webhook_of_endpoint"),
            models.Index(fields=["created_at"], name="webhook_age"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        return f"msg_{self.uuid.hex}"

    def park(self) -> None:
        super().park()
        self.state = self.State.FAILED
        self.finished_at = timezone.now()

    def retry(self) -> None:
        super().retry()
        self.state, self.finished_at = self.State.WAITING, None

    WORK_FIELDS: ClassVar[Sequence[str]] = (*WorkRow.WORK_FIELDS, "state", "finished_at")


class WebhookAttempt(models.Model):
    """One call: what came back, or why nothing did."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    # Empty: nothing came back.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(default=0)
    # The first words of the answer.
    answer = models.TextField(blank=True)
    # A code of automation/webhook_troubles.py; empty when it went well.
    trouble = models.CharField(max_length=20, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.status or self.trouble}"
