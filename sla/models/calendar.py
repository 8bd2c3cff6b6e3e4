"""Calendars: when a team works. What counts is always a version, which never changes."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """What administrators edit. `hours` and the hours of `own_days` are written as sla/hours.py reads them."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # {"mon": [["08:00", "12:00"], ["13:00", "17:00"]], ...}
    hours = models.JSONField(_("hours"), default=dict, blank=True)
    # Where the public holidays come from (sla/packs.py); empty for none.
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)
    # {"2026-12-24": {"name": "Christmas Eve", "hours": [["08:00", "12:00"]]}}; they win over public holidays.
    own_days = models.JSONField(_("own days"), default=dict, blank=True)
    # Taken wherever neither the target, the SLA nor the queue names one.
    is_default = models.BooleanField(_("taken where none is chosen"), default=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_calendar"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def current(self) -> "CalendarVersion":
        return self.versions.order_by("-id")[0]


class CalendarVersion(models.Model):
    """A calendar as it was from some moment on, holidays worked out: clocks count by versions, so that what they have
    counted can be counted again."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    # {"zone", "hours", "days": {"2026-12-25": {"name", "hours"}}}
    data = models.JSONField()
    # The last year whose public holidays are in `data`.
    until_year = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.calendar_id}/{self.pk}"
