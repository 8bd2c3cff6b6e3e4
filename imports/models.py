"""Imports as rows: the file, how it is read, how far the work is, what was refused, and what came from where."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, User
from core.clock import now
from core.work import WorkRow
from knowledge.models import Article
from tickets.models import Ticket


class What(models.TextChoices):
    """What the rows of a file are."""

    PEOPLE = "people", pgettext_lazy("import", "Customers")
    ORGANISATIONS = "organisations", pgettext_lazy("import", "Organisations")
    ARTICLES = "articles", pgettext_lazy("import", "Articles of the knowledge base")
    TICKETS = "tickets", pgettext_lazy("import", "Tickets")


class Dates(models.TextChoices):
    """How dates are read that are not written year first."""

    DAY_FIRST = "dmy", _("Day, month, year (31.12.2026)")
    MONTH_FIRST = "mdy", _("Month, day, year (12/31/2026)")


class State(models.TextChoices):
    READING = "reading", pgettext_lazy("import", "being read")
    # Read; a person has to say what the columns are.
    ASKING = "asking", pgettext_lazy("import", "columns to be chosen")
    CHECKING = "checking", pgettext_lazy("import", "being checked")
    CHECKED = "checked", pgettext_lazy("import", "ready to import")
    IMPORTING = "importing", pgettext_lazy("import", "being imported")
    DONE = "done", pgettext_lazy("import", "imported")
    CANCELLED = "cancelled", pgettext_lazy("import", "cancelled")
    FAILED = "failed", pgettext_lazy("import", "not possible")


# States in which a worker is at it, or is going to be.
BUSY = (State.READING, State.CHECKING, State.IMPORTING)
# States in which the columns may be chosen, and from which the file may be checked again.
OPEN_TO_CHANGE = (State.ASKING, State.CHECKED)


class Import(WorkRow):
    """One file for its owner. Each pass over the rows (a check, the import) begins at row 0 and counts anew.

    `position` and `offset` say where it goes on: they are saved in the transaction of the rows before them.
    """

    task = "imports.tasks.work"
    backoff: ClassVar[Sequence[timedelta]] = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))

    WORK_FIELDS: ClassVar[Sequence[str]] = (*WorkRow.WORK_FIELDS, "setbacks", "claims", "state", "finished_at")

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="imports")
    what = models.CharField(max_length=13, choices=What.choices)
    name = models.CharField(max_length=150)
    # Of the file as it came, of its rows as they were read, and of the file of refused rows.
    digest = models.CharField(max_length=64)
    lines = models.CharField(max_length=64, blank=True)
    refused_file = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    language = models.CharField(max_length=8)
    zone = models.CharField(max_length=64)
    dates = models.CharField(max_length=3, choices=Dates.choices, default=Dates.DAY_FIRST)
    # The headings, and of each the key of what it is, or "" for what is left out.
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    # Nobody has to look at the check: what can be imported is.
    goes_on = models.BooleanField(default=False)
    # Which program asked for it, if one did (accounts/audit.py).
    through = models.CharField(max_length=130, blank=True)
    # Why it ended, in the language of its owner.
    trouble = models.CharField(max_length=500, blank=True)

    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # The first rows as they were understood: [{"line", "outcome", "values": {column: text}, "reasons": [...]}].
    preview = models.JSONField(default=list)

    # Tries that went wrong in this pass. `attempts` only grows: by it whoever works tells that it is still theirs.
    setbacks = models.PositiveSmallIntegerField(default=0)
    # Who took it and was not heard of again, in a row: whoever is killed says nothing (imports/working.py).
    claims = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="import_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="import_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["owner", "-id"], name="import_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def mark(self) -> str:
        """As histories and the audit name it."""
        return f"import {self.pk}"

    def fail(self, reason: str) -> None:
        self.setbacks, self.attempts = self.setbacks + 1, self.attempts + 1
        self.last_error, self.leased_until = reason[:2000], None
        if self.setbacks > len(self.backoff):
            self.park()
        else:
            self.due_at = timezone.now() + self.backoff[self.setbacks - 1]

    def kills(self) -> bool:
        """`claims` tell that: a long import is taken many times."""
        return False

    def park(self) -> None:
        super().park()
        self.state, self.finished_at = State.FAILED, now()


class Refusal(models.Model):
    """Why a row was not taken: one line for each cell that is at fault. `line` is its place in the file as it came."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()
    # The key of the column; "" where it is about the whole row.
    column = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering: ClassVar = ["line", "id"]
        indexes: ClassVar = [models.Index(fields=["job", "line", "id"], name="refusal_of_import")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class Origin(models.Model):
    """What a key of another system is here. `values` are what the file said last: only what it says anew is changed."""

    what = models.CharField(max_length=13, choices=What.choices)
    key = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="origin"
    )
    article = models.OneToOneField(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="origin")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="origin")
    imported_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["what", "key"], name="one_origin_per_key")]
        # Keys are compared without their case (imports/kinds/finding.py).
        indexes: ClassVar = [models.Index("what", Lower("key"), name="origin_by_key")]

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class KnownHeadings(models.Model):
    """How its owner had a file with these headings read last, so that the next one like it is read alike without a
    person. Nobody decides how the files of others are read."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=13, choices=What.choices)
    # SHA-256 of the headings.
    digest = models.CharField(max_length=64)
    columns = models.JSONField()
    zone = models.CharField(max_length=64)
    dates = models.CharField(max_length=3, choices=Dates.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "what", "digest"], name="headings_known_to_owner")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.digest[:8]}"
