"""Sums of rows by the hour, for questions that would look at too many of them."""

from typing import ClassVar

from django.db import models


class Tally(models.Model):
    """What the facts of one kind come to in an hour, those of one queue; of the backlog (`STANDING`) by how many
    tickets it grew.

    The database itself writes a row for whatever it does to facts and spans, in the same transaction (triggers of
    migration 0003): what is summed up is what there is, whoever wrote it. Rows are differences: all of the same hour
    together are the sum, and `reports/tallying.py` folds them into one. So nobody waits for a row that others change.
    """

    # Beside the kinds of `Happened`: spans that began, less those that ended. A change at the full hour belongs to the
    # hour that ends with it, so that the hours before a moment lead to how it was at that moment.
    STANDING = "standing"

    # The beginning of the hour.
    at = models.DateTimeField()
    kind = models.CharField(max_length=14)
    target = models.CharField(max_length=14, blank=True)
    home_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    # How many there are, and how many have an amount, and business time; and what these add up to.
    number = models.IntegerField()
    amount_number = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    business_number = models.IntegerField(default=0)
    business = models.BigIntegerField(default=0)
    is_folded = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "at"],
                name="tally_by_time",
                include=["home_id", "queue_id", "target", "number", "amount_number", "amount"],
            ),
            models.Index(fields=["at"], name="tally_of_hour"),
            models.Index(fields=["at"], name="tally_to_fold", condition=models.Q(is_folded=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at} {self.number}"
