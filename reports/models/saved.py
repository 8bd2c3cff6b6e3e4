"""Reports and dashboards that people keep. A question is stored as reports/questions.py writes it."""

from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Display(models.TextChoices):
    """How an answer is shown."""

    TABLE = "table", _("Table")
    NUMBER = "number", _("Number")
    LINE = "line", _("Line")
    BARS = "bars", _("Bars")
    STACKED = "stacked", _("Stacked bars")
    HEAT = "heat", _("Heat map")


class Report(models.Model):
    """A question with a name. It belongs to whoever made it; members of `roles` see it too, with their own rights."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports")
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    question = models.JSONField(default=dict)
    display = models.CharField(_("shown as"), max_length=8, choices=Display.choices, default=Display.TABLE)
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("shared with these roles")
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_report_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Dashboard(models.Model):
    """Widgets on a grid of twelve columns, in their order. Shared like a report."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="dashboards")
    name = models.CharField(_("name"), max_length=80)
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("shared with these roles")
    )
    # The one its owner sees first.
    is_first = models.BooleanField(_("my first dashboard"), default=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_dashboard_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Widget(models.Model):
    """A report, or one that is ready (`ready`: its key in reports/ready.py), on a dashboard."""

    class Width(models.IntegerChoices):
        QUARTER = 3, _("a quarter")
        THIRD = 4, _("a third")
        HALF = 6, _("half")
        WHOLE = 12, _("the whole width")

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="widgets")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, blank=True, related_name="widgets")
    ready = models.CharField(max_length=30, blank=True)
    display = models.CharField(_("shown as"), max_length=8, choices=Display.choices, default=Display.NUMBER)
    width = models.PositiveSmallIntegerField(_("width"), choices=Width.choices, default=Width.THIRD)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="widget_shows_one_report",
                condition=models.Q(report__isnull=False, ready="")
                | models.Q(report__isnull=True) & ~models.Q(ready=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ready or str(self.report)
