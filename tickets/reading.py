"""What an agent has read: a mark per ticket, outside the history (looking is no happening)."""

from accounts.models import User
from core.clock import now
from tickets.models import ReadMark, Ticket


def mark_read(ticket: Ticket, *, by: User) -> None:
    ReadMark.objects.update_or_create(ticket=ticket, user=by, defaults={"read_at": now()})
