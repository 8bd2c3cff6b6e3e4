"""`bench`: the command behind bin/bench. Makes the world, runs the targets, prints one JSON object per line."""

import json
import logging
import time
from collections.abc import Callable, Sequence

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from helpdesk.bench.dataset import Ground, NotOurs, prepare
from helpdesk.bench.measuring import REPEAT, Result
from helpdesk.bench.targets import ALONE, TARGETS

COLUMNS = ("name", "tickets", "n", "queries", "median_ms", "p95_ms", "per_s", "peak_mb")


class Command(BaseCommand):
    help = "Measures how quick Helpdesk is, on a large demo world. Use it by bin/bench, which has a data folder for it."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of them, or: {', '.join(TARGETS)}")
        parser.add_argument("--tickets", type=int, default=20_000, help="size of the world (%(default)s)")
        parser.add_argument("--repeat", type=int, default=REPEAT, help="how often each act is timed (%(default)s)")
        parser.add_argument("--agents", type=int, default=500, help="open pages of the target live (%(default)s)")
        parser.add_argument("--data", metavar="DIR", help="data folder (.cache/bench/TICKETS)")
        parser.add_argument("--table", action="store_true", help="a table for people instead of JSON")

    def handle(
        self, *args, names: Sequence[str], tickets: int, repeat: int, agents: int, table: bool, **options
    ) -> None:
        if unknown := set(names) - set(TARGETS):
            raise CommandError(f"There is no target {', '.join(unknown)}. There are: {', '.join(TARGETS)}.")
        logging.getLogger().setLevel(logging.WARNING)
        chosen = names or list(TARGETS)
        if not set(chosen) <= set(ALONE):
            self._prepare(tickets)
        show = self._row if table else self._line
        if table:
            self.stdout.write("".join(f"{name:>18}" for name in COLUMNS))
        for name in chosen:
            for result in TARGETS[name](Ground(tickets, repeat=repeat, agents=agents)):
                show(result)

    def _prepare(self, tickets: int) -> None:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            prepare(tickets, self._progress())
        except NotOurs as reason:
            raise CommandError(str(reason)) from reason

    def _progress(self) -> Callable[[int, int], None]:
        last = started = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > 5 or done == total:
                last = time.monotonic()
                self.stderr.write(f"{done} of {total} tickets, {done / (last - started):.0f} per second")

        return tell

    def _line(self, result: Result) -> None:
        self.stdout.write(json.dumps(result.as_dict()))
        self.stdout.flush()

    def _row(self, result: Result) -> None:
        facts = result.as_dict()
        self.stdout.write("".join(f"{'' if facts[name] is None else facts[name]!s:>18}" for name in COLUMNS))
        self.stdout.flush()
