"""No graph of automatic answers may grow: who gets one, and how many (RFC 3834)."""

from datetime import timedelta

from django.utils import timezone

from core.text import normalise_address
from mail.addressing import is_ours
from mail.models import AutoReply, Incoming

# At most this many automatic answers to one address within the window.
LIMIT = 10
WINDOW = timedelta(hours=1)
ROBOTS = ("mailer-daemon", "postmaster", "abuse", "noreply", "no-reply", "bounce", "listserv", "majordomo")


def may_answer(address: str, incoming: Incoming | None) -> bool:
    """Whether `address` may get an automatic answer now. `incoming` is the mail that would be answered, if any."""
    if incoming and incoming.is_automatic:
        return False
    if not address or is_ours(address) or address.split("@")[0].lower().startswith(ROBOTS):
        return False
    recent = AutoReply.objects.filter(address=normalise_address(address), at__gt=timezone.now() - WINDOW)
    return recent.count() < LIMIT


def note_answer(address: str) -> None:
    AutoReply.objects.create(address=normalise_address(address))
