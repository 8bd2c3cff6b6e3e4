"""Makes the files of a new database, complete or not at all."""

import os
import re
import shutil

from helpdesk.embedded.console import FULL_DISK, Trouble, is_full_disk
from helpdesk.embedded.footing import Footing

ROLE = DATABASE = "helpdesk"
# For a small machine, and written into postgresql.conf: whoever knows better may change them there.
SETTINGS = {
    "max_connections": "100",
    # one transaction may touch all tables with their indexes: a backup, a check of everything
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
ROOM_NEEDED = 64 * 1024 * 1024
# Only our role, only over the socket, only with its password. Nobody can log in as the superuser.
ACCESS = f"local all {ROLE} scram-sha-256\n"


def make_cluster(footing: Footing, *, password: str, durable: bool) -> None:
    """Build the cluster in a draft folder and put it in place at the end, so that a kill leaves no half of it."""
    draft = footing.files.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    _initialise(footing, draft=str(draft), durable=durable)
    (draft / "pg_hba.conf").write_text(ACCESS)
    _make_role(footing, draft=str(draft), password=password)
    draft.rename(footing.files)
    _settle_on_disk(str(footing.files.parent))


def _initialise(footing: Footing, *, draft: str, durable: bool) -> None:
    options = ["--username=postgres", "--auth=reject", "--encoding=UTF8", "--locale=C"]
    # The wheel is built without ICU: sorting for people happens in Python.
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [f"--set={name}={value}" for name, value in SETTINGS.items()]
    options += [] if durable else ["--no-sync"]
    _run(footing, "initdb", "-D", draft, *options)


def _make_role(footing: Footing, *, draft: str, password: str) -> None:
    # The single-user mode needs no login: the superuser never gets a password.
    statements = f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"
    _run(footing, "postgres", "--single", "-D", draft, "postgres", statements=statements)


def _run(footing: Footing, program: str, *arguments: str, statements: str = "") -> None:
    done = footing.run(program, *arguments, statements=statements)
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise Trouble(_reason(done.stderr, footing))


def _reason(output: str, footing: Footing) -> str:
    if is_full_disk(output, folder=footing.files.parent, needed=ROOM_NEEDED):
        return FULL_DISK
    said = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s+(.*)", output) or output.strip().splitlines()[-1:]
    return "The database could not be made: " + (said[0] if said else "PostgreSQL gave no reason.")


def _settle_on_disk(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
