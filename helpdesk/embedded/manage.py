"""`bin/manage`: Django's command line in the environment of `bin/run`, against the same servers."""

import os
import sys

from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import finish
from helpdesk.embedded.environment import application_environment
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT, Places, chosen_data_folder
from helpdesk.embedded.services import services


def main(arguments: list[str]) -> int:
    places = Places(chosen_data_folder(None))
    compile_stale_catalogues()
    with services(places) as running:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return run_in_foreground(command, environment=application_environment(places, running))


if __name__ == "__main__":
    # Mail servers read the exit code of `receive_mail`: what keeps it from running is temporary, they shall try again.
    finish(main, code_for_trouble=os.EX_TEMPFAIL)
