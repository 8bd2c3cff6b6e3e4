"""Connections to servers that people have named in a form: checked on the very address that is connected to (T62).

A name may lead anywhere, and to somewhere else a second later. So it is resolved once, each address is looked at, and
that address is connected to. What is never a server for us (this link, clouds' metadata, "any" addresses) is refused
always; machines of one's own network and this machine are refused unless the deployment allows their network.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MAX_ANSWER = 64 * 1024
JSON = "application/json"

# What `private` stands for in a setting: this machine, and the networks of a house (RFC 1918, 6598, 4193).
PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
# Addresses at which clouds tell a machine its secrets, outside the link-local range.
METADATA = frozenset(map(ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254")))
_NAT64 = IPv6Network("64:ff9b::/96")


class Forbidden(OSError):
    """The name leads to an address that is not allowed; the text is the address."""


@dataclass(frozen=True)
class Answer:
    """What a web server said; `fields` is empty when it was no JSON object."""

    status: int
    fields: Mapping[str, Any]


def networks(words: str) -> tuple[Network, ...]:
    """Networks from a setting such as `10.1.0.0/16 192.168.7.5`, or `private`. Raises `ValueError`."""
    each = [PRIVATE if word == "private" else (word,) for word in words.replace(",", " ").split()]
    return tuple(ip_network(one, strict=False) for some in each for one in some)


def is_allowed(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether something may be connected to: public, or within an allowed network and not among what is never one."""
    address = _meant(address)
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in allowed):
        return True
    return address.is_global and not address.is_reserved


def connect(host: str, port: int, *, timeout: float | None, allowed: Sequence[Network] = ()) -> socket.socket:
    """A connection to the first address of `host` that answers. Raises `Forbidden` or another `OSError`.

    All addresses together get `timeout` seconds, however many a name has; whatever is sent later has as many again.
    """
    ends = time.monotonic() + timeout if timeout else None
    trouble: OSError = OSError(f"{host} has no address")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label of a name that is too long or empty
        raise socket.gaierror(socket.EAI_NONAME, "This is no name of a server") from error
    for family, kind, protocol, _name, place in found:
        address = ip_address(str(place[0]).partition("%")[0])
        if not is_allowed(address, allowed):
            trouble = Forbidden(str(address))
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(ends - time.monotonic(), 0.001) if ends else None)
            connection.connect(place)
        except OSError as error:
            connection.close()
            trouble = error
            continue
        connection.settimeout(timeout)
        return connection
    raise trouble


def post_form(url: str, fields: Mapping[str, str], *, timeout: float, allowed: Sequence[Network] = ()) -> Answer:
    """Send a form and read a JSON object: no redirects, at most 64 kB. Raises `OSError` or `http.client.HTTPException`.

    Without TLS only to networks that are allowed by name: nobody else's secrets travel in the clear.
    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port or 443, timeout=timeout)
        plain = connect(host, connection.port, timeout=timeout, allowed=allowed)
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    else:
        connection = http.client.HTTPConnection(host, parts.port or 80, timeout=timeout)
        connection.sock = connect(host, connection.port, timeout=timeout, allowed=allowed)
        _require_inside(connection.sock, allowed)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON}
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        return Answer(response.status, _object(response.read(MAX_ANSWER)))
    finally:
        connection.close()


def is_inside(connection: socket.socket, allowed: Sequence[Network]) -> bool:
    """Whether it leads to a network that is reached only because it is allowed by name."""
    return any(_peer(connection) in network for network in allowed)


def _require_inside(connection: socket.socket, allowed: Sequence[Network]) -> None:
    if not is_inside(connection, allowed):
        address = _peer(connection)
        connection.close()
        raise Forbidden(f"{address} without TLS")


def _peer(connection: socket.socket) -> Address:
    return _meant(ip_address(str(connection.getpeername()[0]).partition("%")[0]))


def _meant(address: Address) -> Address:
    """The IPv4 address within an IPv6 one that only carries it."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
