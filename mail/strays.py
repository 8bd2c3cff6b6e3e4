"""Messages on the disk that no row names, as after the restore of a database that is older than its files.

Most files without a row are harmless: whoever was killed between the bytes and the row had not said yes to anybody,
and the message came again; what a transaction had stored that was undone was stored again. So only what looks like a
message that the ledger does not know counts.
"""

import os
import re
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.core.files.storage import default_storage

from core.blobs import open_blob
from core.secrets import derived_key
from mail.marks import check_message_id
from mail.models import Incoming, Outgoing, Unneeded
from tickets.models import Attachment, Picture

BATCH = 2_000
HEAD = 64 * 1024
# A file may be there before its row, for as long as its transaction lasts.
SETTLED = 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADER = re.compile(rb"(?i)\A(?:>?From [^\n]*\n)?(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n?")
_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^<>\s]{1,500}>)")
_MAIL = re.compile(rb"(?im)^(?:received|from|return-path):")


def strays() -> Iterator[str]:
    """Their digests. Looks at every file; nothing where files do not lie in a folder."""
    folder = getattr(default_storage, "location", "")
    if not folder:
        return
    files = _files(Path(folder) / "blobs")
    while digests := list(islice(files, BATCH)):
        known: set[str] = set()
        for model in (Incoming, Outgoing, Attachment, Picture, Unneeded):
            known.update(model.objects.order_by().filter(digest__in=digests).values_list("digest", flat=True))
        yield from (digest for digest in digests if digest not in known and _is_lost(digest))


def _files(folder: Path) -> Iterator[str]:
    """Digests of the files that have been there for a while, in the order of their names."""
    limit = time.time() - SETTLED
    for above in sorted(_folders(folder)):
        for inner in sorted(_folders(above)):
            with os.scandir(inner) as entries:
                found = [e.name for e in entries if _DIGEST.fullmatch(e.name) and e.stat().st_mtime < limit]
            yield from sorted(found)


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []


def _is_lost(digest: str) -> bool:
    """It looks like a message, not one of ours, and none with its Message-ID came again."""
    try:
        with open_blob(digest) as file:
            header = _HEADER.match(file.read(HEAD))
    except FileNotFoundError:
        return False
    if header is None or not _MAIL.search(header[0]):
        return False
    named = _MESSAGE_ID.search(header[0])
    if named is None:
        return True
    message_id = named[1].decode("ascii", "replace")
    if check_message_id(derived_key("message ids"), message_id):
        return False
    return not Incoming.objects.filter(message_id=message_id[:250]).exists()
