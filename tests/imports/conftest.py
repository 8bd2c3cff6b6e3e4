"""What tests of imports share: files, handed in and worked on as a worker would."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from core.blobs import load
from core.work import LEASE, run_leased
from imports import working
from imports.models import Import, State
from imports.starting import begin_import, start_import

Rows = Iterable[Sequence[Any]]


def as_csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def handed_in(content: bytes, what: str, by: Any, **options: Any) -> Import:
    facts = {"name": "file.csv", "language": "en", "zone": "Europe/Berlin", **options}
    return start_import(io.BytesIO(content), what=what, by=by, **facts)


def work(job: Import) -> Import:
    """As a worker does, until nothing is due."""
    run_leased(Import, job.pk, working.run, lease=LEASE)
    return Import.objects.get(pk=job.pk)


def checked(rows: Rows | bytes, what: str, by: Any, **options: Any) -> Import:
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    return work(handed_in(content, what, by, **options))


def imported(rows: Rows | bytes, what: str, by: Any, **options: Any) -> Import:
    job = checked(rows, what, by, **options)
    assert job.state == State.CHECKED, (job.state, job.trouble, job.last_error)
    return work(begin_import(job))


def counts(job: Import) -> dict[str, int]:
    names = ("created", "changed", "unchanged", "refused")
    return {name: getattr(job, name) for name in names if getattr(job, name)}


def reasons(job: Import) -> list[tuple[int, str, str]]:
    return list(job.refusals.values_list("line", "column", "reason"))


def refused_rows(job: Import) -> list[list[str]]:
    return list(csv.reader(io.StringIO(load(job.refused_file).decode("utf-8-sig"))))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda number: monkeypatch.setattr(working, "CHUNK", number)
