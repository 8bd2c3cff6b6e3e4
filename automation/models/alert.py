"""Alerts from monitoring, and how they become tickets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.work import WorkRow
from tickets.models import Queue, Ticket, TicketType


class AlertSource(models.Model):
    """A monitoring system that may post alerts, and what tickets they become."""

    class System(models.TextChoices):
        ALERTMANAGER = "alertmanager", "Prometheus Alertmanager"
        GRAFANA = "grafana", "Grafana"
        ICINGA = "icinga", _("Icinga, Nagios, Naemon")
        ZABBIX = "zabbix", "Zabbix"
        OTHER = "other", _("another program (JSON)")

    class WhenResolved(models.TextChoices):
        CLOSE = "close", _("Close the ticket")
        UNTOUCHED = "untouched", _("Close the ticket if nobody has taken it, else add a note")
        PENDING = "pending", _("Let the ticket wait, then close it")
        NOTE = "note", _("Add a note")

    name = models.CharField(_("name"), max_length=100, unique=True)
    system = models.CharField(_("system"), max_length=12, choices=System.choices, default=System.ALERTMANAGER)
    is_active = models.BooleanField(_("active"), default=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", verbose_name=_("queue"))
    type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    # {severity of automation/alert_words.py: id of a priority}; what is left out has the usual one.
    priorities = models.JSONField(_("priorities"), default=dict, blank=True)
    when_resolved = models.CharField(
        _("when it is over"), max_length=10, choices=WhenResolved.choices, default=WhenResolved.UNTOUCHED
    )
    wait_hours = models.PositiveSmallIntegerField(
        _("hours until it is closed"), default=24, validators=[MaxValueValidator(720)]
    )
    # What fires again so soon after it was over goes on in the same ticket.
    again_minutes = models.PositiveIntegerField(
        _("minutes in which it goes on in the same ticket"), default=60, validators=[MaxValueValidator(43_200)]
    )
    # Where things are in the JSON of another program: {"title": "/alert/name"} or "alert.name".
    mapping = models.JSONField(_("places in the JSON"), default=dict, blank=True)
    # SHA-256 of the secret in the address.
    token_digest = models.CharField(_("secret"), max_length=64, unique=True, editable=False)
    token_start = models.CharField(max_length=12, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """One thing that can be wrong, known by its fingerprint, however often it comes and goes."""

    class Status(models.TextChoices):
        FIRING = "firing", pgettext_lazy("alert", "firing")
        RESOLVED = "resolved", pgettext_lazy("alert", "over")

    source = models.ForeignKey(AlertSource, on_delete=models.CASCADE, related_name="alerts", db_index=False)
    # As the source says; SHA-256 of it where that is too long.
    fingerprint = models.CharField(max_length=128)
    status = models.CharField(max_length=8, choices=Status.choices)
    # That of the last time it fired; empty as long as it never has.
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=300, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    # Of what is said beside the title, so that a change of it shows.
    text_digest = models.CharField(max_length=64, blank=True)
    # When it began and ended last, and when it was last heard of.
    fired_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(default=timezone.now)
    noted_at = models.DateTimeField(null=True, blank=True)
    # How often it was said to be firing, this time.
    repeats = models.PositiveIntegerField(default=0)
    # Changes between firing and over, each as seconds since 1970, the latest only.
    changes = models.JSONField(default=list)
    # Since when it comes and goes too often to be told each time; how often it has since then.
    flapping_since = models.DateTimeField(null=True, blank=True)
    flaps = models.PositiveIntegerField(default=0)
    # The newest post that spoke of it: what an older one says is over.
    post = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="one_alert_per_fingerprint")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["flapping_since"], name="alert_flapping", condition=models.Q(flapping_since__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.title or self.fingerprint


class AlertPost(WorkRow):
    """What a source has posted, from the moment it is stored; a large post is several rows."""

    task = "automation.tasks.process_alerts"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=10),
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
    )

    source = models.ForeignKey(AlertSource, on_delete=models.CASCADE, related_name="posts", db_index=False)
    received_at = models.DateTimeField(default=timezone.now)
    # As automation/alert_reading.py has read them.
    alerts = models.JSONField(default=list)
    # By alert what came of it: {"fingerprint", "title", "outcome", "ticket"}.
    outcomes = models.JSONField(default=list)
    # Why it was refused, and how it began: nothing was done then.
    refusal = models.CharField(max_length=300, blank=True)
    excerpt = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="alert_post_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="alert_post_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["source", "-id"], name="alert_post_of_source"),
            models.Index(fields=["received_at"], name="alert_post_age"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"
