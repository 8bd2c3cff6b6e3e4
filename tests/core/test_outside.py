"""T62: what people name is connected to only where that is allowed, on the very address."""

import re
import socket
import threading
from contextlib import suppress
from ipaddress import ip_address

import pytest

from core import outside
from core.outside import Forbidden, connect, is_allowed, networks, post_form

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "::1",
        "0.0.0.0",  # noqa: S104
        "::",
        "169.254.169.254",
        "fe80::1",
        "fd00::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "192.0.2.1",
        "198.18.0.1",
    ],
)
def test_t62_inside_addresses_are_refused(address):
    assert not is_allowed(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_fine(address):
    assert is_allowed(ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.9", "fd12::1", "::ffff:10.0.0.1"])
def test_a_deployment_may_allow_its_own_networks(address):
    assert is_allowed(ip_address(address), networks("private"))


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "fd00:ec2::254", "100.100.100.200"])  # noqa: S104
def test_t62_metadata_and_this_link_are_never_allowed(address):
    assert not is_allowed(ip_address(address), networks("private 0.0.0.0/0 ::/0"))


def test_networks_are_read_from_a_setting():
    assert [str(network) for network in networks("10.1.0.0/16, 192.168.7.5")] == ["10.1.0.0/16", "192.168.7.5/32"]
    assert networks("") == ()
    with pytest.raises(ValueError, match="nonsense"):
        networks("nonsense")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1"])
def test_t62_other_ways_to_write_this_machine_lead_nowhere(host):
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(OSError) as refused:
        connect(host, server.getsockname()[1], timeout=2)
    assert isinstance(refused.value, Forbidden | socket.gaierror)


def test_t62_a_name_is_resolved_once_and_that_address_is_connected_to(monkeypatch):
    """A second answer of the name server, after the check, would lead inside."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked, reached = [], []

    def resolve(host, port, **_options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    class Socket:
        def __init__(self, *_arguments):
            pass

        def settimeout(self, _seconds):
            pass

        def connect(self, place):
            reached.append(place)

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outside.socket, "socket", Socket)
    connect("mail.example.com", 993, timeout=1)
    assert (asked, reached) == (["mail.example.com"], [(PUBLIC, 993)])


def test_the_next_address_is_tried_when_one_does_not_answer(monkeypatch):
    def resolve(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, port)) for at in ("127.0.0.2", "127.0.0.1")]

    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
        monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
        with connect("mail.example.com", place[1], timeout=2, allowed=networks("private")) as connection:
            assert connection.getpeername() == place


@pytest.mark.parametrize("host", ["", "a" * 64 + ".example", "."])
def test_names_that_are_none_are_an_ordinary_error(host):
    with pytest.raises(OSError):  # noqa: PT011
        connect(host, 1, timeout=1)


def _all_of(connection):
    """The head of a request and its body, which may come later."""
    said = connection.recv(10_000)
    while not re.search(rb"\r\n\r\n.*a=b", said, re.DOTALL):
        said += connection.recv(10_000)
    return said


def test_t62_redirects_are_not_followed_and_answers_are_capped():
    asked = []

    def serve(server):
        for answer in (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000,
        ):
            connection, _address = server.accept()
            asked.append(_all_of(connection))
            with suppress(OSError):
                connection.sendall(answer)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=[server], daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/token"
        first = post_form(url, {"a": "b c"}, timeout=5, allowed=networks("private"))
        second = post_form(url, {"a": "b"}, timeout=5, allowed=networks("private"))
    assert (first.status, dict(first.fields)) == (302, {})
    assert (second.status, dict(second.fields)) == (200, {})
    assert len(asked) == 2
    assert b"a=b+c" in asked[0]


def test_secrets_never_leave_without_tls_for_other_networks():
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(Forbidden):
        post_form(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, timeout=2)
