"""Up to when each agent has read a ticket: outside the history, because looking is no happening."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.clock import now


class ReadMark(models.Model):
    """Up to when an agent has read a ticket; no row means never."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "ticket"], name="one_read_mark_each")]

    def __str__(self) -> str:
        return f"{self.user} read {self.ticket_id}"
