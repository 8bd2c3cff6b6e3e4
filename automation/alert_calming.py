"""Alerts that came and went too often and have been calm since: said once, with how often, and then settled."""

import logging

from django.db import transaction
from django.utils import timezone, translation

from automation import alert_words
from automation.alert_flapping import CALM
from automation.alert_tickets import live_ticket, note, settle, work_for
from automation.models import Alert

log = logging.getLogger(__name__)

AT_ONCE = 200


def settle_calm() -> int:
    """Returns how many were settled. Each is a transaction of its own, so that one that fails stops no other."""
    waiting = Alert.objects.filter(flapping_since__isnull=False).order_by("flapping_since", "pk")
    return sum(_settle(pk) for pk in waiting.values_list("pk", flat=True)[:AT_ONCE])


def _settle(pk: int) -> bool:
    try:
        with transaction.atomic():
            return _calm(pk)
    except Exception:
        log.exception("alert %s could not be settled", pk)
        return False


def _calm(pk: int) -> bool:
    alert = Alert.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if alert is None or alert.flapping_since is None or not _is_calm(alert):
        return False
    since, number = alert.flapping_since, alert.flaps
    alert.flapping_since, alert.flaps, alert.changes = None, 0, []
    alert.save()
    is_over = alert.status == Alert.Status.RESOLVED
    ticket = live_ticket(alert)
    if ticket is not None and ticket.closed_at is None:
        with translation.override(alert.source.queue.language or "en"):
            note(ticket, alert_words.calm(number, since=since, is_over=is_over), work=work_for(alert.source))
            if is_over:
                settle(alert)
    return True


def _is_calm(alert: Alert) -> bool:
    return max(alert.changes, default=0) < (timezone.now() - CALM).timestamp()
