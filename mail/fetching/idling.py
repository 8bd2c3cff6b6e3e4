"""Waiting for servers that tell of new mail by themselves (IMAP IDLE, RFC 2177), in threads of the mail receiver.

A hint only: it brings the next visit forward. Visits go on every minute whether anybody waits here or not, so that
nothing depends on these connections. One process of an installation waits, whoever holds the advisory lock; a thread
per account, because each sleeps on its socket.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import connection
from imapclient import IMAPClient

from mail.fetching.connecting import Patience, imap
from mail.fetching.troubles import OF_THE_SERVER
from mail.fetching.visiting import hint
from mail.models import Account

log = logging.getLogger(__name__)

LOCK = (0x69646C65, 0)  # advisory: whoever waits for all
LOOK_AROUND_SECONDS = 20
# Servers hang up after 29 minutes of silence, routers often after ten.
REISSUE_SECONDS = 9 * 60
# The pause after a lost connection: doubled each time, never the same for all.
SHORTEST, LONGEST = 5.0, 600.0
MAX_WAITING = 50


class Waiting:
    """All accounts that can be waited for, until `stop`."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._waiters: dict[int, Waiter] = {}
        self._thread = threading.Thread(target=self._run, name="idling", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Threads that sleep on a socket end with the process."""
        self._over.set()
        for waiter in self._waiters.values():
            waiter.stop()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.look_around()
            except Exception as error:  # whatever it was, visits go on, and the next round may go better
                log.warning("nobody waits for new mail at the moment: %s", error)
                connection.close()
                self._end(set(self._waiters))
            self._over.wait(LOOK_AROUND_SECONDS)
        connection.close()

    def look_around(self) -> None:
        """Begin to wait for whom nobody waits yet, and end it for accounts that are gone or were changed."""
        wanted = {account.pk: account for account in self._accounts()} if self._are_we_it() else {}
        changed = {pk for pk, waiter in self._waiters.items() if pk not in wanted or not waiter.is_for(wanted[pk])}
        self._end(changed)
        for pk, account in wanted.items():
            if pk not in self._waiters:
                self._waiters[pk] = Waiter(account, over=self._over)
                self._waiters[pk].start()

    def _accounts(self) -> list[Account]:
        """What the last visit found able to do so. Trouble of any kind is for visits to find the end of."""
        rows = Account.objects.filter(is_active=True, can_idle=True, failures=0, protocol=Account.Protocol.IMAP)
        return list(rows.order_by("pk")[:MAX_WAITING])

    def _are_we_it(self) -> bool:
        with connection.cursor() as cursor:
            # Held already: it counts, so that the second time is taken back.
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", LOCK)
            (ours,) = cursor.fetchone()
            if ours and self._waiters:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", LOCK)
        return bool(ours)

    def _end(self, accounts: set[int]) -> None:
        for pk in accounts:
            self._waiters.pop(pk).stop()


class Waiter:
    """One account's connection, and what is done about its end."""

    def __init__(self, account: Account, *, over: threading.Event, tell: Callable[[Account], None] = hint) -> None:
        self.account = account
        self._tell = tell
        self._over = over
        self._ended = threading.Event()
        self._server: IMAPClient | None = None
        self._thread = threading.Thread(target=self._run, name=f"idling for {account.pk}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Shutting the socket wakes the thread that sleeps on it."""
        self._ended.set()
        if self._server is not None:
            with suppress(*OF_THE_SERVER):
                self._server.shutdown()

    def is_for(self, account: Account) -> bool:
        """Whether it waits where this account is to be waited for."""
        ours = self.account
        return (ours.place, ours.port, ours.security, ours.sealed_password) == (
            account.place,
            account.port,
            account.security,
            account.sealed_password,
        )

    def _run(self) -> None:
        pause = SHORTEST
        while not self._is_over():
            began = time.monotonic()
            try:
                self.wait_once()
            except Exception as error:  # only a hint is missed; visits go on and tell what is wrong
                log.info("waiting for %s ended: %s", self.account.name, error)
            finally:
                connection.close()
            if time.monotonic() - began > REISSUE_SECONDS:
                pause = SHORTEST
            self._ended.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, LONGEST)

    def wait_once(self) -> None:
        """Wait on one connection until it ends. Tells first: something may have come while nobody waited."""
        server = self._server = imap(self.account, patience=Patience(connect=10, read=30))
        try:
            server.select_folder(self.account.folder, readonly=True)
            connection.close()  # it may be hours until we need the database again
            self._tell(self.account)
            while not self._is_over():
                server.idle()
                came = self._came(server)
                server.idle_done()
                if came:
                    self._tell(self.account)
                    connection.close()
        finally:
            with suppress(*OF_THE_SERVER):
                server.shutdown()

    def _came(self, server: IMAPClient) -> bool:
        """Whether the server told of mail before it was time to ask anew. Raises `EOFError` when it hung up."""
        end = time.monotonic() + REISSUE_SECONDS
        while (left := end - time.monotonic()) > 0 and not self._is_over():
            said = server.idle_check(timeout=left)
            if not said and time.monotonic() < end:
                raise EOFError("the server hung up")
            if any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT") for line in said):
                return True
        return False

    def _is_over(self) -> bool:
        return self._over.is_set() or self._ended.is_set()
