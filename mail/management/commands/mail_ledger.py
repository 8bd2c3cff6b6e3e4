"""`mail_ledger`: what came in and what became of it."""

import json
import sys

from django.core.management.base import BaseCommand

from mail.accounting import counts, unaccounted


class Command(BaseCommand):
    help = "Prints how many messages were received, ticketed, quarantined and ignored, as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="exit 1 when a message is unaccounted for")

    def handle(self, *args, check: bool, **options):
        report: dict[str, object] = dict(counts())
        if check:
            report["unaccounted"] = list(unaccounted())
        self.stdout.write(json.dumps(report))
        if report.get("unaccounted"):
            sys.exit(1)
