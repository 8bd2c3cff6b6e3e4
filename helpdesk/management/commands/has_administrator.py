"""`has_administrator`: whether anybody can set things up yet. For `bin/run`, which says how the first one is made."""

import sys

from django.core.management.base import BaseCommand

from accounts.people import has_administrator

NOBODY = 3


class Command(BaseCommand):
    help = f"Ends with 0 when there is an administrator, with {NOBODY} when there is none yet."

    def handle(self, *args, **options):
        if not has_administrator():
            self.stderr.write("There is no administrator yet. Make one with: bin/manage createsuperuser")
            sys.exit(NOBODY)
