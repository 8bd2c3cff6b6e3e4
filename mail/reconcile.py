"""Does the ledger agree with the server? What a mailbox holds now, compared with what was taken from it.

A message that is there, older than others that were fetched, and unknown to the ledger has been missed, whatever the
reason. It gets its row, and the next visit fetches it. Nothing is changed on the server.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils import timezone

from mail.fetching.connecting import ORDINARY, Patience
from mail.fetching.looking import Contents, contents
from mail.mailboxes import mailbox_key
from mail.models import Account, Incoming, Reconciliation

log = logging.getLogger(__name__)

# Missed messages entered at a time; the next comparison finds the others.
MOST = 1000

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Difference(Generic[Key]):
    """`new` ones the next visit fetches anyway, `missed` ones it would not; `moved_on` are kept here and no longer
    there, `lost` ones were seen once and are nowhere."""

    known: int
    new: tuple[Key, ...]
    missed: tuple[Key, ...]
    moved_on: int
    lost: int


def compare(there: Collection[Key], kept: Collection[Key], unkept: Collection[Key]) -> Difference[Key]:
    """What the server has against what the ledger has, with and without its bytes. Numbers grow with arrival, so one
    below the highest known has been passed over; words tell nothing, and every visit looks at all of them. Pure."""
    there, kept, unkept = set(there), set(kept), set(unkept)
    unknown = there - kept - unkept
    highest = max((key for key in kept | unkept if isinstance(key, int)), default=None)
    missed = {key for key in unknown if isinstance(key, int) and highest is not None and key < highest}
    return Difference(
        known=len(there & (kept | unkept)),
        new=tuple(sorted(unknown - missed)),
        missed=tuple(sorted(missed)),
        moved_on=len(kept - there),
        lost=len(unkept - there),
    )


def reconcile(account: Account, *, patience: Patience = ORDINARY) -> list[Reconciliation]:
    """Compare all folders of an account, now. Raises what mail/fetching/troubles.py sorts."""
    return [_folder(account, contents(account, name, patience=patience)) for name in account.folders]


def _folder(account: Account, found: Contents) -> Reconciliation:
    rows = Incoming.objects.filter(account=account, place=found.place, uidvalidity=found.uidvalidity)
    name = "uidl" if found.uidvalidity is None else "uid"
    kept: set = set()
    unkept: set = set()
    for key, digest, state in rows.values_list(name, "digest", "state").iterator(chunk_size=10_000):
        (kept if digest or state == Incoming.State.IGNORED else unkept).add(key)
    difference = compare(found.sizes, kept, unkept)
    _enter(account, found, difference.missed)
    facts = {
        "at": timezone.now(),
        "there": len(found.sizes),
        "known": difference.known,
        "new": len(difference.new),
        "missed": len(difference.missed),
        "moved_on": difference.moved_on,
        "lost": difference.lost,
    }
    compared, _created = Reconciliation.objects.update_or_create(account=account, place=found.place, defaults=facts)
    return compared


def _enter(account: Account, found: Contents, missed: Iterable[int | str]) -> None:
    """Rows without bytes: that is what the next visit tries to fetch."""
    for key in list(missed)[:MOST]:
        log.warning("%s holds message %s, which the ledger does not know", found.place, key)
        defaults = {
            "source": Incoming.Source.IMAP,
            "digest": "",
            "size": found.sizes[key],
            "due_at": None,
            "mailbox": mailbox_key(account, ()),
        }
        row, created = Incoming.objects.get_or_create(
            account=account, place=found.place, uidvalidity=found.uidvalidity, uid=key, defaults=defaults
        )
        if created:
            row.set_aside(Incoming.State.QUARANTINED, Incoming.Reason.NOT_FETCHED)
            row.save(update_fields=[*Incoming.ENTERED, "reason_code", "reason"])
