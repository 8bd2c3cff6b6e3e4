"""Who changed what configuration."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models.person import User


class ConfigChange(models.Model):
    """One change of configuration, with everything as it was before and after; append-only, a trigger sees to it."""

    class Action(models.TextChoices):
        CREATED = "created", pgettext_lazy("audit", "created")
        CHANGED = "changed", pgettext_lazy("audit", "changed")
        REMOVED = "removed", pgettext_lazy("audit", "removed")

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=7, choices=Action.choices)
    kind = models.CharField(max_length=60)  # "tickets.queue"
    object_id = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    # Which program did it in the actor's name, if one did: its token.
    through = models.CharField(max_length=130, blank=True, default="", db_default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "object_id", "-at"], name="config_change_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label} {self.action}"
