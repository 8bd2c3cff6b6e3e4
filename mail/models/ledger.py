"""What is stored beside the ledger: how long raw mail is kept, and trouble that administrators were told of.

`mail.models` is where others import them from.
"""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Keeping(models.Model):
    """How long raw messages are kept, one row for the house. What is on a ticket is kept as long as the ticket."""

    # Days after which the bytes of ignored messages go; empty: never.
    ignored_days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True, validators=[MinValueValidator(1)])

    def __str__(self) -> str:
        return str(_("Raw mail"))


class Incident(models.Model):
    """Trouble with mail or files that lasts: one row from when it was noticed until it was over (mail/alarms.py)."""

    class Kind(models.TextChoices):
        WAITING = "waiting", _("mail waits too long")
        QUARANTINE = "quarantine", _("mail is in quarantine")
        ACCOUNT = "account", _("a mailbox has not been read")
        SPOOL = "spool", _("mail waits in files")
        SENDING = "sending", _("mail does not leave")
        SCANNER = "scanner", _("files wait for the virus scanner")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    account = models.ForeignKey(
        "mail.Account", on_delete=models.CASCADE, null=True, blank=True, related_name="incidents"
    )
    # How many messages it was about at its worst, and since when it has been so.
    number = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField(default=timezone.now)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "account"],
                condition=models.Q(over_at__isnull=True),
                nulls_distinct=False,
                name="one_incident_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account or ''}".strip()


class Unneeded(models.Model):
    """Bytes that a row has let go of. The file goes a while later, when nothing else has it (mail/keeping.py)."""

    digest = models.CharField(max_length=64)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest


class Reconciliation(models.Model):
    """What a folder on a server held when it was last compared with the ledger (mail/reconcile.py)."""

    account = models.ForeignKey("mail.Account", on_delete=models.CASCADE, related_name="reconciliations")
    place = models.CharField(max_length=750)
    at = models.DateTimeField(default=timezone.now)
    # Messages there now; those of them that the ledger has; new ones, which the next visit fetches.
    there = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    # There, older than what was fetched, and not in the ledger: entered by the comparison, and fetched next.
    missed = models.PositiveIntegerField(default=0)
    # In the ledger and no longer there: with their bytes kept here, and those that nobody has any more.
    moved_on = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "place"], name="latest_reconciliation_of_a_folder"),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def agrees(self) -> bool:
        return not self.missed and not self.lost
