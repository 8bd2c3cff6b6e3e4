"""Real protocols for the tests of mail: our receiver on a port of its own, and a server that takes what we send."""

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from django.db import connections

from mail import receive
from mail.connections import close_all
from mail.intake import Envelope, accept, process
from mail.models import Incoming


@dataclass
class Receiver:
    host: str
    port: int

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP(self.host, self.port, timeout=10)

    def lmtp(self) -> smtplib.LMTP:
        return smtplib.LMTP(self.host, self.port + 1, timeout=10)

    def hand_in(self, raw: bytes, *to: str, sender: str = "dana@acme.example") -> Incoming:
        """Deliver over SMTP; returns the newest row of the ledger."""
        with self.smtp() as client:
            client.sendmail(sender, list(to) or ["support@demo.example"], raw)
        return Incoming.objects.order_by("-pk")[0]


@pytest.fixture
def receiver(db, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Our receiver in a thread; it uses the test's own database connection, so that the test's rows are there."""
    ours = connections["default"]
    ours.inc_thread_sharing()
    started, stop = threading.Event(), []

    def writers(self: receive.Writers) -> None:
        _real_writers(self)
        self._threads = ThreadPoolExecutor(1, initializer=lambda: connections.__setitem__("default", ours))

    _real_writers = receive.Writers.__init__
    monkeypatch.setattr(receive.Writers, "__init__", writers)
    monkeypatch.setattr(receive, "close_old_connections", lambda: None)
    port = free_ports()

    async def run() -> None:
        stop.extend([asyncio.get_running_loop(), asyncio.Event()])
        await receive.serve(host="127.0.0.1", port=port, stop=stop[1].wait(), ready=started.set)

    thread = threading.Thread(target=asyncio.run, args=[run()], daemon=True)
    thread.start()
    assert started.wait(10)
    yield Receiver("127.0.0.1", port)
    stop[0].call_soon_threadsafe(stop[1].set)
    thread.join(10)
    ours.dec_thread_sharing()


def free_ports() -> int:
    """A port that is free together with the next one."""
    for _try in range(50):
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise RuntimeError("no two neighbouring ports are free")


@dataclass
class Sent:
    """One message as a server got it, with its envelope."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class Sink:
    """A mail server that keeps what it gets. `answers` maps a recipient or a command to a refusal; `once` forgets it."""

    port: int = 0
    sent: list[Sent] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    after_data: Callable[[SMTP], None] | None = None

    def _answer(self, name: str, good: str) -> str:
        if name in self.once:
            self.once.discard(name)
            return self.answers.pop(name)
        return self.answers.get(name, good)

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        answer = self._answer("MAIL", "250 OK")
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        answer = self._answer(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self._answer("DATA", "250 OK")
        if answer.startswith("2"):
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            self.sent.append(Sent(sender, list(envelope.rcpt_tos), envelope.original_content))
            if self.after_data:
                self.after_data(server)
        return answer


@contextmanager
def running_sink(*, tls: ssl.SSLContext | None = None) -> Iterator[Sink]:
    """With encryption from the start when there is a certificate for it."""
    sink, started, box = Sink(), threading.Event(), []

    async def run() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(
            lambda: SMTP(sink, enable_SMTPUTF8=True, hostname="sink.example", loop=loop), "127.0.0.1", 0, ssl=tls
        )
        sink.port = server.sockets[0].getsockname()[1]
        box.extend([loop, stop])
        started.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=[run()], daemon=True)
    thread.start()
    assert started.wait(10)
    yield sink
    close_all()
    box[0].call_soon_threadsafe(box[1].set)
    thread.join(10)


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """What `HELPDESK_SMTP_URL` points to while the test runs."""
    with running_sink() as sink:
        settings.SMTP_URL = f"smtp://127.0.0.1:{sink.port}"
        yield sink


@pytest.fixture
def other_sink() -> Iterator[Sink]:
    """One more, that nothing points to."""
    with running_sink() as sink:
        yield sink


@pytest.fixture
def take_in(world) -> Callable[..., Incoming]:
    """Store a message as a door does and deal with it; returns its row."""

    def take(raw: bytes, *to: str, sender: str = "dana@acme.example") -> Incoming:
        recipients = to or ("support@demo.example",)
        incoming = accept(raw, Envelope(Incoming.Source.SMTP, sender=sender, recipients=recipients))
        process(incoming.pk)
        incoming.refresh_from_db()
        return incoming

    return take


@pytest.fixture
def spool_folder(settings, tmp_path: Path) -> Path:
    settings.MAIL_SPOOL = tmp_path / "spool"
    return settings.MAIL_SPOOL


@pytest.fixture
def own_store(settings, tmp_path) -> None:
    """Files in a folder of this test, where other tests have left none."""
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": str(tmp_path / "files")}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
