"""`demo`: the demo world on an empty installation, or with `--tickets N` a large one on top."""

import time

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from helpdesk.demo import crowd, world


class Command(BaseCommand):
    help = "Builds the demo world: agents, customers, queues and tickets in four languages."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where people exist already")
        parser.add_argument("--tickets", type=int, metavar="N", help="go on until there are N tickets")

    def handle(self, *args, if_empty: bool, tickets: int | None, **options):
        empty = not User.objects.filter(system_key__isnull=True).exists()
        if empty:
            count = world.build()
            self.stderr.write(f"The demo world is ready: {count} tickets. Everybody's password is “{world.PASSWORD}”.")
        elif not if_empty and not tickets:
            raise CommandError("There are people already; the demo world is for an empty installation.")
        if tickets:
            self._grow(tickets)

    def _grow(self, tickets: int) -> None:
        started = last = time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > 5 or done == total:
                last = time.monotonic()
                self.stderr.write(f"{done} of {total} tickets, {done / (last - started):.0f} per second")

        crowd.grow(tickets, progress)
