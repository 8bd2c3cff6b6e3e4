"""Does what lies here prove itself? Histories, files and the ledger, read from beginning to end.

For a drill after a restore, before an upgrade, and for auditors; it changes nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage

from core.blobs import blob_name, open_blob
from helpdesk.operation.moment import one_moment
from mail.accounting import unaccounted
from mail.models import Incoming, Outgoing
from tickets.events import chain_digest, digest_of
from tickets.models import Attachment, Event, Ticket

CHUNK = 2000


@dataclass
class Findings:
    """How much was looked at, and every sentence about what is wrong."""

    tickets: int = 0
    events: int = 0
    files: int = 0
    wrong: list[str] = field(default_factory=list)


def check_all(*, deep: bool = False) -> Findings:
    """`deep` also reads every file and compares it with its name."""
    found = Findings()
    with one_moment():
        _check_histories(found)
        _check_files(found, deep=deep)
    found.wrong += unaccounted()
    return found


def _check_histories(found: Findings) -> None:
    """Each ticket's events follow from each other without a gap, and the last one is where the ticket stands."""
    events = Event.objects.order_by("ticket_id", "version").iterator(chunk_size=CHUNK)
    histories = groupby(events, key=lambda event: event.ticket_id)
    history = next(histories, None)
    tickets = Ticket.objects.order_by("pk").values_list("pk", "number", "version", "chain")
    for pk, number, version, chain in tickets.iterator(chunk_size=CHUNK):
        found.tickets += 1
        own: Iterator[Event] = iter(())
        if history is not None and history[0] == pk:
            own = history[1]
        last, count, broken = _follow(own)
        found.events += count
        if broken:
            found.wrong.append(f"The history of {number} is broken at event {broken[0]}.")
        elif (last, count) != (chain, version):
            found.wrong.append(f"The history of {number} does not lead to where the ticket stands.")
        if history is not None and history[0] == pk:
            history = next(histories, None)


def _follow(events: Iterator[Event]) -> tuple[str, int, list[int]]:
    """The last digest, how many events there were, and which do not follow from the one before."""
    before, count, broken = "", 0, []
    for event in events:
        count += 1
        intact = event.data == {"erased": True} or event.data_digest == digest_of(event.data)
        if not intact or event.version != count or event.digest != chain_digest(event, before=before):
            broken.append(event.version)
        before = event.digest
    return before, count, broken


def _check_files(found: Findings, *, deep: bool) -> None:
    for digest in _digests():
        found.files += 1
        if not default_storage.exists(blob_name(digest)):
            found.wrong.append(f"The file {digest} is missing.")
        elif deep and _digest_of_blob(digest) != digest:
            found.wrong.append(f"The file {digest} has been altered.")


def _digests() -> Iterator[str]:
    """Every file that a row names, once."""
    of_mail = Incoming.objects.order_by().exclude(digest="").filter(raw_removed_at=None).values_list("digest")
    others = [
        apps.get_model(model)._default_manager.order_by().exclude(**{field: ""}).values_list(field)
        for model, field in settings.FILES_NAMED
    ]
    sources = of_mail.union(
        Outgoing.objects.order_by().values_list("digest"),
        Attachment.objects.order_by().values_list("digest"),
        *others,
    )
    for (digest,) in sources.iterator(chunk_size=CHUNK):
        yield digest


def _digest_of_blob(digest: str) -> str:
    with open_blob(digest) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
