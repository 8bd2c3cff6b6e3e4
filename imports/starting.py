"""What people do with imports: hand in a file, say what its columns are, have it imported, stop it, let go of it."""

from collections.abc import Sequence
from datetime import timedelta
from io import SEEK_END
from typing import BinaryIO
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.blobs import store_file
from core.clock import now
from core.text import clean_filename
from core.work import wake
from imports import headings
from imports.models import BUSY, OPEN_TO_CHANGE, Dates, Import, State
from imports.rights import importable
from mail.keeping import note_unneeded

LARGEST_FILE = settings.ATTACHMENT_MAX_BYTES
MOST_WAITING = 5
# Files of people are not kept for longer than somebody may want to look at what became of them.
DAYS = 30


def imports_of(user: User) -> QuerySet[Import]:
    """Their own, the newest first; of what they may import today."""
    return Import.objects.filter(owner=user, what__in=importable(user)).order_by("-id")


def start_import(
    file: BinaryIO,
    *,
    name: str,
    what: str,
    zone: str = "",
    dates: str = "",
    columns: Sequence[str] | None = None,
    goes_on: bool = False,
    through: str = "",
    language: str,
    by: User,
) -> Import:
    """Take a file in, to be read and checked in the background. With `goes_on` what can be imported is, unseen.

    `columns` say what each heading is; without them it is found out. Without `zone` and `dates` they are those of the
    last file with these headings, else the owner's zone and the day first. Raises `ValidationError` by field.
    """
    if what not in importable(by):
        raise ValidationError({"what": _("You cannot import this.")})
    _check_reading(zone, dates)
    if Import.objects.unfinished().filter(owner=by).count() >= MOST_WAITING:
        raise ValidationError({"file": _("Other files of yours are being worked on; wait for them.")})
    digest, size = _stored(file)
    job = Import.objects.create(
        owner=by,
        what=what,
        name=clean_filename(name, fallback="import"),
        digest=digest,
        size=size,
        language=language,
        zone=zone,
        dates=dates,
        columns=list(columns or []),
        goes_on=goes_on,
        through=through,
    )
    wake(job)
    return job


def choose_columns(job: Import, columns: Sequence[str], *, zone: str, dates: str) -> Import:
    """Check the file anew with these columns. Raises `ValidationError`, also while it is being worked on."""
    with transaction.atomic():
        job = _locked(job)
        if job.state not in OPEN_TO_CHANGE:
            raise ValidationError(_("The columns cannot be changed any more."))
        _check_reading(zone, dates)
        job.columns = headings.checked(job, columns)
        job.zone, job.dates = zone or job.zone, dates or job.dates
        _begin(job, State.CHECKING)
    return job


def begin_import(job: Import) -> Import:
    """What has been checked is imported now; the next file with these headings is read alike.

    Doing it twice is harmless. Raises `ValidationError` where it has not been checked.
    """
    with transaction.atomic():
        job = _locked(job)
        if job.state in (State.IMPORTING, State.DONE):
            return job
        if job.state != State.CHECKED:
            raise ValidationError(_("This file is not ready to be imported."))
        headings.remember(job)
        _begin(job, State.IMPORTING)
    return job


def cancel_import(job: Import) -> Import:
    """Stop; what has been imported stays. None of it happens where it has ended already."""
    with transaction.atomic():
        job = _locked(job)
        if job.state in (State.DONE, State.CANCELLED, State.FAILED):
            return job
        job.state, job.finished_at = State.CANCELLED, now()
        job.attempts += 1  # whoever is at it finds that it is theirs no longer
        job.finish()
        job.save_work()
    return job


def remove_import(job: Import) -> None:
    """The file goes, what has been imported stays. Raises `ValidationError` while it is worked on."""
    with transaction.atomic():
        job = _locked(job)
        if job.state in BUSY:
            raise ValidationError(_("It is being worked on. Cancel it first."))
        note_unneeded([job.digest, job.lines, job.refused_file])
        job.delete()


def forget_old() -> None:
    """Those of a month ago, whatever has become of them."""
    for job in Import.objects.filter(created_at__lt=now() - timedelta(days=DAYS)).exclude(state__in=BUSY):
        remove_import(job)


def begin_pass(job: Import, state: State) -> None:
    """All rows from the first on, counted anew; saving is up to the caller (`PASS_FIELDS`)."""
    job.state, job.trouble, job.finished_at, job.setbacks, job.claims = state, "", None, 0, 0
    job.position = job.offset = job.created = job.changed = job.unchanged = job.refused = 0
    job.refused_file, job.preview = "", []
    job.refusals.all().delete()


PASS_FIELDS = (
    "setbacks",
    "claims",
    "state",
    "trouble",
    "finished_at",
    "position",
    "offset",
    "created",
    "changed",
    "unchanged",
    "refused",
    "refused_file",
    "preview",
    "columns",
    "zone",
    "dates",
)


def _begin(job: Import, state: State) -> None:
    if job.refused_file:
        note_unneeded([job.refused_file])
    begin_pass(job, state)
    job.due_at, job.attempts, job.leased_until, job.parked_at = timezone.now(), job.attempts + 1, None, None
    job.save_work(*(name for name in PASS_FIELDS if name not in job.WORK_FIELDS))
    wake(job)


def _locked(job: Import) -> Import:
    return Import.objects.select_for_update(of=("self",)).get(pk=job.pk)


def _check_reading(zone: str, dates: str) -> None:
    """What is left out is found out."""
    if zone and zone not in available_timezones():
        raise ValidationError({"zone": _("There is no such time zone.")})
    if dates and dates not in Dates.values:
        raise ValidationError({"dates": _("Choose one of the listed values.")})


def _stored(file: BinaryIO) -> tuple[str, int]:
    size = file.seek(0, SEEK_END)
    if size == 0:
        raise ValidationError({"file": _("There is nothing in the file.")})
    if size > LARGEST_FILE:
        words = {"number": LARGEST_FILE // (1024 * 1024)}
        raise ValidationError({"file": _("The file has more than %(number)s MB. Divide it.") % words})
    digest, _size = store_file(file)  # type: ignore[arg-type]  # files in memory and uploaded ones read alike
    return digest, size
