"""`demo`: the demo world on an empty installation, or with `--tickets N` a large one on top."""

import time
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from helpdesk.demo import counting, crowd, shelves, world


class Command(BaseCommand):
    help = "Builds the demo world: agents, customers, queues and tickets in four languages."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where people exist already")
        parser.add_argument("--tickets", type=int, metavar="N", help="go on until there are N tickets")
        parser.add_argument("--articles", type=int, metavar="N", help="go on until there are N articles")

    def handle(self, *args, if_empty: bool, tickets: int | None, articles: int | None, **options):
        empty = not User.objects.filter(system_key__isnull=True).exists()
        if empty:
            count = world.build()
            self.stderr.write(f"The demo world is ready: {count} tickets. Everybody's password is “{world.PASSWORD}”.")
        elif not if_empty and not tickets and not articles:
            raise CommandError("There are people already; the demo world is for an empty installation.")
        if tickets:
            crowd.grow(tickets, self._progress("tickets"))
            crowd.let_clocks_follow()
            counting.tell_later()
        if articles:
            shelves.grow(articles, self._progress("articles"))

    def _progress(self, what: str) -> Callable[[int, int], None]:
        started = last = time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > 5 or done == total:
                last = time.monotonic()
                self.stderr.write(f"{done} of {total} {what}, {done / (last - started):.0f} per second")

        return progress
