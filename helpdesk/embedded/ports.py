"""Ports of this machine: whether one is free, and finding one that stays so."""

import errno
import secrets
import socket

# Below the range from which the system serves outgoing connections, so that none of them takes our port meanwhile.
_QUIET_PORTS = range(20_000, 32_000)


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now; an address that can never be listened on is an `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Like every server: connections that have just ended do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def free_port() -> int:
    """A free loopback port."""
    while True:
        port = secrets.choice(_QUIET_PORTS)
        if is_free(port):
            return port
