"""`bin/bench`: measures on servers and a data folder of its own, one for each size, kept for the next time.

The drills (F03, K01, mail_faults, ...) are started from here, too: they kill, so they get an installation that is
thrown away.
"""

import argparse
import re
import sys
from pathlib import Path

from helpdesk.drills.__main__ import main as drills
from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import finish
from helpdesk.embedded.environment import application_environment
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT, Places
from helpdesk.embedded.services import services

FOLDER = ROOT / ".cache" / "bench"
DRILL = re.compile(r"[FK]\d\d|mail_faults")


def main(arguments: list[str]) -> int:
    if any(DRILL.fullmatch(argument) for argument in arguments):
        return drills(arguments)
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--tickets", default="20000")
    chosen, _others = parser.parse_known_args(arguments)
    places = Places((chosen.data or FOLDER / chosen.tickets).expanduser().resolve())
    compile_stale_catalogues()
    with services(places) as running:
        command = [sys.executable, str(ROOT / "manage.py"), "bench", *arguments]
        return run_in_foreground(command, environment=application_environment(places, running), folder=ROOT)


if __name__ == "__main__":
    finish(main)
