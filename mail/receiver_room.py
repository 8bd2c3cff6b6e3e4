"""How much may come in through the SMTP and LMTP doors at the same time: messages, those of one peer, and bytes.

Messages are held in memory until they are stored. A slow one holds few bytes, so it is bytes that are bounded; and it
must come at a pace, so that nobody keeps the door busy by sending a line now and then. Whoever finds no room, or is too
slow, hears 421 and keeps the message (RFC 5321, 3.8 and 4.5.3.2).
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from django.conf import settings

MOST_MESSAGES = 100
# Postfix opens 20 connections to one destination, and a server before us is one peer for everybody.
MOST_OF_PEER = 20
# In sizes of the largest message that is taken.
MOST_LARGE = 8
WAIT_SECONDS = 30.0
# A message may be silent for so long (RFC 5321, 4.5.3.2.7), and after that must have come at this pace on the whole.
GRACE_SECONDS = 300.0
BYTES_PER_SECOND = 1024


class Room:
    """What comes in just now. Lives in one event loop; nothing here waits but `enter`."""

    def __init__(self) -> None:
        self.peers: Counter[str] = Counter()
        self.held = 0
        self._left = asyncio.Event()

    async def enter(self, peer: str) -> bool:
        """Wait a little for a place; False when there is none."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not self._has_place(peer):
                    await self._left.wait()
        except TimeoutError:
            return False
        self.peers[peer] += 1
        return True

    def leave(self, peer: str, held: int) -> None:
        self.peers -= Counter([peer])
        self.held -= held
        self._left.set()
        self._left = asyncio.Event()

    @property
    def is_full(self) -> bool:
        return self.held > MOST_LARGE * settings.MAIL_MAX_BYTES

    def _has_place(self, peer: str) -> bool:
        """Half of the bytes are left to those who have begun."""
        is_roomy = self.held <= MOST_LARGE * settings.MAIL_MAX_BYTES / 2
        return is_roomy and self.peers.total() < MOST_MESSAGES and self.peers[peer] < MOST_OF_PEER


class Coming:
    """One message on its way in, from DATA to its answer; `refuse` is called once, when it cannot go on."""

    def __init__(self, room: Room, peer: str, refuse: Callable[[], None]) -> None:
        self._room, self._peer, self._refuse = room, peer, refuse
        self._loop = asyncio.get_running_loop()
        self._since, self._bytes = self._loop.time(), 0
        self._watch = self._loop.call_later(GRACE_SECONDS, self._look)

    def take(self, number: int) -> None:
        """So many bytes came. Beyond the largest message that is taken they are thrown away, and count no more."""
        counted = min(number, max(0, 2 * settings.MAIL_MAX_BYTES - self._bytes))
        self._bytes += counted
        self._room.held += counted
        if self._room.is_full:
            self._refuse()

    def is_complete(self) -> None:
        """From now on it waits for us."""
        self._watch.cancel()

    def end(self) -> None:
        self._watch.cancel()
        self._room.leave(self._peer, self._bytes)

    def _look(self) -> None:
        until = self._since + GRACE_SECONDS + self._bytes / BYTES_PER_SECOND
        if self._loop.time() >= until:
            self._refuse()
        else:
            self._watch = self._loop.call_at(until, self._look)
