"""What a virus scanner found out about files, by their bytes, and what that means for whoever asks for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.blobs import load
from core.work import WorkRow


class Scan(models.TextChoices):
    """Unchecked is what nobody asked the scanner about; too large is what it does not take."""

    UNCHECKED = "unchecked", _("not checked for viruses")
    WAITING = "waiting", _("being checked for viruses")
    CLEAN = "clean", _("no virus found")
    INFECTED = "infected", _("contains a virus")
    TOO_LARGE = "too_large", _("too large to be checked for viruses")


class FileCheck(WorkRow):
    """One row for the same bytes, however many files they are. No row: the scanner was not asked (tickets/scanning.py).

    A scanner that is away or in trouble costs a file nothing but time: it is asked again until it has answered.
    """

    task = "tickets.tasks.check_file"
    backoff: ClassVar[Sequence[timedelta]] = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 600))

    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=9, choices=Scan.choices, default=Scan.WAITING)
    # The scanner's name for it. Whoever wrote the virus may have had a say in it.
    found = models.CharField(max_length=150, blank=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("Files that are checked for viruses")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="file_check_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["added_at"], name="file_check_waits", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.state}"

    def park(self) -> None:
        """Nobody can decide for the scanner, so it is asked again. Only what kills whoever asks is given up."""
        super().park()
        if not self.kills():
            self.attempts = len(self.backoff)
            self.parked_at, self.due_at = None, timezone.now() + self.backoff[-1]


@dataclass(frozen=True)
class Verdict:
    """What is known of a file, and `found`, the scanner's name for what it contains."""

    scan: Scan
    found: str = ""

    @property
    def is_refused(self) -> bool:
        """It is not given out, and waiting changes nothing."""
        return self.scan == Scan.INFECTED or (self.scan == Scan.TOO_LARGE and holds_back())

    @property
    def is_awaited(self) -> bool:
        """It is not given out yet."""
        return self.scan == Scan.WAITING and holds_back()

    @property
    def is_withheld(self) -> bool:
        return self.is_refused or self.is_awaited


class Withheld(Exception):
    """Somebody asked for the bytes of a file that is not given out. Doors say so; nothing is changed by it."""

    def __init__(self, verdict: Verdict, *, name: str = "") -> None:
        super().__init__(f"{name}: {verdict.scan}")
        self.verdict, self.name = verdict, name


class CheckedFile(models.Model):
    """A row that names bytes which may be given out: `name` and `digest` are the row's own fields."""

    name: str
    digest: str

    class Meta:
        abstract = True

    @cached_property
    def verdict(self) -> Verdict:
        """Asked for many at once by `tickets.scanning.look_up`; costs nothing where there is no scanner."""
        return verdicts([self.digest]).get(self.digest, UNCHECKED)

    def give_out(self) -> str:
        """The digest, for whoever sends the bytes to somebody. Raises `Withheld`."""
        if self.verdict.is_withheld:
            raise Withheld(self.verdict, name=self.name)
        return self.digest

    def content(self) -> bytes:
        """The bytes, to be given out. Raises `Withheld`."""
        return load(self.give_out())

    def own_content(self) -> bytes:
        """The bytes, for a copy that stays here: what was found out holds for it as well."""
        return load(self.digest)


UNCHECKED = Verdict(Scan.UNCHECKED)


def holds_back() -> bool:
    """Whether what the scanner has not looked at stays here until it has."""
    return settings.SCANNER_MEANWHILE == "hold"


def verdicts(digests: Sequence[str]) -> dict[str, Verdict]:
    """What is known of these bytes, in one query; in none without a scanner, and then nothing is known."""
    if settings.SCANNER is None or not digests:
        return {}
    rows = FileCheck.objects.filter(digest__in=set(digests)).values_list("digest", "state", "found")
    return {digest: Verdict(Scan(state), found) for digest, state, found in rows}
