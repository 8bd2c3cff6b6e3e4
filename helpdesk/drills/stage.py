"""The installation of a drill: `bin/run` with servers that the drill itself may stop, a mail server beyond, a world."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections
from django.test import Client

from accounts.models import User
from accounts.people import create_person, system_actor
from accounts.roles import create_role
from helpdesk.embedded.places import Places
from helpdesk.embedded.ports import free_port
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.processes import is_alive, wait_until
from helpdesk.embedded.valkey import Valkey
from mail.models import Address
from tickets.actions.queues import save_queue
from tickets.models import Queue
from tickets.rights import grant

ADDRESS = "support@drill.example"
AGENTS = 50
Answer = TypeVar("Answer")


class Unfinished(Exception):
    """Something that had to happen did not happen in time."""


def wait_for(question: Callable[[], object], *, seconds: float, what: str) -> float:
    """Ask until the answer is yes; returns how long that took. While the database is away, the answer is no."""
    started = time.monotonic()
    while not asked(question):
        if time.monotonic() - started > seconds:
            raise Unfinished(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.1)
    return time.monotonic() - started


def wait_for_number(number: Callable[[], int | None], *, wanted: int, seconds: float, what: str) -> None:
    """Until it has come so far. That takes its time on a busy machine: wrong is only if it stands still for so long."""
    reached, since = asked(number) or 0, time.monotonic()
    while reached < wanted:
        if time.monotonic() - since > seconds:
            raise Unfinished(f"{what} did not happen within {seconds:g} s, there are {reached}")
        time.sleep(0.1)
        now = asked(number) or 0
        if now > reached:
            reached, since = now, time.monotonic()


def asked(question: Callable[[], Answer]) -> Answer | None:
    try:
        close_old_connections()
        return question()
    except (OperationalError, InterfaceError):
        return None


@dataclass
class Sink:
    """The mail server beyond: takes everything and remembers how often it was given each message.

    A drill may give it moods: what it answers to a recipient, and what it does with a message after it has taken it.
    """

    taken: Counter[str] = field(default_factory=Counter)
    refuses: Callable[[str], str] = lambda _recipient: ""
    afterwards: Callable[[Any, str], Awaitable[None]] | None = None

    async def handle_RCPT(  # noqa: N802 - the library's names
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refusal := self.refuses(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode(errors="replace")
        line = next(line for line in head.split("\r\n") if line.lower().startswith("message-id:"))
        self.taken[line.split(":", 1)[1].strip()] += 1
        if self.afterwards is not None:
            await self.afterwards(server, envelope.rcpt_tos[0])
        return "250 OK"


@dataclass(frozen=True)
class Agent:
    """Somebody who is signed in; `cookie` is what the browser sends."""

    user: User
    cookie: str


class Stage:
    """Running processes, and what the drills may do to them."""

    def __init__(self, folder: Path, *, settings_module: str = "helpdesk.settings") -> None:
        self.folder, self.settings_module = folder, settings_module
        servers = Places(folder / "servers")
        self.postgres, self.valkey = Postgres(servers), Valkey(servers)
        self.data = folder / "data"
        self.port, self.mail_port = free_port(), free_port()
        self.sink = Sink()
        self.mail_server = Controller(self.sink, hostname="127.0.0.1", port=free_port())
        self.queue: Queue
        self.agents: list[Agent] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        self.data.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        self._make_world()
        self.mail_server.start()
        with (self.data / "run.out").open("wb") as log:
            self.supervisor = subprocess.Popen(self._command(), env=self.environment(), stdout=log, stderr=log)  # noqa: S603
        try:
            wait_for(self._is_ready, seconds=240, what="the start")
            yield
        finally:
            self.supervisor.terminate()
            self.supervisor.wait(timeout=30)
            self.mail_server.stop()

    def kill(self, name: str) -> bool:
        """`kill -9` for a process of ours and all it started; false when it is not there at the moment."""
        process = self.process(name)
        if process is None:
            return False
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        return True

    def process(self, name: str) -> int | None:
        """The process of ours whose command line has this word."""
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if parent == self.supervisor.pid and name.encode() in words and is_alive(int(entry.name)):
                    return int(entry.name)
        return None

    def kill_server(self, server: Postgres | Valkey) -> None:
        process = server._running()  # noqa: SLF001 - what a drill is for
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            wait_until(lambda: not is_alive(process), seconds=10)

    def _make_world(self) -> None:
        self.queue = save_queue(Queue(name="Support"), by=system_actor("system"))
        Address.objects.create(address=ADDRESS, queue=self.queue, name="Drill Support")
        role = create_role(name="Team")
        grant(role, self.queue, "write")
        for number in range(AGENTS):
            user = create_person(email=f"agent{number}@drill.example", name=f"Agent {number}", is_agent=True)
            user.groups.add(role)
            self.agents.append(Agent(user, cookie_of(user)))

    def _command(self) -> list[str]:
        options = ["--port", str(self.port), "--data", str(self.data), "--no-demo"]
        return [sys.executable, "-P", "-m", "helpdesk.embedded.supervisor", *options]

    def environment(self) -> dict[str, str]:
        """The addresses of the servers are given, so that nobody but the drill starts or stops them."""
        return os.environ | {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "HELPDESK_SMTP_URL": f"smtp://127.0.0.1:{self.mail_server.port}",
            "HELPDESK_MAIL_PORT": str(self.mail_port),
            "HELPDESK_MAIL_NETWORKS": "private",
            "HELPDESK_BASE_URL": f"http://127.0.0.1:{self.port}",
            "HELPDESK_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(settings.BASE_DIR),
            "DJANGO_SETTINGS_MODULE": self.settings_module,
        }

    def _is_ready(self) -> bool:
        if self.supervisor.poll() is not None:
            raise Unfinished((self.data / "run.out").read_text())
        return "Ctrl-C" in (self.data / "run.out").read_text()


def cookie_of(user: User) -> str:
    """A session of this person, as the browser would send it."""
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
