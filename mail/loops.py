"""No graph of automatic answers may grow: who gets one, and how many (RFC 3834)."""

from datetime import timedelta

from core.clock import now
from core.database import hold
from core.text import normalise_address
from mail.addressing import is_ours
from mail.models import AutoReply, Incoming

# An address gets one automatic answer within this time, whatever its mails are about: their sender may be forged (T31).
WINDOW = timedelta(hours=1)
ROBOTS = ("mailer-daemon", "postmaster", "abuse", "noreply", "no-reply", "bounce", "listserv", "majordomo")


def may_answer(address: str, incoming: Incoming | None) -> bool:
    """Whether `address` may get an automatic answer now. `incoming` is the mail that would be answered, if any.

    Until the transaction ends nobody else can be told so for the same address.
    """
    if incoming and incoming.is_automatic:
        return False
    if not address or is_ours(address) or address.split("@")[0].lower().startswith(ROBOTS):
        return False
    address = normalise_address(address)
    hold(f"automatic answer {address}")
    return not AutoReply.objects.filter(address=address, at__gt=now() - WINDOW, at__lte=now()).exists()


def note_answer(address: str) -> None:
    AutoReply.objects.create(address=normalise_address(address), at=now())
