"""A whole Helpdesk as a newcomer starts it, and a mail server on the other side that keeps what it is sent."""

import email
import email.policy
import os
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(question: Callable[[], object], *, seconds: float = 30, what: str = "it") -> object:
    """Ask again and again until the answer is truthy; fails with `what` when it never is."""
    end = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


@dataclass
class Received:
    """One message that left the house: its envelope and its parsed text."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()


@dataclass
class Sink:
    """An SMTP server that accepts everything."""

    received: list[Received] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 OK"

    def to(self, address: str) -> list[Received]:
        return [mail for mail in self.received if address in mail.recipients]


class Installation:
    """`bin/run` with a data folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port, self.mail_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sink = Sink()
        self.controller = Controller(self.sink, hostname="127.0.0.1", port=free_port())
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.controller.start()
        self.log = (self.folder / "run.log").open("wb")
        self.process = subprocess.Popen(
            [str(ROOT / "bin" / "run"), "--port", str(self.port), "--data", str(self.folder / "data")],
            env=self.environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        try:
            until(self._is_ready, seconds=300, what="the start")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.controller.stop()
        self.log.close()
        return code

    def environment(self) -> dict[str, str]:
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("HELPDESK_", "DATABASE_", "REDIS_", "DJANGO_"))
        }
        return inherited | {
            "HELPDESK_SMTP_URL": f"smtp://127.0.0.1:{self.controller.port}",
            "HELPDESK_MAIL_PORT": str(self.mail_port),
            "HELPDESK_BASE_URL": self.url,
        }

    def manage(self, *arguments: str, stdin: bytes = b"") -> str:
        """`bin/manage` on this installation; returns what it printed."""
        environment = self.environment() | {"HELPDESK_DATA": str(self.folder / "data")}
        command = [str(ROOT / "bin" / "manage"), *arguments]
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def mail(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.mail_port) as server:
            server.send_message(message, sender, [recipient])

    def _is_ready(self) -> bool:
        assert self.process
        assert self.process.poll() is None, (self.folder / "run.log").read_text()
        try:
            return httpx.get(f"{self.url}/healthz/ready").status_code == 200
        except httpx.TransportError:
            return False


def write(sender: str, recipient: str, subject: str, text: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Message-ID"] = f"<{time.time_ns()}.{os.getpid()}@customer.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message
