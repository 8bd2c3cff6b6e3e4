"""Ticket numbers: from a sequence, so that they are unique whoever asks at once. Numbers are labels, not secrets."""

from django.db import connection

SEQUENCE = "tickets_number"


def next_number() -> str:
    """The next plain number. A number whose transaction is rolled back stays unused."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCE}')")
        return str(cursor.fetchone()[0])
