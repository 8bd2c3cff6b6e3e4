"""Requests to programs that people have named in a form: to allowed addresses alone (core/outside.py), with TLS that is
verified, without redirects or a proxy, and bounded in time and size however the other side answers (T62, T63)."""

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from core.outside import Network, connect, is_inside
from core.text import ascii_domain, strip_nul

MAX_ANSWER = 64 * 1024
SHOWN = 1_000
_IN_PATHS = "/%:@!$&'()*+,;=~-._"
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9.])?|[0-9a-f:.]{2,45}")


class NoTls(OSError):
    """Without encryption only networks are reached that are allowed by name."""


@dataclass(frozen=True)
class Reply:
    """`text` is how the answer begins; nothing of it is kept where the address is one of our own networks, because
    whoever names addresses may not be allowed to read what is there. `wait`: seconds it asks us to wait."""

    status: int
    text: str
    wait: int = 0


def checked_address(text: str) -> str:
    """An address as it is stored, in ASCII. Raises `ValueError` for what is none of the web, or holds a password."""
    parts = urlsplit(text.strip())
    host = ascii_domain(parts.hostname or "")
    if (
        parts.scheme not in ("http", "https")
        or not _HOST.fullmatch(host)
        or parts.username
        or parts.password
        or parts.fragment
    ):
        raise ValueError(text)
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    query = f"?{quote(parts.query, safe=_IN_PATHS + '?[]')}" if parts.query else ""
    return f"{parts.scheme}://{shown}{port}{quote(parts.path, safe=_IN_PATHS) or '/'}{query}"


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allowed: Sequence[Network] = ()
) -> Reply:
    """Send and read the answer, all within `seconds`. Raises `OSError` (of which `Forbidden`, `NoTls`, `TimeoutError`,
    `ssl.SSLError`) or `http.client.HTTPException`."""
    ends = time.monotonic() + seconds
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if is_tls else 80)
    plain = connect(host, port, timeout=seconds, allowed=allowed)
    try:
        inside = is_inside(plain, allowed)
        if not is_tls and not inside:
            raise NoTls(host)
        if is_tls:
            plain.settimeout(_left(ends))
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        connection = kind(host, port)
        connection.sock = _Timed(plain, ends)
        connection.request("POST", path, body, {"Connection": "close", **headers})
        response = connection.getresponse()
        text = _beginning(response)
        return Reply(response.status, "" if inside else text, _seconds(response.headers.get("Retry-After", "")))
    finally:
        plain.close()


def _beginning(response: http.client.HTTPResponse) -> str:
    """What can be had of the answer in time; the status counts already."""
    found = b""
    try:
        while len(found) < MAX_ANSWER and (more := response.read1(MAX_ANSWER - len(found))):
            found += more
    except (OSError, http.client.HTTPException):
        pass
    return strip_nul(found[: 4 * SHOWN].decode(errors="replace"))[:SHOWN]


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("The time is over.")
    return left


class _Timed:
    """A socket for `http.client` whose every step ends when the time for all of them does: a timeout of the socket
    alone begins anew with each byte."""

    def __init__(self, connection: socket.socket, ends: float):
        self.connection, self.ends = connection, ends

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self.connection.settimeout(_left(self.ends))
            rest = rest[self.connection.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self.connection, self.ends))

    def close(self) -> None:
        """Whoever opened the socket closes it: the answer is still read when `http.client` is done with it."""


class _Incoming(io.RawIOBase):
    def __init__(self, connection: socket.socket, ends: float):
        self.connection, self.ends = connection, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(_left(self.ends))
        return self.connection.recv_into(buffer)
