"""Programs of the operating system that only tests need: installed where that is possible, else missed aloud."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.console import say


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program by any of its names, the Debian package that brings it, and what is not tested without it."""

    names: tuple[str, ...]
    package: str
    tests: str

    def is_there(self) -> bool:
        return any(shutil.which(name) for name in self.names)


PROGRAMS = (
    Program(
        names=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        package="chromium",
        tests="the browser tests",
    ),
)


def install_missing(remembered: Path) -> None:
    """Install what is missing, once: where it failed, the file `remembered` keeps the next runs from trying again."""
    missing = [program for program in PROGRAMS if not program.is_there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get") and not remembered.exists():
        packages = [program.package for program in missing]
        say(f"Installing {', '.join(packages)} for the tests ...")
        _apt_get("update")
        if not _apt_get("install", "--yes", "--no-install-recommends", *packages):
            remembered.parent.mkdir(parents=True, exist_ok=True)
            remembered.write_text("Remove this file to try again.\n")
    for program in PROGRAMS:
        if not program.is_there():
            say(f"SKIPPED: {program.tests}, because {program.package} is not installed.")


def _apt_get(*arguments: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "--quiet", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False).returncode == 0
