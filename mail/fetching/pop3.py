"""A maildrop on a POP3 server: messages under the words of UIDL, their numbers good for one connection only.

What is deleted goes only when the connection ends with QUIT, so a crash brings a message twice: the ledger knows it
again, by its word or by its content.
"""

import hashlib
import poplib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mail.fetching.box import Facts
from mail.fetching.connecting import ORDINARY, Patience, Pop3, TooMuch, pop3
from mail.fetching.troubles import OF_THE_SERVER
from mail.models import Account, Incoming

LONGEST = 100
_RECEIVED = re.compile(rb"(?im)^received:((?:.*)(?:\r?\n[ \t].*)*)")
_DATE = re.compile(rb"(?im)^date:((?:.*)(?:\r?\n[ \t].*)*)")


class Maildrop:
    """Between `__enter__` and `__exit__` it is ours alone; see mail/fetching/box.py for what it must know."""

    source: str = Incoming.Source.POP3
    name = "INBOX"

    def __init__(self, account: Account, *, patience: Patience = ORDINARY) -> None:
        self.account = account
        self.place = account.place_of(self.name)
        self._patience = patience
        self._numbers: dict[str, int] = {}
        self._sizes: dict[str, int] = {}

    def __enter__(self) -> "Maildrop":
        self._open()
        return self

    def __exit__(self, error: type[BaseException] | None, *_more: object) -> None:
        with suppress(*OF_THE_SERVER):
            if error is None:
                self.server.quit()
                return
        with suppress(*OF_THE_SERVER):
            self.server.close()

    def reopen(self) -> None:
        with suppress(*OF_THE_SERVER):
            self.server.close()
        self._open()

    def scope(self) -> dict[str, Any]:
        return {"place": self.place}

    def name_of(self, key: str) -> dict[str, Any]:
        return {"uidl": key}

    def everything(self) -> list[str]:
        """In the order of the server, which is that of arrival."""
        return list(self._numbers)

    def sizes(self, keys: Sequence[str]) -> dict[str, int]:
        return {key: self._sizes[key] for key in keys if key in self._numbers}

    def facts(self, key: str) -> Facts | None:
        return Facts(self._sizes.get(key, 0)) if key in self._numbers else None

    def arrived_on(self, key: str) -> date | None:
        """The day on which the server took it, as its topmost trace says, else the day it was written."""
        number = self._numbers.get(key)
        return day_of(self.server.head(number)) if number else None

    def download(self, key: str, facts: Facts, *, limit: int, on_time: Callable[[], None]) -> bytes | None:
        on_time()
        return self.server.message(self._numbers[key], limit=limit)

    def settle(self, keys: Sequence[str]) -> None:
        """Marked only: the server deletes when we say goodbye."""
        if self.account.after != Account.After.DELETE:
            return
        for key in keys:
            if number := self._numbers.pop(key, 0):
                self.server.dele(number)

    def _open(self) -> None:
        self.server: Pop3 = pop3(self.account, patience=self._patience)
        try:
            self._sizes, self._numbers = {}, {}
            sizes = dict(_pairs(self.server.list()[1]))
            for number, word in _pairs(self.server.uidl()[1]):
                key = _unused(_key(word), self._numbers)
                self._numbers[key] = number
                self._sizes[key] = int(sizes.get(number, b"0"))
        except BaseException:
            with suppress(*OF_THE_SERVER):
                self.server.close()
            raise


def day_of(head: bytes) -> date | None:
    """When a message with this header arrived, in UTC; None when it does not say."""
    for pattern in (_RECEIVED, _DATE):
        if found := pattern.search(head):
            written = found[1].rpartition(b";")[2].decode("ascii", "replace")
            with suppress(ValueError, TypeError, OverflowError):
                at: datetime = parsedate_to_datetime(" ".join(written.split()))
                return at.astimezone(UTC).date() if at.tzinfo else at.date()
    return None


def _pairs(lines: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """`3 whqtswO00WBw418f9t5JxYwZ`, as LIST and UIDL answer."""
    if len(lines) > 1_000_000:
        raise TooMuch("more than a million messages")
    pairs = (line.split(None, 1) for line in lines)
    found = [(int(pair[0]), pair[1].strip()) for pair in pairs if len(pair) == 2 and pair[0].isdigit()]
    if len(found) != len(lines):
        raise poplib.error_proto("a list that cannot be read")
    return found


def _key(word: bytes) -> str:
    """The word, or its digest where a server uses longer ones than RFC 1939 allows, or other signs."""
    if len(word) <= LONGEST and word.isascii() and b"\0" not in word:
        return word.decode("ascii")
    return hashlib.sha256(word).hexdigest()


def _unused(key: str, taken: dict[str, int]) -> str:
    """A server that gives two messages one word must not hide the second."""
    number, free = 2, key
    while free in taken:
        free = f"{key[: LONGEST - 8]}#{number}"
        number += 1
    return free
