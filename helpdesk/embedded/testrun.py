"""`bin/test`: runs pytest on servers of its own, so that it may run beside `bin/run` and beside itself."""

import os
import sys
from pathlib import Path

from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import finish
from helpdesk.embedded.environment import application_environment
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT, Places, discard
from helpdesk.embedded.processes import is_alive
from helpdesk.embedded.services import services_for_tests, stop_services
from helpdesk.embedded.system_packages import install_missing

CACHE = ROOT / ".cache"


def main(arguments: list[str]) -> int:
    install_missing(CACHE / "no-system-packages")
    compile_stale_catalogues()
    _clear_after_killed_runs(CACHE / "test")
    places = Places(CACHE / "test" / str(os.getpid()))
    try:
        with services_for_tests(places) as running:
            command = [sys.executable, "-m", "pytest", *with_defaults(arguments)]
            environment = application_environment(places, running)
            # A run starts some hundred processes of ours: each would compile what the others have compiled.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            return run_in_foreground(command, environment=environment, folder=ROOT)
    finally:
        discard(places)


def with_defaults(arguments: list[str]) -> list[str]:
    """Four workers, and all tests unless the arguments name some. Options given later win over these.

    Four also on two cores, because some are long busy with tests that wait more than they work.
    """
    names_tests = any("::" in argument or (ROOT / argument).exists() for argument in arguments if argument[:1] != "-")
    return ["-n", "4", "--dist", "loadgroup", *arguments, *([] if names_tests else ["tests"])]


def _clear_after_killed_runs(folder: Path) -> None:
    """Stop and remove the servers of runs that could not do it themselves."""
    for left in folder.glob("*"):
        if left.name.isdigit() and (int(left.name) == os.getpid() or not is_alive(int(left.name))):
            stop_services(Places(left))
            discard(Places(left))


if __name__ == "__main__":
    finish(main)
