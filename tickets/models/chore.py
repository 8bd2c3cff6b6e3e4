"""Chores: what follows from a setting and takes its time, such as giving a tag another name on all its tickets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from core.work import WorkRow


class Chore(WorkRow):
    """Done piece by piece until nothing is left (tickets/chores.py), so that it may stop at any time and go on."""

    class Kind(models.TextChoices):
        TAG = "tag", _("A tag gets another name")
        HANDOVER = "handover", _("The tickets of an agent are handed over")
        INDEX = "index", _("The index of a field is made")

    task = "tickets.tasks.run_chore"
    backoff: ClassVar[Sequence[timedelta]] = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))

    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What it is about: ids and names, by kind.
    data = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    # Tickets so far.
    done = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("Work that follows from settings")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="chore_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
