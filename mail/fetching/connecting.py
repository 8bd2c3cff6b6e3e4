"""Connections to the servers of mailboxes: guarded (core/outside.py), with TLS as the account says, signed in."""

import base64
import imaplib
import poplib
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from core import outside
from mail.fetching.oauth import access_token, forget_access_token
from mail.models import Account

# What servers answer on one line: the numbers of a million messages, but no message.
MAX_LINE = 16 * 1024 * 1024
ROOM = 1024 * 1024
# How the library hands over what a server said.
_BYTES = re.compile(r"""\Ab(['"])(.*)\1\Z""", re.DOTALL)


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a connection, and for each answer on it."""

    connect: float = 10
    read: float = 30


ORDINARY = Patience()


class SignInRefused(Exception):
    """The server knows neither this user nor this password, or does not take the provider's token."""


class NoMailServer(Exception):
    """Whatever answers there does not greet as a mail server does. What it says is not repeated to anybody (T62)."""


class TooMuch(Exception):
    """The server sent more than was asked for."""


def imap(account: Account, *, patience: Patience = ORDINARY) -> IMAPClient:
    """A connection on which the account's user has signed in; the caller closes it."""
    try:
        server = _ImapClient(
            account.host,
            port=account.port,
            ssl=account.security == Account.Security.TLS,
            ssl_context=ssl.create_default_context() if account.security == Account.Security.TLS else None,
            timeout=SocketTimeout(patience.connect, patience.read),
        )
    except IMAPClientError as error:
        raise NoMailServer from error
    server.normalise_times = False  # times with their zones
    try:
        if account.security == Account.Security.STARTTLS:
            server.starttls(ssl.create_default_context())
        _sign_in(account, password=server.login, token=server.oauth2_login, refused=LoginError)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            server.shutdown()
        raise
    return server


def pop3(account: Account, *, patience: Patience = ORDINARY) -> "Pop3":
    """As `imap`, for a server that speaks POP3."""
    try:
        server = Pop3(account.host, account.port, tls=account.security == Account.Security.TLS, patience=patience)
    except poplib.error_proto as error:
        raise NoMailServer from error
    try:
        if account.security == Account.Security.STARTTLS:
            server.stls(context=ssl.create_default_context())
        _sign_in(account, password=server.sign_in, token=server.sign_in_with_token, refused=SignInRefused)
    except BaseException:
        with suppress(OSError):  # the library closes carelessly after a failed handshake
            server.close()
        raise
    return server


def _sign_in(
    account: Account,
    *,
    password: Callable[[str, str], object],
    token: Callable[[str, str], object],
    refused: type[Exception],
) -> None:
    """A token that is refused may have been withdrawn before its time: the next visit gets a new one."""
    try:
        if account.sign_in == Account.SignIn.OAUTH:
            token(account.username, access_token(account))
        else:
            password(account.username, account.password)
    except refused as error:
        if account.sign_in == Account.SignIn.OAUTH:
            forget_access_token(account)
        raise SignInRefused(_BYTES.sub(r"\2", str(error))) from error


class _ImapClient(IMAPClient):
    """Connects through the guard."""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  the library's name
        return _Imap4(self.host, self.port, self._timeout.connect, self.ssl_context if self.ssl else None)


class _Imap4(imaplib.IMAP4):
    """Long lines are taken (the library gives up on mailboxes with many messages), endless literals are not."""

    def __init__(self, host: str, port: int, seconds: float, context: ssl.SSLContext | None) -> None:
        self._seconds = seconds
        self._context = context
        super().__init__(host, port, timeout=seconds)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return _connected(self.host, self.port, self._seconds, self._context)

    def readline(self) -> bytes:
        line: bytes = self.file.readline(MAX_LINE + 1)  # type: ignore[assignment]
        if len(line) > MAX_LINE:
            raise TooMuch("a line without end")
        return line

    def read(self, size: int) -> bytes:
        if size > settings.MAIL_MAX_BYTES + ROOM:
            raise TooMuch(f"a literal of {size} bytes")
        content: bytes = self.file.read(size)  # type: ignore[assignment]
        return content


class Pop3(poplib.POP3):
    """A maildrop. Messages are read byte for byte, with lines of any length (the library refuses those above 2 kB)."""

    def __init__(self, host: str, port: int, *, tls: bool, patience: Patience) -> None:  # noqa: FBT001
        self._context = ssl.create_default_context() if tls else None
        super().__init__(host, port, timeout=patience.connect)
        self.sock.settimeout(patience.read)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _connected(self.host, self.port, timeout, self._context)

    def sign_in(self, username: str, password: str) -> None:
        """USER and PASS. Raises `SignInRefused`."""
        if any(sign in username + password for sign in "\r\n\0"):
            raise SignInRefused("A line break is no part of a password.")
        self.encoding = "utf-8"
        try:
            self.user(username)
            self.pass_(password)
        except poplib.error_proto as error:
            raise SignInRefused(_said(error)) from error

    def sign_in_with_token(self, username: str, token: str) -> None:
        """XOAUTH2, in two steps as all providers take it. Raises `SignInRefused`."""
        words = base64.b64encode(f"user={username}\1auth=Bearer {token}\1\1".encode()).decode()
        try:
            self._say("AUTH XOAUTH2")
            answer = self._say(words)
            if answer.startswith(
                b"+ "
            ):  # what is wrong, in a language for machines; the server waits for an empty line
                self._say("")
        except poplib.error_proto as error:
            raise SignInRefused(_said(error)) from error

    def message(self, number: int, *, limit: int) -> bytes:
        """The whole message. Raises `TooMuch` beyond `limit` bytes: the connection is of no use then."""
        return self._read(f"RETR {number}", limit)

    def head(self, number: int) -> bytes:
        """The header of a message alone."""
        return self._read(f"TOP {number} 0", ROOM)

    def _say(self, command: str) -> bytes:
        answer: bytes = self._shortcmd(command)  # type: ignore[attr-defined]
        return answer

    def _read(self, command: str, limit: int) -> bytes:
        self._say(command)
        lines, size = [], 0
        while (line := self.file.readline(limit + 1)) != b".\r\n":
            size += len(line)
            if size > limit:
                raise TooMuch(f"more than {limit} bytes")
            if not line:
                raise EOFError("the connection ended within a message")
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


def _connected(host: str, port: int, seconds: float | None, context: ssl.SSLContext | None) -> socket.socket:
    plain = outside.connect(host, port, timeout=seconds, allowed=settings.MAIL_NETWORKS)
    if context is None:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _said(error: poplib.error_proto) -> str:
    """The line of the server, which the library hands over as bytes."""
    line = error.args[0] if error.args else ""
    return line.decode(errors="replace") if isinstance(line, bytes) else str(line)
