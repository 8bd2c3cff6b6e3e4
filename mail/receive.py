"""The SMTP and LMTP doors: a message gets its 250 only when it can no longer be lost.

They stand behind a mail server or serve it directly; they take mail for our own addresses and nothing else. Whatever
goes wrong here is answered with 451, so that the sending server keeps the message and tries again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from core.memo import for_a_moment
from core.text import strip_nul
from mail import intake
from mail.addressing import address_for, by_queue
from mail.models import Incoming
from mail.receiver_room import Coming, Room
from mail.receiver_tls import Certificate

log = logging.getLogger(__name__)
# The library tells every command of every client, addresses included; only its troubles belong into our log.
logging.getLogger("mail.log").setLevel(logging.WARNING)

PARALLEL_WRITES = 4
MAX_RECIPIENTS = 100
# Commands are short; only within a message may a line be as long as the message.
MAX_COMMAND = 64 * 1024
SILENCE_SECONDS = 300

STORED = "250 2.0.0 The message is stored"
TRY_AGAIN = "451 4.3.0 The message cannot be stored now, please try again later"
NO_ROOM = "421 4.3.2 Too much mail comes in just now, please try again later"
UNKNOWN = "550 5.1.1 There is no such mailbox here"
TOO_MANY = "452 4.5.3 Too many recipients"

Result = TypeVar("Result")


class Writers:
    """Threads with a database connection each, and the room for messages that come in at the same time."""

    def __init__(self) -> None:
        self.room = Room()
        self.unanswered = 0
        self._threads = ThreadPoolExecutor(PARALLEL_WRITES, thread_name_prefix="mail")

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """A client that hangs up stops the waiting, not the work: what was begun is finished and stored."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_with_connection, work, *arguments))

    def close(self) -> None:
        self._threads.shutdown()


def _with_connection(work: Callable[..., Result], *arguments: Any) -> Result:
    close_old_connections()
    try:
        with for_a_moment():
            return work(*arguments)
    finally:
        close_old_connections()


