"""Looking into a mailbox without touching anything: for people who set it up, and for comparing it with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from mail.fetching.connecting import ORDINARY, Patience, imap, pop3
from mail.fetching.imap import Folder
from mail.fetching.pop3 import Maildrop
from mail.fetching.troubles import NoFolder
from mail.models import Account, Unwanted

# Asked for at a time: sizes, and names of folders that people choose from.
CHUNK = 2_000
MAX_FOLDERS = 300


@dataclass(frozen=True)
class Contents:
    """What a folder holds that mail is fetched from: bytes by UID, or by the word of UIDL (then without UIDVALIDITY).

    Messages from before the day from which the account is fetched are left out.
    """

    folder: str
    place: str
    uidvalidity: int | None
    sizes: Mapping[Any, int]


@dataclass(frozen=True)
class Look:
    """What somebody who sets up a mailbox wants to know: its folders, and how many messages lie in the chosen one."""

    messages: int
    today: int | None  # of them; None where the server cannot tell
    folders: Sequence[str]
    can_idle: bool = False


def contents(account: Account, folder: str, *, patience: Patience = ORDINARY) -> Contents:
    """What is in this folder of the account now. Raises what mail/fetching/troubles.py sorts."""
    if account.protocol == Account.Protocol.POP3:
        with Maildrop(account, patience=patience) as drop:
            unwanted = set(Unwanted.objects.filter(account=account, place=drop.place).values_list("uidl", flat=True))
            wanted = [key for key in drop.everything() if key not in unwanted]
            return Contents(folder, drop.place, None, drop.sizes(wanted))
    with Folder(account, folder, patience=patience) as box:
        uids = box.everything()
        sizes: dict[int, int] = {}
        for start in range(0, len(uids), CHUNK):
            sizes |= box.sizes(uids[start : start + CHUNK])
        return Contents(folder, box.place, box.uidvalidity, sizes)


def look(account: Account, *, patience: Patience = ORDINARY) -> Look:
    """Sign in and look around. Raises what mail/fetching/troubles.py sorts."""
    if account.protocol == Account.Protocol.POP3:
        drop = pop3(account, patience=patience)
        try:
            return Look(drop.stat()[0], None, ["INBOX"])
        finally:
            drop.close()
    server = imap(account, patience=patience)
    try:
        names = sorted(name for flags, _sign, name in server.list_folders() if rb"\Noselect" not in flags)
        for name in account.folders:
            if not server.folder_exists(name):
                raise NoFolder(name)
        found = int(server.select_folder(account.folder, readonly=True).get(b"EXISTS", 0))
        today = len(server.search(["SINCE", _today()])) if found else 0
        return Look(found, today, names[:MAX_FOLDERS], bool(server.has_capability("IDLE")))
    finally:
        server.shutdown()


def _today() -> date:
    return timezone.localdate()
