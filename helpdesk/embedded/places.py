"""Where one installation keeps what: every folder and small file below its data folder."""

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.console import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT_DATA = ROOT / ".data"
# `sun_path` of a Unix socket holds 108 bytes, the closing zero included.
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Places:
    """The data folder of one installation and what lies in it."""

    data: Path

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """Sockets, locks and ports: of use only while something runs."""
        return self.data / "run"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def postgres_elsewhere(self) -> Path:
        """A file that names the folder of the database where it could not be put below the data folder."""
        return self.data / "postgres.location"

    @property
    def postgres(self) -> Path:
        """The files of the database."""
        with suppress(FileNotFoundError):
            return Path(self.postgres_elsewhere.read_text().strip())
        return self.data / "postgres"

    def make(self) -> None:
        """Create what is missing; nothing that exists is changed."""
        for folder in (self.data, self.logs, self.run, self.secrets, self.valkey):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.data.stat().st_uid
        if owner != os.geteuid() and os.geteuid() != 0:
            raise Trouble(f"The data folder {self.data} belongs to another user: choose another one.")


def discard(places: Places) -> None:
    """Remove an installation whose servers are stopped, and its database wherever that lies."""
    if places.postgres_elsewhere.exists():
        shutil.rmtree(places.postgres.parent, ignore_errors=True)
    shutil.rmtree(places.data, ignore_errors=True)


def chosen_data_folder(given: str | None) -> Path:
    """The data folder by argument, else by `HELPDESK_DATA`, else `.data` in the checkout."""
    return Path(given or os.environ.get("HELPDESK_DATA") or DEFAULT_DATA).expanduser().resolve()


def kept_secret(file: Path) -> str:
    """The secret in this file, made on first use and readable by its owner alone."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        write_private(draft, secrets.token_urlsafe(48))
        # Two first starts at once must agree: whoever links first has made the secret.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, and see it onto the disk."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def socket_folder(home: Path) -> Path:
    """`home/run`, or a private folder below the system's temporary one where that path cannot be a socket's.

    It may be too long, or hold a comma, which PostgreSQL's clients take for the end of one host in a list.
    """
    folder = home / "run"
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(folder):
        return folder
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"helpdesk-{os.geteuid()}-{name}"


def make_private(folder: Path) -> None:
    """Create the folder for ourselves alone; refuse one that somebody else put there before us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise Trouble(f"{folder} is not a folder of this user: remove it and start again.")
    folder.chmod(0o700)
