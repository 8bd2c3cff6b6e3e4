"""What an agent has read: a mark per ticket, outside the history (looking is no happening)."""

from accounts.models import User
from tickets.models import ReadMark, Ticket


def mark_read(ticket: Ticket, *, by: User) -> None:
    """`by` has seen the ticket as this row says it is; what has come since stays unread."""
    mark = ReadMark(ticket=ticket, user=by, read_at=ticket.changed_at)
    ReadMark.objects.bulk_create(
        [mark], update_conflicts=True, unique_fields=["user", "ticket"], update_fields=["read_at"]
    )


def has_read(ticket: Ticket, user: User) -> bool:
    """Whether `user` has seen the ticket as this row says it is."""
    return ReadMark.objects.filter(ticket=ticket, user=user, read_at__gte=ticket.changed_at).exists()
