"""The embedded PostgreSQL of one data folder: started or adopted, watched, stopped."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from urllib.parse import quote

from helpdesk.embedded.cluster import DATABASE, ROLE, make_cluster
from helpdesk.embedded.console import FULL_DISK, Trouble, is_full_disk, say
from helpdesk.embedded.footing import Footing, find_footing
from helpdesk.embedded.logs import added, open_log, size
from helpdesk.embedded.places import SOCKET_NAME, Places, kept_secret, socket_folder
from helpdesk.embedded.processes import is_server, wait_until

# Nothing here keeps anybody waiting for ever except a repair after a crash, which may take long and is announced.
PATIENCE_WITH_A_STOP = 5
PATIENCE_WITH_REMAINS = 60
# Above the largest number that Linux gives to a process.
NO_PROCESS = 2**22 + 1
# What a server says that comes too early after another one was killed: its processes are not all gone yet.
_REMAINS = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists', "is still in use")


class Postgres:
    """One PostgreSQL server; `settings` are added to its command line."""

    name = "PostgreSQL"

    def __init__(self, places: Places, *, settings: Mapping[str, str] | None = None) -> None:
        self._places = places
        self._settings = dict(settings or {})
        self._log = places.logs / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `DATABASE_URL`. The socket's folder is read from the server itself, which may be older than we are."""
        folder = self._pid_file()[4]
        return f"postgresql://{ROLE}:{quote(self._password)}@/{DATABASE}?host={quote(folder)}&port=5432"

    def is_up(self) -> bool:
        return self._running() is not None and self._status() == "ready"

    def start(self) -> None:
        """Start the server, or adopt the one that already runs in this data folder; returns when it answers."""
        if self._running() and self._status() == "stopping":
            say("PostgreSQL is still stopping from before; waiting for it.")
            wait_until(lambda: self._running() is None, seconds=PATIENCE_WITH_REMAINS)
        if self._running() is None:
            if not self._places.postgres.exists():
                say("Making the database ...")
                make_cluster(self._footing, password=self._password, durable=self._settings.get("fsync") != "off")
            self._launch()
        else:
            self._wait_until_ready(since=size(self._log))

    def stop(self) -> None:
        """End all connections and stop; a server that takes too long is ended hard and repairs itself next time."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process = self._present()
            if process is None:
                break
            with suppress(ProcessLookupError):
                os.kill(process, number)
            wait_until(lambda: self._present() is None, seconds=PATIENCE_WITH_A_STOP)
        # The socket's folder, where it had to be a temporary one; `data/run` holds other things and stays.
        with suppress(OSError):
            socket_folder(self._places.data).rmdir()

    @cached_property
    def _footing(self) -> Footing:
        return find_footing(self._places)

    @cached_property
    def _password(self) -> str:
        return kept_secret(self._places.secrets / "database_password")

    def _launch(self) -> None:
        """Start the server, again if need be until the remains of a killed one are gone."""
        end = time.monotonic() + PATIENCE_WITH_REMAINS
        while True:
            self._disown_lock_files()
            with open_log(self._log) as log:
                since = size(self._log)
                self._process = self._footing.start("postgres", *self._arguments(), log=log)
            try:
                return self._wait_until_ready(since=since)
            except Trouble:
                if time.monotonic() > end or not any(words in added(self._log, since=since) for words in _REMAINS):
                    raise
                time.sleep(0.3)

    def _arguments(self) -> list[str]:
        self._places.postgres.chmod(0o700)
        folder = str(self._footing.sockets).replace('"', '""')
        settings = {
            # No network at all: the socket lies in a folder that only its owner may enter.
            "listen_addresses": "",
            "unix_socket_directories": f'"{folder}"',
            "unix_socket_permissions": "0700",
            "port": "5432",
            "logging_collector": "off",
            "log_destination": "stderr",
            # Whoever watches us starts it anew. By itself it would try a hundred times a second on a full disk, and
            # one of those repairs now and then waits for ever.
            "restart_after_crash": "off",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ["-D", str(self._places.postgres), *options]

    def _wait_until_ready(self, *, since: int) -> None:
        started = time.monotonic()
        announced = 3.0
        while not self.is_up():
            if self._present() is None:
                raise Trouble(self._reason(added(self._log, since=since)))
            waited = time.monotonic() - started
            if waited > announced:
                announced += 30
                say("PostgreSQL is repairing its files after a crash or a kill; waiting until it is done ...")
            time.sleep(0.05)

    def _reason(self, output: str) -> str:
        if is_full_disk(output, folder=self._places.postgres):
            return FULL_DISK
        if other := re.search(r"initialized by PostgreSQL version (\d+)\S*, which is not compatible", output):
            return (
                f"The database in {self._places.postgres} is one of PostgreSQL {other[1]}, and this version of "
                "Helpdesk brings another: make a backup with the version before and restore it with this one."
            )
        said = re.findall(r"(?:FATAL|PANIC):\s+(.*)", output) or ["it gave no reason"]
        return f"PostgreSQL did not start: {said[-1]}. See {self._log}."

    def _disown_lock_files(self) -> None:
        """Make PostgreSQL see that its old lock files are stale, which it doubts while their number is in use.

        The number may belong to an unrelated process by now, or to a killed server that nobody has collected. It is
        replaced and the file kept, because the rest of it shows PostgreSQL whether parts of that server still run.
        """
        own = self._places.postgres / "postmaster.pid"
        if self._pid_number() == 0:
            own.unlink(missing_ok=True)
        elif self._running() is None:
            lines = [str(NO_PROCESS), *own.read_text().splitlines()[1:]]
            # In place: on a full disk there is no room for another file.
            with own.open("r+") as handle:
                handle.write("\n".join(lines) + "\n")
        (self._footing.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def _present(self) -> int | None:
        """The process of the server we started, which has written no number yet if it is young, else of one adopted."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        return self._running()

    def _running(self) -> int | None:
        """The process of the server of this data folder."""
        if self._process is not None:
            self._process.poll()
        process = self._pid_number()
        if process and is_server(process, program="postgres", folder=self._places.postgres):
            return process
        return None

    def _pid_number(self) -> int:
        number = self._pid_file()[0]
        return int(number) if number.isdigit() else 0

    def _status(self) -> str:
        return self._pid_file()[7].strip()

    def _pid_file(self) -> list[str]:
        """The lines of postmaster.pid: process, folder, time, port, socket folder, address, memory, status."""
        try:
            lines = (self._places.postgres / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        return lines + [""] * (8 - len(lines))
