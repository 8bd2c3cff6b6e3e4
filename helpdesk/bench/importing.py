"""A file of customers: read, checked and imported, as a worker does it, in this process."""

import os
import tempfile
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.people import person_with_address
from core.work import LEASE, run_leased
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, own_peak
from imports import working
from imports.models import Import, State, What
from imports.starting import begin_import, remove_import, start_import

# A world of the usual size gets a file of 100,000 people.
PEOPLE_PER_TICKET = 5


def import_people(ground: Ground) -> list[Result]:
    """`per_s` counts rows; `queries` are those of a row that is new. Each run brings people of a domain of its own."""
    number = ground.tickets * PEOPLE_PER_TICKET
    job, before = _handed_in(number), own_peak()
    checked = _passed("import_people_check", job, number, ground, before)
    begin_import(job)
    taken = _passed("import_people", job, number, ground, before, queries=_queries_of_one())
    job = Import.objects.get(pk=job.pk)
    if (job.state, job.created) != (State.DONE, number):
        raise AssertionError(f"not everything was imported: {job.state} {job.created} {job.trouble} {job.last_error}")
    remove_import(job)
    return [checked, taken]


def _passed(name: str, job: Import, rows: int, ground: Ground, before: float, queries: int | None = None) -> Result:
    started, computed = time.perf_counter(), time.process_time()
    while Import.objects.get(pk=job.pk).is_busy:
        Import.objects.filter(pk=job.pk).update(due_at=job.created_at)
        run_leased(Import, job.pk, working.run, lease=LEASE)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - computed
    more = {"grown_mb": round(own_peak() - before, 1), "cpu_ms": round(cpu / rows * 1000, 3)}
    return Result(name, rows, ground.tickets, per_s=rows / elapsed, queries=queries, peak_mb=own_peak(), more=more)


def _handed_in(number: int) -> Import:
    domain = f"d{os.urandom(4).hex()}.example"
    with tempfile.TemporaryFile() as file:
        file.write(b"email,name,phone,language\n")
        file.writelines(f"p{n}@{domain},Person {n},+49 30 {n},de\n".encode() for n in range(number))
        by = person_with_address("alex@demo.example")
        assert by is not None
        return start_import(file, name="bench.csv", what=What.PEOPLE, language="en", by=by)  # type: ignore[arg-type]


def _queries_of_one() -> int:
    """What a new row costs beside those of its chunk."""
    counted = []
    for rows in (1, 2):
        job = _handed_in(rows)
        run_leased(Import, job.pk, working.run, lease=LEASE)
        begin_import(job)
        with CaptureQueriesContext(connection) as captured:
            run_leased(Import, job.pk, working.run, lease=LEASE)
        counted.append(len(captured))
        remove_import(job)
    return counted[1] - counted[0]
