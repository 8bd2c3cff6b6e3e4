"""The work itself: a file is read, its rows are checked, then imported; chunk by chunk, from where it stopped.

The effect of a chunk, its refusals, the counts and the place where the next one begins are one transaction. Whoever
is killed in between has done all of a chunk or nothing of it, so no row is ever taken twice.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.audit import acting_through
from core.blobs import open_blob
from core.clock import now
from core.work import LEASE
from imports.duplicates import Duplicates, find_duplicates
from imports.headings import checked, columns_for, known_for, missing_in
from imports.kinds.all import KINDS
from imports.kinds.base import REFUSED, Cells, Column, Fault, Plan, RowRefused, Setting, faults_of
from imports.models import Dates, Import, Refusal, State
from imports.reading.bounds import Unreadable
from imports.reading.kept_rows import KeptRow, keep_rows, kept_rows
from imports.reading.sources import open_source
from imports.refusing import write_refused
from imports.rights import importable
from imports.starting import PASS_FIELDS, begin_pass
from imports.values import Reader, in_words
from mail.keeping import note_unneeded
from tickets.actions.progress import ClosingFieldsMissing
from tickets.events import Refused

log = logging.getLogger(__name__)

CHUNK = 200
# Rows that are shown before somebody says yes; characters shown of a cell.
SHOWN, SHOWN_OF_CELL = 20, 200
# Seconds at a time, below the limit of the task (imports/tasks.py).
BUDGET = 600.0
# Workers that may be lost over a file one after the other, without a chunk in between, before it is given up.
MOST_CLAIMS = 3


class Lost(Exception):
    """Somebody has cancelled it, or it is in other hands by now: nothing of this chunk happens."""


def run(job: Import) -> None:
    """Do what there is to do with this file, for `BUDGET` at most; the rest is due at once."""
    until = time.monotonic() + BUDGET
    with translation.override(job.language), acting_through(lambda: _through(job)):
        try:
            _count_claim(job)
            if job.what not in importable(job.owner):
                raise Unreadable(_("Its owner may not import this any more."))
            if job.state == State.READING:
                _read(job)
            while job.state in (State.CHECKING, State.IMPORTING):
                if not _rows(job, until):
                    job.due_at = timezone.now() + timedelta(seconds=1)
                    return
        except Unreadable as error:
            _fail(job, str(error))
        except Lost:
            log.info("stopped")
        finally:
            # Whatever it came to: nobody was lost over it. Only who is killed does not get here.
            job.claims = 0


def _count_claim(job: Import) -> None:
    """Whoever is killed, as by want of memory, raises nothing that could be counted afterwards."""
    if job.claims >= MOST_CLAIMS:
        raise Unreadable(
            _("Work on this file was cut off several times, so it was given up. Divide it, or save it as CSV.")
        )
    job.claims += 1
    _save(job, "claims")


def _through(job: Import) -> str:
    return f"{job.mark}, {job.through}" if job.through else job.mark


def _fail(job: Import, reason: str) -> None:
    job.state, job.trouble, job.finished_at = State.FAILED, reason[:500], now()
    _save(job, "state", "trouble", "finished_at")


def _read(job: Import) -> None:
    """Once: the rows as they are in the file, whatever its form. Then they are checked where all columns are known."""
    with open_blob(job.digest) as file:
        source = open_source(file)
        job.headings = list(source.headings)
        digest, number = keep_rows(source, lambda done: _save_progress(job, done))
    if number == 0:
        raise Unreadable(_("There is nothing in the file but its headings."))
    job.lines, job.total = digest, number
    _settle_columns(job)
    job.state = State.ASKING if missing_in(job, job.columns) else State.CHECKING
    if job.state == State.ASKING and job.goes_on:
        raise Unreadable(_("Its columns are not known. Import such a file once by hand."))
    _save(job, "headings", "columns", "zone", "dates", "lines", "total", "state", "position")


def _settle_columns(job: Import) -> None:
    """As they were said with the file, else as the last time, else by their names."""
    known = known_for(job)
    job.zone = job.zone or (known.zone if known else job.owner.time_zone) or settings.TIME_ZONE
    job.dates = job.dates or (known.dates if known else Dates.DAY_FIRST)
    if not job.columns:
        job.columns = list(columns_for(job, known))
        return
    try:
        job.columns = checked(job, job.columns)
    except ValidationError as error:
        raise Unreadable(" ".join(error.messages)) from error


def _rows(job: Import, until: float) -> bool:
    """One pass over the rows, from where it stopped; false when there was no time for all of them."""
    kind = KINDS[job.what]
    setting = Setting(job.owner, Reader(ZoneInfo(job.zone), job.dates), job.language, reference=str(job.pk))
    duplicates = find_duplicates(
        job.lines,
        lambda cells: kind.identity(_cells(job, cells)),
        done=job.offset,
        refused=job.refusals.order_by("line").values_list("line", flat=True).iterator(),
    )
    rows = kept_rows(job.lines, offset=job.offset)
    while chunk := list(islice(rows, CHUNK)):
        _take(job, chunk, setting, duplicates)
        if time.monotonic() > until:
            return False
    _end_pass(job)
    return True


def _end_pass(job: Import) -> None:
    job.refused_file = write_refused(job) if job.refused else ""
    if job.state == State.CHECKING and job.goes_on:
        note_unneeded([job.refused_file])
        with transaction.atomic():
            begin_pass(job, State.IMPORTING)
            _save(job, *PASS_FIELDS)
        return
    was_import = job.state == State.IMPORTING
    job.state, job.finished_at = (State.DONE if was_import else State.CHECKED), now()
    _save(job, "state", "finished_at", "refused_file")


@dataclass
class _Tally:
    """What became of the rows of a chunk."""

    counts: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    shown: list[dict] = field(default_factory=list)


def _take(job: Import, chunk: Sequence[KeptRow], setting: Setting, duplicates: Duplicates) -> None:
    """A chunk, whole or not at all. Raises `Lost`."""
    kind, tally = KINDS[job.what], _Tally()
    named = [_cells(job, kept.row.cells) for kept in chunk]
    with transaction.atomic():
        known = kind.known(named, setting)
        for kept, cells in zip(chunk, named, strict=True):
            faults: Sequence[Fault] = ()
            understood: Mapping[str, Any] = {}
            try:
                _refuse_as_it_stands(job, kept, kind.identity(cells), duplicates)
                plan = kind.plan(cells, known, setting)
                if job.state == State.IMPORTING:
                    _act(plan, kind.columns)
                outcome, understood = plan.outcome, plan.understood
                duplicates.take(kind.identity(cells), kept.row.line)
                tally.keys.append(cells.get(kind.key, ""))
            except RowRefused as error:
                outcome, faults = REFUSED, error.faults
            _count(job, tally, kept, outcome, faults)
            if len(job.preview) + len(tally.shown) < SHOWN:
                tally.shown.append(_shown(kept, {**cells, **in_words(understood, setting.reader)}, outcome, faults))
        if job.state == State.IMPORTING:
            kind.finish(tally.keys)
        _keep(job, chunk[-1], len(chunk), tally)


def _refuse_as_it_stands(job: Import, kept: KeptRow, identity: str, duplicates: Duplicates) -> None:
    """What is wrong with a row whatever it means."""
    row = kept.row
    if row.fault:
        column = job.columns[row.place] if row.place is not None else ""
        raise RowRefused([Fault(column, row.fault)])
    unread = [(job.columns[int(place)], reason) for place, reason in row.unread.items()]
    if faults := [Fault(column, reason) for column, reason in unread if column]:
        raise RowRefused(faults)
    first = duplicates.taken_in(identity)
    if first is not None:
        text = _("The same stands in line %(line)s already.") % {"line": first}
        raise RowRefused([Fault(KINDS[job.what].key, text)])


def _act(plan: Plan, columns: Callable[[], Iterable[Column]]) -> None:
    """Do it, or nothing of it. Raises `RowRefused` for what only the doing finds out."""
    try:
        with transaction.atomic():
            plan.act()
    except ValidationError as error:
        raise RowRefused(faults_of(error, (column.key for column in columns()))) from error
    except ClosingFieldsMissing as error:
        labels = ", ".join(one.shown_label for one in error.fields)
        raise RowRefused([Fault("state", _("To close it, these fields have to be filled in: %s") % labels)]) from error
    except Refused as error:
        raise RowRefused([Fault("", str(error))]) from error
    except (IntegrityError, DataError) as error:
        log.warning("a row was refused by the database: %s", error)
        raise RowRefused([Fault("", _("It does not go together with what is there already."))]) from error


def _count(job: Import, tally: _Tally, kept: KeptRow, outcome: str, faults: Sequence[Fault]) -> None:
    tally.counts[outcome] = tally.counts.get(outcome, 0) + 1
    for fault in faults:
        tally.refusals.append(Refusal(job=job, line=kept.row.line, column=fault.column[:80], reason=fault.reason[:300]))


def _shown(kept: KeptRow, cells: Cells, outcome: str, faults: Sequence[Fault]) -> dict:
    values = {key: text[:SHOWN_OF_CELL] for key, text in cells.items()}
    reasons = [{"column": fault.column, "reason": fault.reason} for fault in faults]
    return {"line": kept.row.line, "outcome": outcome, "values": values, "reasons": reasons}


def _keep(job: Import, last: KeptRow, number: int, tally: _Tally) -> None:
    Refusal.objects.bulk_create(tally.refusals)
    for outcome, count in tally.counts.items():
        setattr(job, outcome, getattr(job, outcome) + count)
    job.position, job.offset = job.position + number, last.ends
    job.preview, job.claims = [*job.preview, *tally.shown], 0
    fields = ["claims", "position", "offset", "created", "changed", "unchanged", "refused"]
    _save(job, *fields, *(["preview"] if tally.shown else []))


def _save(job: Import, *fields: str) -> None:
    """Raises `Lost` when it is no longer ours: its tries count on with each who takes it, and with who cancels it."""
    values = {name: getattr(job, name) for name in fields}
    mine = Import.objects.filter(pk=job.pk, attempts=job.attempts)
    if not mine.update(leased_until=timezone.now() + LEASE, **values):
        raise Lost


def _save_progress(job: Import, done: int) -> None:
    job.position = done
    _save(job, "position")
    job.position = 0


def _cells(job: Import, cells: Sequence[str]) -> Mapping[str, str]:
    """By what they are; empty ones say nothing."""
    return {key: text for key, text in zip(job.columns, cells, strict=True) if key and text}