class Door:
    """What is answered to whom (the handler that aiosmtpd asks); `source` is how the ledger names this door."""

    def __init__(self, source: Incoming.Source, writers: Writers) -> None:
        self.source = source
        self.writers = writers

    async def handle_EHLO(  # noqa: N802  the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Nobody signs in here, so no way to do so is offered (the library does, within TLS)."""
        session.host_name = hostname
        return [line for line in responses if not line[4:].startswith("AUTH")]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return TOO_MANY
        try:
            ours = await self.writers.run(address_for, [address])
        except (
            DatabaseError,
            InterfaceError,
        ):  # a 550 would send the message back for good; `handle_exception` answers all else
            log.exception("a recipient could not be looked up")
            return TRY_AGAIN
        if ours is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if isinstance(server, _Patient) and server.coming is not None:
            server.coming.is_complete()
        sender = "" if envelope.mail_from == "<>" else strip_nul(envelope.mail_from or "")
        recipients = [strip_nul(recipient) for recipient in envelope.rcpt_tos]
        self.writers.unanswered += 1
        try:
            peer = str(session.peer[0]) if session.peer else ""
            hand_over = (envelope.original_content, self.source, sender, recipients, peer)
            stored = await self.writers.run(_store, *hand_over)
        except Exception:  # whatever it was, LMTP wants an answer for each recipient, and the sender keeps the message
            log.exception("a message could not be stored")
            stored = frozenset()
        finally:
            self.writers.unanswered -= 1
        return self.answer([recipient in stored for recipient in recipients])

    def answer(self, stored: list[bool]) -> str:
        """SMTP has one answer for all: stored only when it is stored for everybody."""
        return STORED if all(stored) else TRY_AGAIN

    async def handle_exception(self, error: Exception) -> str:
        log.error("trouble in a mail transaction", exc_info=error)
        return TRY_AGAIN


class LmtpDoor(Door):
    def answer(self, stored: list[bool]) -> str:
        """LMTP answers for each recipient in the order of the RCPT commands (RFC 2033, 4.2)."""
        return "\r\n".join(STORED if one else TRY_AGAIN for one in stored)


def _store(raw: bytes, source: str, sender: str, recipients: list[str], peer: str = "") -> frozenset[str]:
    """Keep a message once for each queue it is for; returns the recipients that now have it.

    Two of our queues are two mailboxes, as two people would be. When the second fails, the sender repeats the whole
    message and the ledger knows the first again.
    """
    stored: set[str] = set()
    for group in by_queue(recipients):
        try:
            intake.accept(raw, intake.Envelope(source, sender=sender, recipients=group, peer=peer))
        except Exception:  # the other groups are stored and told so; who gets a 451 for this one sends it again
            log.exception("a message for %s could not be stored", ", ".join(group))
        else:
            stored.update(group)
    return frozenset(stored)


class _Patient(SMTP):
    """Takes lines as long as a message (stock refuses any beyond 1,001 bytes for good), and so many at a time."""

    line_length_limit = settings.MAIL_MAX_BYTES
    coming: Coming | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._limit_lines(MAX_COMMAND)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        room: Room = self.event_handler.writers.room
        peer = str(self.session.peer[0]) if self.session and self.session.peer else ""
        if not await room.enter(peer):
            self._send_away()
            return
        self.coming = Coming(room, peer, self._send_away)
        self._limit_lines(self.line_length_limit)
        try:
            await super().smtp_DATA(arg)
        finally:
            self._limit_lines(MAX_COMMAND)
            self.coming.end()
            self.coming = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.coming is not None:
            self.coming.take(len(data))

    def _send_away(self) -> None:
        """The connection ends with that, so LMTP says it once, too."""
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is not None and not transport.is_closing():
            transport.write(f"{NO_ROOM}\r\n".encode())
            transport.close()

    def _limit_lines(self, limit: int) -> None:
        """So much is read ahead, too: the library sets it once for the whole connection, asyncio knows no other way."""
        self._reader._limit = limit  # type: ignore[attr-defined]


class _Lmtp(LMTP, _Patient):
    """A message refused as a whole (too large) needs an answer for each recipient, too."""

    _asked_for_data = False

    async def push(self, status: str) -> None:  # type: ignore[override]  # the library pushes nothing but text
        answers = 1
        if status.startswith("354"):
            self._asked_for_data = True
        elif self._asked_for_data and self.envelope is not None:
            self._asked_for_data = False
            # Empty once the message has been dealt with; then `status` has one line for each already.
            answers = max(1, len(self.envelope.rcpt_tos))
        await super().push("\r\n".join([status] * answers))


async def serve(*, host: str, port: int, stop: Awaitable[object], ready: Callable[[], None] = lambda: None) -> None:
    """SMTP on `port` and LMTP on the next one until `stop` is over; what is being stored then is still answered."""
    writers, certificate = Writers(), Certificate()
    loop = asyncio.get_running_loop()
    smtp = partial(_protocol, _Patient, Door(Incoming.Source.SMTP, writers), certificate)
    lmtp = partial(_protocol, _Lmtp, LmtpDoor(Incoming.Source.LMTP, writers), certificate)
    listening = [await loop.create_server(smtp, host, port), await loop.create_server(lmtp, host, port + 1)]
    ready()
    await stop
    for server in listening:
        server.close()
    while writers.unanswered:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)  # the last answers go out
    writers.close()
    connections.close_all()


def _protocol(kind: type[SMTP], door: Door, certificate: Certificate) -> SMTP:
    return kind(
        door,
        data_size_limit=settings.MAIL_MAX_BYTES,
        enable_SMTPUTF8=True,
        hostname=urlsplit(settings.BASE_URL).hostname or "localhost",
        ident="LMTP" if issubclass(kind, LMTP) else "ESMTP",
        auth_exclude_mechanism=("LOGIN", "PLAIN"),
        timeout=SILENCE_SECONDS,
        tls_context=certificate.context(),
        loop=asyncio.get_running_loop(),
    )
