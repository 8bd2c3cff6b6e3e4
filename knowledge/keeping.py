"""How long it is remembered what was searched for, and who reads what."""

from datetime import timedelta

from core.clock import now
from knowledge.models import Reading, SearchLog

# Searches name nobody, but people type anything.
SEARCHES_KEPT = timedelta(days=180)
READINGS_KEPT = timedelta(days=730)


def forget_searches() -> int:
    """Returns how many rows went."""
    searches, _each = SearchLog.objects.filter(at__lt=now() - SEARCHES_KEPT).delete()
    readings, _each = Reading.objects.filter(day__lt=(now() - READINGS_KEPT).date()).delete()
    return searches + readings
