"""`check_reports`: are the numbers of reports those of the histories?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reports.checking import SAMPLE, check, is_well


class Command(BaseCommand):
    help = "Tell tickets again from their histories and compare with what reports count. Ends with 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every ticket, and not some drawn by lot")
        parser.add_argument("--sample", type=int, default=SAMPLE, help="how many are drawn")

    def handle(self, *args: Any, **options: Any) -> None:
        found = check(sample=None if options["all"] else options["sample"])
        self.stdout.write(f"{found.looked_at} tickets, {len(found.wrong)} wrong, {found.behind} not told yet")
        self.stdout.write(f"{found.hours} hours with wrong sums")
        for number in found.wrong:
            self.stdout.write(f"wrong: {number}")
        if not is_well(found):
            raise SystemExit(1)
