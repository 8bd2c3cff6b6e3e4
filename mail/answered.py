"""Mail that answers a question of ours and is no message for a ticket: who asked takes it (settings.MAIL_ANSWERS)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from mail.authentication import Authentication
from mail.models import Incoming
from mail.parse import Message


@dataclass(frozen=True)
class Reply:
    """`sender` is known, not guessed; `is_trusted` unless its sender is proven to be false, or a machine wrote it."""

    sender: User | None
    recipients: Sequence[str]
    text: str
    is_trusted: bool


Taker = Callable[[Reply], str | None]


def taken_by_asker(
    incoming: Incoming, mail: Message, *, sender: User | None, proof: Authentication, by_machine: bool
) -> str | None:
    """What became of it, in a few words for the ledger; None when it is a message like all others."""
    recipients = [*incoming.envelope_to, *mail.delivered_to, *(one.address for one in mail.to)]
    is_trusted = not by_machine and not mail.from_ambiguous and not proof.failed
    reply = Reply(sender, recipients, mail.text, is_trusted)
    return next((said for take in _takers(tuple(settings.MAIL_ANSWERS)) if (said := take(reply))), None)


@cache
def _takers(names: tuple[str, ...]) -> Sequence[Taker]:
    return [import_string(name) for name in names]
