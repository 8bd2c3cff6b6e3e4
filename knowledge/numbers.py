"""Article numbers: from a sequence. Numbers are labels, not secrets; addresses carry them and never change."""

from django.db import connection

SEQUENCE = "knowledge_number"


def next_number() -> int:
    """The next number. One whose transaction is rolled back stays unused."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCE}')")
        return int(cursor.fetchone()[0])
