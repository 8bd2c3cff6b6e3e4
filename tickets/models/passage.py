"""Passages: the words of a conversation for the search, kept apart from what they were taken from."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tickets.models.ticket import Ticket


class Passage(models.Model):
    """What customers can read of a ticket, or the rest of it; a long conversation has several (tickets/passages.py)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="passages")
    is_public = models.BooleanField()
    # Characters that went in.
    size = models.PositiveIntegerField()
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            # Every search reads the list of what is not sorted in yet, so that list is kept short (in kB).
            GinIndex(fields=["words"], name="passage_words", fastupdate=True, gin_pending_list_limit=512),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.pk}"
