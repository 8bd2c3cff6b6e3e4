"""What an agent has read: a mark per ticket, outside the history (looking is no happening)."""

from django.db import connection

from accounts.models import User
from tickets.models import ReadMark, Ticket

# One statement for every page that somebody opens; `bulk_create` takes three.
_MARK = """
    INSERT INTO tickets_readmark (ticket_id, user_id, read_at) VALUES (%s, %s, %s)
    ON CONFLICT (user_id, ticket_id) DO UPDATE SET read_at = EXCLUDED.read_at
"""


def mark_read(ticket: Ticket, *, by: User) -> None:
    """`by` has seen the ticket as this row says it is; what has come since stays unread."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ticket.pk, by.pk, ticket.changed_at])


def has_read(ticket: Ticket, user: User) -> bool:
    """Whether `user` has seen the ticket as this row says it is."""
    return ReadMark.objects.filter(ticket=ticket, user=user, read_at__gte=ticket.changed_at).exists()
