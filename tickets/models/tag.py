"""Tags that have ever been used. Tickets hold theirs by name; these rows are what is listed, offered and retired."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=50, unique=True)
    # A retired tag stays on its tickets and is offered no more.
    is_active = models.BooleanField(_("offered"), default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
