"""Alerts that come and go: told once, then counted until they are calm."""

from datetime import timedelta

from django.utils import timezone

from automation.models import Alert

MOST = 20
# So many changes within this time are too many; so long without one is calm.
CHANGES, WITHIN = 5, timedelta(minutes=30)
CALM = timedelta(minutes=15)


def begins(alert: Alert) -> bool:
    """Whether it changes too often from now on; then it is marked so."""
    now = timezone.now()
    recent = [at for at in alert.changes if at > (now - WITHIN).timestamp()]
    if len(recent) < CHANGES:
        return False
    alert.flapping_since, alert.flaps = now, 0
    return True


def is_counted(alert: Alert) -> bool:
    """It has been told already that it comes and goes; one more change is counted."""
    if alert.flapping_since is None:
        return False
    alert.flaps += 1
    return True
