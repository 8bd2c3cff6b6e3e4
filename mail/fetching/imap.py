"""A folder of a mailbox on an IMAP server, open for writing, always the same one by UIDVALIDITY.

What is new follows from UIDVALIDITY and UID, never from read marks, which any other program may flip; nothing that is
read here marks a message as read (BODY.PEEK). Names of folders travel in modified UTF-7; the library sees to that.
"""

import datetime
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mail.fetching.box import Facts, TooLarge
from mail.fetching.connecting import ORDINARY, Patience, imap
from mail.fetching.parts import part_of
from mail.fetching.troubles import OF_THE_SERVER, NoFolder, Renumbered
from mail.models import Account, Incoming

SLICE = 1024 * 1024


class Folder:
    """Between `__enter__` and `__exit__` it is selected; see mail/fetching/box.py for what it must know."""

    source: str = Incoming.Source.IMAP

    def __init__(self, account: Account, name: str, *, patience: Patience = ORDINARY) -> None:
        self.account = account
        self.name = name
        self.place = account.place_of(name)
        self.uidvalidity = 0
        self.can_idle = False
        self._patience = patience

    def __enter__(self) -> "Folder":
        self._open()
        return self

    def __exit__(self, error: type[BaseException] | None, *_more: object) -> None:
        with suppress(*OF_THE_SERVER):
            if error is None:
                self.server.logout()
                return
        with suppress(*OF_THE_SERVER):
            self.server.shutdown()

    def reopen(self) -> None:
        """A new connection to the same folder. Raises when the server is away or the folder became another one."""
        before = self.uidvalidity
        with suppress(*OF_THE_SERVER):
            self.server.shutdown()
        self._open()
        if self.uidvalidity != before:
            raise Renumbered("The server numbered the folder anew meanwhile.")

    def scope(self) -> dict[str, Any]:
        return {"place": self.place, "uidvalidity": self.uidvalidity}

    def name_of(self, key: int) -> dict[str, Any]:
        return {"uid": key}

    def new(self, last: int) -> list[int]:
        """UIDs above `last`, as far as their day counts."""
        # "n:*" names the last message even when its UID is smaller.
        return sorted(uid for uid in self._search(f"{last + 1}:*") if uid > last)

    def there(self, last: int) -> set[int]:
        """UIDs up to `last`, whatever their day."""
        return set(self.server.search(["UID", f"1:{last}"]))

    def everything(self) -> list[int]:
        return sorted(self._search("1:*"))

    def facts(self, uid: int) -> Facts | None:
        """None when the message is gone, which the server is asked twice: an empty answer alone proves nothing."""
        found = self.server.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid, {})
        if found.get(b"RFC822.SIZE") is None:
            if uid in self.server.search(["UID", f"{uid}:{uid}"]):
                raise LookupError("The server lists the message but tells nothing of it.")
            return None
        arrived = found.get(b"INTERNALDATE")
        return Facts(int(found[b"RFC822.SIZE"]), arrived if isinstance(arrived, datetime.datetime) else None)

    def download(self, uid: int, facts: Facts, *, limit: int, on_time: Callable[[], None]) -> bytes | None:
        if facts.size > SLICE:
            return self._slices(uid, facts.size, limit, on_time)
        raw = self.server.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        if raw is None and self.facts(uid):
            raise LookupError("The server tells the size of the message but not the message.")
        return raw

    def settle(self, uids: Sequence[int]) -> None:
        match self.account.after:
            case Account.After.MOVE:
                self._move(uids)
            case Account.After.DELETE:
                self._delete(uids)
            case _:
                self.server.add_flags(uids, [rb"\Seen"], silent=True)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        found = self.server.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        return {uid: int(found[uid][b"RFC822.SIZE"]) for uid in uids if b"RFC822.SIZE" in found.get(uid, {})}

    def _search(self, uids: str) -> list[int]:
        since = ["SINCE", self.account.start_on] if self.account.start_on else []
        return self.server.search(["UID", uids, *since])

    def _slices(self, uid: int, size: int, limit: int, on_time: Callable[[], None]) -> bytes | None:
        with part_of(self.place, self.uidvalidity, uid) as part:
            while True:
                on_time()
                piece = self._slice(uid, part.size)
                if piece is None and self.facts(uid) is None:
                    part.forget()
                    return None
                if piece is None and part.size < size:
                    raise LookupError("The server does not go on with the message.")
                part.append(piece or b"")
                if part.size > limit:
                    part.forget()
                    raise TooLarge
                # A server may be wrong about the size, but not about there being nothing more.
                if not piece or (part.size >= size and len(piece) < SLICE):
                    return part.whole()

    def _slice(self, uid: int, offset: int) -> bytes | None:
        found = self.server.fetch([uid], [f"BODY.PEEK[]<{offset}.{SLICE}>"]).get(uid, {})
        return found.get(b"BODY[]<%d>" % offset)

    def _move(self, uids: Sequence[int]) -> None:
        target = self.account.move_to
        if not self.server.folder_exists(target):
            self.server.create_folder(target)
        if self.server.has_capability("MOVE"):
            self.server.move(uids, target)
            return
        flags = self.server.get_flags(uids)
        # What is marked as deleted was copied by a visit that ended before it could be removed.
        if copied_not_yet := [uid for uid in uids if uid in flags and rb"\Deleted" not in flags[uid]]:
            self.server.copy(copied_not_yet, target)
        self._delete(uids)

    def _delete(self, uids: Sequence[int]) -> None:
        self.server.delete_messages(uids, silent=True)
        # A bare EXPUNGE would also remove what others have marked.
        if self.server.has_capability("UIDPLUS"):
            self.server.uid_expunge(uids)

    def _open(self) -> None:
        self.server: IMAPClient = imap(self.account, patience=self._patience)
        try:
            self.uidvalidity = int(self._select()[b"UIDVALIDITY"])
            self.can_idle = bool(self.server.has_capability("IDLE"))
        except BaseException:
            with suppress(*OF_THE_SERVER):
                self.server.shutdown()
            raise

    def _select(self) -> dict[bytes, Any]:
        try:
            return self.server.select_folder(self.name)
        except IMAPClientError:
            if not self.server.folder_exists(self.name):
                raise NoFolder(self.name) from None
            raise
