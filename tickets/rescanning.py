"""The virus scanner is asked about files that are here already: those from before there was one, or all once more.

Nothing is held back meanwhile. What it finds out is kept file by file, so this may stop anywhere and go on later.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils import timezone

from core import clamd
from tickets.models import FileCheck
from tickets.models.file_check import CheckedFile, Scan, Verdict
from tickets.scanning import ask, settle

BATCH = 500
UNANSWERED, MISSING = "unanswered", "missing"


def check_unknown(counted: Counter[str]) -> None:
    """All files that the scanner was never asked about; counts what it said. Raises `clamd.Away`."""
    for digest in _unknown():
        if (verdict := _asked(digest, counted)) is not None:
            due_at = timezone.now() if verdict.scan == Scan.INFECTED else None  # a worker tells of it
            facts = {"state": verdict.scan, "found": verdict.found, "checked_at": timezone.now(), "due_at": due_at}
            FileCheck.objects.get_or_create(digest=digest, defaults=facts)


def check_again(counted: Counter[str]) -> None:
    """All files that it has answered about before, what it saw longest ago first. Raises `clamd.Away`."""
    seen = FileCheck.objects.exclude(state=Scan.WAITING).filter(checked_at__lt=timezone.now())
    for row in seen.order_by("checked_at").iterator(chunk_size=BATCH):
        if (verdict := _asked(row.digest, counted)) is not None:
            is_new = verdict.scan == Scan.INFECTED != row.state
            settle(row, verdict)
            if is_new:
                FileCheck.objects.filter(pk=row.pk).update(due_at=timezone.now(), attempts=0)


def _asked(digest: str, counted: Counter[str]) -> Verdict | None:
    try:
        verdict = ask(digest)
    except FileNotFoundError:
        counted[MISSING] += 1
        return None
    except (clamd.Failed, clamd.Silent):
        counted[UNANSWERED] += 1
        return None
    counted[verdict.scan.value] += 1
    return verdict


def _unknown() -> Iterator[str]:
    """Each once, whoever names it; looks at a batch of files at a time."""
    for model in apps.get_models():
        if not issubclass(model, CheckedFile):
            continue
        named: Any = model._default_manager
        last = 0
        while rows := list(named.filter(pk__gt=last).order_by("pk").values_list("pk", "digest")[:BATCH]):
            last = rows[-1][0]
            digests = dict.fromkeys(digest for _pk, digest in rows)
            known = set(FileCheck.objects.filter(digest__in=digests).values_list("digest", flat=True))
            yield from (digest for digest in digests if digest not in known)
