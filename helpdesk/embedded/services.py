"""PostgreSQL and Valkey for one data folder: started when the first process needs them, stopped with the last one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk.embedded.places import Places
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.sharing import Sharing
from helpdesk.embedded.valkey import Valkey

# By the environment variable that tells their address.
Servers = dict[str, Postgres | Valkey]


class Services:
    """The servers in use here: embedded ones, but for those that the environment names already."""

    def __init__(self, servers: Servers, *, sharing: Sharing) -> None:
        self._servers = servers
        self._sharing = sharing

    def urls(self) -> dict[str, str]:
        """`DATABASE_URL` and `REDIS_URL`, as far as these servers are ours."""
        return {variable: server.url for variable, server in self._servers.items()}

    def start(self) -> None:
        with self._sharing.alone_at_the_door():
            for server in self._servers.values():
                server.start()

    def down(self) -> list[str]:
        """The names of the servers that have ended."""
        return [server.name for server in self._servers.values() if not server.is_up()]

    def leave(self) -> None:
        """Stop the servers if nobody else uses them."""
        with self._sharing.alone_at_the_door():
            if self._sharing.was_last():
                for server in reversed(list(self._servers.values())):
                    server.stop()
        self._sharing.leave()


@contextmanager
def services(places: Places) -> Iterator[Services]:
    """The servers of an installation, as its environment wishes."""
    servers: Servers = {}
    if not os.environ.get("DATABASE_URL"):
        servers["DATABASE_URL"] = Postgres(places)
    if not os.environ.get("REDIS_URL"):
        servers["REDIS_URL"] = Valkey(places)
    with _in_use(servers, places) as running:
        yield running


@contextmanager
def services_for_tests(places: Places) -> Iterator[Services]:
    """Servers of their own whatever the environment says, and quick ones: their data lives no longer than the run."""
    quick = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    servers: Servers = {"DATABASE_URL": Postgres(places, settings=quick), "REDIS_URL": Valkey(places)}
    with _in_use(servers, places) as running:
        yield running


def stop_services(places: Places) -> None:
    """Stop what still runs in this data folder, whoever started it."""
    for server in (Valkey(places), Postgres(places)):
        server.stop()


@contextmanager
def _in_use(servers: Servers, places: Places) -> Iterator[Services]:
    places.make()
    sharing = Sharing(places.run)
    sharing.enter()
    running = Services(servers, sharing=sharing)
    try:
        running.start()
        yield running
    finally:
        running.leave()
