"""Work with reports that takes its time: files that are made, mails that are sent at their time, rows made anew."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from core.work import WorkRow
from reports.models.saved import Report


class Format(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")


CONTENT_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Export(WorkRow):
    """A file for its owner, with what he may see when it is made. It is gone after a few days."""

    class Content(models.TextChoices):
        TABLE = "table", _("the table")
        TICKETS = "tickets", _("the tickets behind it, one in each line")

    task = "reports.tasks.make_export"
    backoff: ClassVar[Sequence[timedelta]] = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    name = models.CharField(max_length=100)
    question = models.JSONField()
    content = models.CharField(_("content"), max_length=7, choices=Content.choices, default=Content.TABLE)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.CSV)
    language = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=now, editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # Of the file, once it is there.
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="export_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="export_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["owner", "-id"], name="export_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return bool(self.digest)

    @property
    def file_name(self) -> str:
        return f"{get_valid_filename(self.name[:80]) or 'report'}.{self.format}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[Format(self.format)]

    @property
    def has_failed(self) -> bool:
        return self.parked_at is not None


class Subscription(WorkRow):
    """A report by mail at its times: each of the people gets what he may see himself. Due at its next time."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", pgettext_lazy("how often", "every day")
        WEEKDAYS = "weekdays", pgettext_lazy("how often", "Monday to Friday")
        WEEKLY = "weekly", pgettext_lazy("how often", "every Monday")
        MONTHLY = "monthly", pgettext_lazy("how often", "on the first of each month")

    task = "reports.tasks.send_report"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="subscriptions")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    people: models.ManyToManyField = models.ManyToManyField(User, related_name="+", verbose_name=_("goes to"))
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    # On the clock of `zone`.
    hour = models.PositiveSmallIntegerField(_("at (hour)"), default=7, validators=[MaxValueValidator(23)])
    zone = models.CharField(max_length=64)
    # Beside the table in the mail itself.
    format = models.CharField(_("with a file"), max_length=4, choices=Format.choices, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="subscription_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="subscription_parked", condition=models.Q(parked_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="hour_of_a_day", condition=models.Q(hour__lte=23)),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.rhythm}"


class Rebuild(WorkRow):
    """The rows of all tickets are to be compared with the history and mended; `last_ticket` is how far it has come."""

    task = "reports.tasks.rebuild"

    reason = models.CharField(max_length=40)
    last_ticket = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="rebuild_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="rebuild_parked", condition=models.Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.done}"


class Check(models.Model):
    """Whether the rows were what the history says, of some tickets drawn by lot; for the health page."""

    at = models.DateTimeField(default=now)
    looked_at = models.PositiveIntegerField()
    # Numbers of the tickets whose rows were not.
    wrong = models.JSONField(default=list)
    # Tickets whose last events are not told yet.
    behind = models.PositiveIntegerField(default=0)
    # Hours whose sums (`Tally`) were not what their rows come to; None while nobody has compared them to the end.
    hours = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.looked_at}: {len(self.wrong)}"
