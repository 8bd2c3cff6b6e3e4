"""`import_file`: a file of people, organisations, articles or tickets, imported from a shell or at night."""

import sys
import time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.people import person_with_address
from core.work import LEASE, run_leased
from imports import working
from imports.models import Dates, Import, State, What
from imports.refusing import in_words, labels_of
from imports.starting import start_import

# Refusals that are printed; all of them stand in the file that the page of the import offers.
PRINTED = 100


class Command(BaseCommand):
    help = (
        "Imports a CSV or XLSX file. What can be taken is taken; exit 1 when rows were refused, which are printed. "
        "The headings must be known by their names, or from an import by hand."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("what", choices=What.values)
        parser.add_argument("file")
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="the administrator in whose name it is done")
        parser.add_argument(
            "--zone", default="", help="time zone of times without one (as the last time, else the person's)"
        )
        parser.add_argument("--dates", choices=Dates.values, default="", help="order of days and months")
        parser.add_argument("--check", action="store_true", help="only say what would be done")

    def handle(self, *args, what: str, file: str, by: str, zone: str, dates: str, check: bool, **options):
        person = person_with_address(by)
        if person is None:
            raise CommandError(f"Nobody here has the address {by}.")
        job = self._finished(self._start(Path(file), person, what=what, zone=zone, dates=dates, goes_on=not check))
        if job.state not in (State.DONE, State.CHECKED):
            raise CommandError(job.trouble or job.last_error or job.get_state_display())
        self._tell(job)
        if job.refused:
            sys.exit(1)

    def _start(self, path: Path, person: User, **how) -> Import:
        try:
            with path.open("rb") as file:
                return start_import(file, name=path.name, language="en", through="command", by=person, **how)
        except (OSError, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", None) or [str(error)])) from error

    def _finished(self, job: Import) -> Import:
        """A worker may be at it as well: whoever holds it does it."""
        last = time.monotonic()
        while True:
            worked = run_leased(Import, job.pk, working.run, lease=LEASE)
            job = Import.objects.get(pk=job.pk)
            if job.due_at is None:
                return job
            if time.monotonic() - last > 5:
                last = time.monotonic()
                self.stderr.write(f"{job.get_state_display()}: {job.position} of {job.total}")
            if not worked:
                time.sleep(0.5)

    def _tell(self, job: Import) -> None:
        numbers = f"{job.created} new, {job.changed} changed, {job.unchanged} unchanged, {job.refused} refused"
        self.stdout.write(f"{job.get_state_display()}: {numbers}")
        labels = labels_of(job)
        for refusal in job.refusals.all()[:PRINTED]:
            self.stdout.write(f"line {refusal.line}: {in_words(refusal, labels)}")
