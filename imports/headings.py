"""What the columns of a file are: as it was said the last time of one with these headings, else by their names."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core.text import fold
from imports.kinds.all import KINDS
from imports.kinds.base import Column
from imports.models import Import, KnownHeadings

_NO_LETTERS = re.compile(r"[\W_]+")


# What stands behind the headings of a file of refused rows (imports/refusing.py).
OF_REFUSALS = (gettext_lazy("Line of the file"), gettext_lazy("Why it was refused"))


def known_for(job: Import) -> KnownHeadings | None:
    """How its owner had such a file read last. Headings that are all keys of ours say themselves what they are."""
    columns = KINDS[job.what].columns()
    own = own_of(job.headings)
    keys = {column.key for column in columns}
    if all(heading in keys for heading in own):
        return None
    known = KnownHeadings.objects.filter(owner=job.owner_id, what=job.what, digest=digest_of(own)).first()
    fits = known is not None and len(known.columns) == len(own) and set(known.columns) <= {*keys, ""}
    return known if fits else None


def columns_for(job: Import, known: KnownHeadings | None) -> Sequence[str]:
    """Of each heading the key of what it is, "" where it is nothing that is known. Each column once: the first."""
    if known is not None:
        return [*known.columns, *[""] * (len(job.headings) - len(known.columns))]
    return guessed(job.headings, KINDS[job.what].columns())


def own_of(headings: Sequence[str]) -> Sequence[str]:
    """Without those that we put behind the headings of refused rows, in whatever language."""
    return headings[:-2] if tuple(_plain(heading) for heading in headings[-2:]) in _of_refusals() else headings


def guessed(headings: Sequence[str], columns: Sequence[Column]) -> list[str]:
    names = _names(columns)
    found: list[str] = []
    for heading in headings:
        key = names.get(_plain(heading), "")
        found.append(key if key not in found else "")
    return found


def remember(job: Import) -> None:
    """The next file with these headings is read like this one."""
    own = own_of(job.headings)
    values = {"columns": job.columns[: len(own)], "zone": job.zone, "dates": job.dates}
    KnownHeadings.objects.update_or_create(owner=job.owner, what=job.what, digest=digest_of(own), defaults=values)


def checked(job: Import, columns: Sequence[str]) -> list[str]:
    """`columns` as somebody has chosen them. Raises `ValidationError` for one that is not there, or there twice."""
    offered = {column.key: column for column in KINDS[job.what].columns()}
    chosen = [key for key in columns if key]
    if len(columns) != len(job.headings) or any(key not in offered for key in chosen):
        raise ValidationError(_("These are not the columns of this file."))
    if twice := next((key for key in chosen if chosen.count(key) > 1), None):
        raise ValidationError(_("“%(column)s” is chosen twice.") % {"column": offered[twice].label})
    if missing := missing_in(job, columns):
        raise ValidationError(_("Say which column is “%(column)s”.") % {"column": missing[0].label})
    return list(columns)


def missing_in(job: Import, columns: Sequence[str]) -> list[Column]:
    """The columns without which nothing can be imported."""
    return [column for column in KINDS[job.what].columns() if column.is_needed and column.key not in columns]


def digest_of(headings: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([_plain(heading) for heading in headings]).encode()).hexdigest()


def _of_refusals() -> set[tuple[str, ...]]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(tuple(_plain(str(heading)) for heading in OF_REFUSALS))
    return found


def _names(columns: Sequence[Column]) -> Mapping[str, str]:
    """Keys of columns by all that they may be called. Keys count first, then labels, then other names."""
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(_plain(column.key), column.key)
        names.setdefault(_plain(column.key.rpartition(".")[2]), column.key)
    for code, _name in settings.LANGUAGES:
        with override(code):
            for column in columns:
                names.setdefault(_plain(str(column.label)), column.key)
    for column in columns:
        for name in column.names:
            names.setdefault(_plain(name), column.key)
    return names


def _plain(heading: str) -> str:
    """Case, accents, blanks and signs aside."""
    return _NO_LETTERS.sub("", fold(heading))
