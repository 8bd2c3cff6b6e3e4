"""Installs the locked libraries into `.venv`. Runs before they are there, so it imports nothing but Python itself.

Called by the scripts in bin/ as `python libraries.py requirements.lock`.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
# The lock of the tests holds every line of the other one (bin/lock sees to it), so it satisfies both.
LARGER_LOCK, SMALLER_LOCK = "requirements-test.lock", "requirements.lock"


def main() -> int:
    lock = ROOT / sys.argv[1]
    if is_installed(lock, venv=VENV):
        return 0
    with _one_at_a_time(ROOT / ".cache"):
        # Another start may have done it while we waited.
        if is_installed(lock, venv=VENV):
            return 0
        return _install(lock)


def is_installed(lock: Path, *, venv: Path) -> bool:
    """Whether the virtual environment was made for exactly this lock, or for a larger one that includes it."""
    try:
        return fingerprint(lock) in (venv / "installed").read_text().split()
    except FileNotFoundError:
        return False


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def satisfied_by(lock: Path) -> list[Path]:
    """The locks that hold once this one is installed."""
    return [lock, lock.with_name(SMALLER_LOCK)] if lock.name == LARGER_LOCK else [lock]


def _install(lock: Path) -> int:
    _say("Installing the libraries into .venv (the first time takes a minute or two) ...")
    marker = VENV / "installed"
    marker.unlink(missing_ok=True)
    # Without pip the folder is what a killed start left behind, or its Python is gone.
    if not (VENV / "bin" / "pip").exists() or not (VENV / "bin" / "python").exists():
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, check=False)
        if made.returncode != 0:
            return _fail("Python could not make a virtual environment; on Debian install python3-venv.", made)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "--require-hashes", "-r", str(lock)], capture_output=True, check=False)
    if installed.returncode != 0:
        return _fail("The libraries could not be installed.", installed)
    marker.write_text("".join(f"{fingerprint(each)}\n" for each in satisfied_by(lock)))
    return 0


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / "install.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another start is installing the libraries; waiting for it ...")
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def _fail(text: str, done: subprocess.CompletedProcess[bytes]) -> int:
    output = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
    _say("\n".join([text, *(f"  {line}" for line in output[-8:])]))
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        _say(f"The libraries could not be installed: {error}.")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
