"""`python -m helpdesk.drills [NAME ...] [--small] [--keep]`: servers that nobody else uses, and the drills on them.

The servers are the embedded ones, as durable as in real life; the drills may kill them (HELPDESK_DRILL says where).
"""

import os
import shutil
import sys

from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import finish, say
from helpdesk.embedded.environment import application_environment
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT, Places, discard
from helpdesk.embedded.services import services

FOLDER = ROOT / ".cache" / "drill"


def main(arguments: list[str]) -> int:
    for name in [name for name in os.environ if name.startswith("HELPDESK_")] + ["DATABASE_URL", "REDIS_URL"]:
        os.environ.pop(name, None)
    keep = "--keep" in arguments
    arguments = [argument for argument in arguments if argument != "--keep"]
    folder = FOLDER / str(os.getpid())
    places = Places(folder / "servers")
    compile_stale_catalogues()
    try:
        with services(places) as running:
            environment = application_environment(places, running)
            environment |= {"HELPDESK_DRILL": str(folder), "HELPDESK_DATA": str(folder / "data")}
            command = [sys.executable, str(ROOT / "manage.py"), "drill", *arguments]
            return run_in_foreground(command, environment=environment, folder=ROOT)
    finally:
        discard(places)
        if keep:
            say(f"The logs are in {folder / 'data' / 'logs'}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    finish(main)
