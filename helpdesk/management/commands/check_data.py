"""`check_data`: whether histories, files and the ledger prove themselves."""

import json
import sys

from django.core.management.base import BaseCommand

from helpdesk.operation.checking import check_all


class Command(BaseCommand):
    help = "Checks every history, stored file and message, prints what it found as JSON; exit 1 if anything is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--deep", action="store_true", help="also read every file and compare it with its name")

    def handle(self, *args, deep: bool, **options):
        found = check_all(deep=deep)
        self.stdout.write(json.dumps(vars(found)))
        if found.wrong:
            sys.exit(1)
