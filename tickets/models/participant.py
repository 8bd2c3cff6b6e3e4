"""People on the customer's side who are kept in copy of one request. In it lies the right to see that one request."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.clock import now


class Participant(models.Model):
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="participants")
    # Led by the unique constraint, which begins with the person: their requests are looked up on every page.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="participations", db_index=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "ticket"], name="one_participant_each")]

    def __str__(self) -> str:
        return f"{self.user} takes part in {self.ticket_id}"
