"""Programs of the operating system that only tests need: installed where that is possible, else missed aloud."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.console import say

# Another apt-get may be at work on a fresh machine, and a mirror may stumble.
PATIENCE = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")
LINES_OF_TROUBLE = 5


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program by any of its names, the best first, the Debian package of that one, and what needs it."""

    names: tuple[str, ...]
    package: str
    tests: str

    def path(self) -> str | None:
        return next(filter(None, map(shutil.which, self.names)), None)

    def is_best(self) -> bool:
        return shutil.which(self.names[0]) is not None

    def missed(self) -> str:
        return f"{self.package} is not installed (on Debian: apt-get install {self.package})"


CHROMIUM = Program(
    # The same engine without the window around it, which idles at the cost of a sixth of a processor.
    names=("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    package="chromium-headless-shell",
    tests="the browser tests",
)
PROGRAMS = (CHROMIUM,)


def install_missing(remembered: Path) -> None:
    """Install what is missing, once: where it failed, the file `remembered` keeps the next runs from trying again.

    Where nobody watches (`CI`) the best is worth an installation too; elsewhere what is there will do.
    """
    enough = Program.is_best if os.environ.get("CI") else Program.path
    missing = [program for program in PROGRAMS if not enough(program)]
    if missing and not remembered.exists() and (apt_get := _apt_get()):
        packages = [program.package for program in missing]
        say(f"Installing {', '.join(packages)} for the tests ...")
        _run(*apt_get, "update")
        if trouble := _run(*apt_get, "install", "--yes", "--no-install-recommends", *packages):
            say(f"It could not be installed; remove {remembered} to try again.\n{trouble}")
            remembered.parent.mkdir(parents=True, exist_ok=True)
            remembered.write_text("Remove this file to try again.\n")
    for program in PROGRAMS:
        if not program.path():
            say(f"SKIPPED: {program.tests}, because {program.missed()}.")


def _apt_get() -> list[str]:
    """How to call it here; empty where packages cannot be installed, or not without asking somebody for a password."""
    if not shutil.which("apt-get"):
        return []
    command = ["apt-get", "--quiet", *PATIENCE]
    if os.geteuid() == 0:
        return command
    may = shutil.which("sudo") and not _run("sudo", "--non-interactive", "true")
    return ["sudo", "--non-interactive", "DEBIAN_FRONTEND=noninteractive", *command] if may else []


def _run(*command: str) -> str:
    """What it complained about, empty when it went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    if done.returncode == 0:
        return ""
    return (
        "\n".join((done.stderr or done.stdout).splitlines()[-LINES_OF_TROUBLE:]) or f"It ended with {done.returncode}."
    )
