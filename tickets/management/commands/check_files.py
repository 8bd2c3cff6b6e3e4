"""`check_files`: has the virus scanner look at files that are here already."""

import json
import sys
from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from core.clamd import Away
from tickets.rescanning import MISSING, UNANSWERED, check_again, check_unknown
from tickets.scanning import is_on


class Command(BaseCommand):
    help = "Checks files for viruses that came before there was a scanner, and prints what it found out as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--again", action="store_true", help="also those that were checked before, with today's signatures"
        )

    def handle(self, *args, again: bool, **options):
        if not is_on():
            raise CommandError("There is no virus scanner: set HELPDESK_SCANNER.")
        counted: Counter[str] = Counter()
        try:
            if again:
                check_again(counted)
            check_unknown(counted)
        except Away as error:
            self.stdout.write(json.dumps(counted))
            raise CommandError(
                f"The virus scanner is away: {error}. Begun again, this goes on where it was."
            ) from error
        self.stdout.write(json.dumps(counted))
        if counted[UNANSWERED] or counted[MISSING]:
            sys.exit(1)
