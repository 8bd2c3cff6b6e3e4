"""T62, T63: calls of addresses that people have named stay where they may, and end in time whatever comes back."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from core import calling
from core.calling import NoTls, checked_address, post
from core.outside import Forbidden, networks

HOUSE = networks("private")
HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """One that reads a request and then does as it likes."""

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            connection, _address = listening.accept()
            with connection:
                connection.recv(10_000)
                answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=[listening], daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook?a=1"


def sending(data: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(data)


def drip(connection: socket.socket) -> None:
    """A byte now and then, for ever: no single wait is long."""
    connection.sendall(HEAD + b"X-A: ")
    for _byte in range(1_000):
        time.sleep(0.05)
        connection.sendall(b"a")


def drip_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    for _byte in range(1_000):
        time.sleep(0.05)
        connection.sendall(b"a")


def flood(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000000000\r\n\r\n")
    for _part in range(1_000):
        connection.sendall(b"x" * 1_000_000)


def call(url: str, seconds: float = 5) -> calling.Reply:
    return post(url, b"{}", {}, seconds=seconds, allowed=HOUSE)


def test_t62_a_redirect_is_an_answer_and_nothing_more():
    data = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    with server(sending(data)) as url:
        reply = call(url)
    assert (reply.status, reply.wait) == (302, 120)


def test_t62_nothing_inside_is_reached_unless_it_is_allowed_by_name():
    with server(sending(HEAD)) as url, pytest.raises(Forbidden):
        post(url, b"{}", {}, seconds=2)


def test_t62_nothing_of_an_answer_from_inside_is_kept(monkeypatch):
    data = HEAD + b"Content-Length: 6\r\n\r\nsecret"
    with server(sending(data)) as url:
        assert call(url).text == ""
    monkeypatch.setattr(calling, "is_inside", lambda *_arguments: False)
    with server(sending(data)) as url, pytest.raises(NoTls):
        call(url)


def test_t63_headers_that_drip_end_with_the_time_for_all_of_it():
    begun = time.monotonic()
    with server(drip) as url, pytest.raises(TimeoutError):
        call(url, seconds=0.5)
    assert time.monotonic() - begun < 20


def test_t63_of_a_body_that_drips_the_status_counts():
    with server(drip_body) as url:
        assert call(url, seconds=0.5).status == 200


def test_t63_a_flood_is_left_after_64_kilobytes():
    with server(flood) as url:
        assert call(url).status == 200


@pytest.mark.parametrize("data", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", HEAD + b"a" * 100_000])
def test_what_is_no_answer_is_an_ordinary_error(data):
    with server(sending(data)) as url, pytest.raises((OSError, calling.http.client.HTTPException)):
        call(url)


def test_a_certificate_is_verified():
    with server(sending(b"no tls")) as url, pytest.raises(ssl.SSLError):
        call(url.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://example.com ", "https://example.com/"),
        ("https://müller.example:8443/ä?b=ü", "https://xn--mller-kva.example:8443/%C3%A4?b=%C3%BC"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://a.example/a%20b?c=[1]&d", "https://a.example/a%20b?c=[1]&d"),
    ],
)
def test_addresses_are_kept_in_ascii(typed, kept):
    assert checked_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "ftp://x",
        "//x",
        "https://",
        "https://u:p@x/",
        "https://x/#f",
        "https://x:99999/",
        "https://a b/",
    ],
)
def test_what_is_none_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011
        checked_address(typed)
