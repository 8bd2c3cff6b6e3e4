"""Calling endpoints: leased work, so that after a crash the same message comes again with the same id."""

import http.client
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from automation import webhook_turns
from automation.endpoints import give_up
from automation.models import Endpoint, WebhookAttempt, WebhookDelivery
from automation.webhook_payload import TEST
from automation.webhook_signing import signed
from automation.webhook_troubles import GONE, OFF, REDIRECT, SECRET, STATUS, code_of
from core import logs
from core.calling import Reply, post
from core.work import Setback

SECONDS = 10
AGENT = "Helpdesk"
KEPT, DEAD_KEPT = timedelta(days=30), timedelta(days=90)
CLEARED_AT_ONCE = 5_000


class NotDelivered(Setback):
    """The call went wrong; the row backs off. The text is a code of webhook_troubles.py and what belongs to it."""


@dataclass(frozen=True)
class _Outcome:
    trouble: str
    reply: Reply | None
    detail: str
    ms: int

    @property
    def error(self) -> str:
        status = str(self.reply.status) if self.reply else self.detail
        return f"{self.trouble} {status}".strip() if self.trouble else ""


def send(delivery: WebhookDelivery) -> None:
    """Call the endpoint once. Raises `NotDelivered`; without a call when it is not its turn."""
    endpoint = delivery.endpoint
    if delivery.ticket is not None:
        logs.note(ticket=delivery.ticket.number)
    if delivery.kind == TEST:
        _try_out(endpoint, delivery)
        return
    if not endpoint.is_active:
        delivery.park()
        delivery.last_error = OFF
        return
    if again := webhook_turns.admit(delivery):
        _wait(delivery, until=again)
        return
    outcome = _call(endpoint, delivery)
    _note(delivery, outcome)
    wish = outcome.reply.wait if outcome.reply else 0
    state = webhook_turns.leave(delivery, error=outcome.error, ms=outcome.ms, wish=wish)
    if not outcome.trouble:
        delivery.state, delivery.finished_at = WebhookDelivery.State.DELIVERED, timezone.now()
        return
    patience = timedelta(days=endpoint.give_up_days)
    if outcome.trouble == GONE or (state.failing_since and timezone.now() - state.failing_since > patience):
        give_up(endpoint, reason=outcome.error)
        delivery.park()
        delivery.last_error = outcome.error
        return
    raise NotDelivered(outcome.error)


def _try_out(endpoint: Endpoint, delivery: WebhookDelivery) -> None:
    """A person waits for it: at once and only once. When it goes well, what waits goes, too."""
    outcome = _call(endpoint, delivery)
    _note(delivery, outcome)
    if outcome.trouble:
        delivery.park()
        delivery.last_error = outcome.error
        return
    delivery.state, delivery.finished_at = WebhookDelivery.State.DELIVERED, timezone.now()
    webhook_turns.leave(delivery, error="", ms=outcome.ms)


def forget_deliveries() -> int:
    """Messages that are done with, and the log of their calls, go after a while; those given up stay longer."""
    now = timezone.now()
    old = WebhookDelivery.objects.filter(due_at__isnull=True, created_at__lt=now - KEPT)
    old = old.exclude(state=WebhookDelivery.State.FAILED, created_at__gte=now - DEAD_KEPT)
    rows = list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
    WebhookDelivery.objects.filter(pk__in=rows).delete()
    return len(rows)


def _call(endpoint: Endpoint, delivery: WebhookDelivery) -> _Outcome:
    body, begun = delivery.body.encode(), time.monotonic()
    try:
        keys, own = endpoint.secrets, endpoint.headers
    except ValueError:
        return _Outcome(SECRET, None, "", 0)
    headers = {"User-Agent": AGENT, "Content-Type": delivery.content_type, **own}
    headers |= signed(delivery.message_id, int(time.time()), body, keys)
    try:
        reply = post(endpoint.url, body, headers, seconds=SECONDS, allowed=settings.WEBHOOK_NETWORKS)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _Outcome(code_of(error), None, f"{type(error).__name__}: {error}"[:500], _since(begun))
    return _Outcome(_trouble_of(reply.status), reply, "", _since(begun))


def _trouble_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if status == http.client.GONE:
        return GONE
    return REDIRECT if 300 <= status < 400 else STATUS


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)


def _note(delivery: WebhookDelivery, outcome: _Outcome) -> None:
    WebhookAttempt.objects.create(
        delivery=delivery,
        status=outcome.reply.status if outcome.reply else None,
        ms=outcome.ms,
        answer=outcome.reply.text if outcome.reply else "",
        trouble=outcome.trouble,
        detail=outcome.detail,
    )


def _wait(delivery: WebhookDelivery, *, until: datetime) -> None:
    """Nothing was tried, so it costs no try."""
    delivery.due_at = max(until, timezone.now() + timedelta(seconds=1))
    delivery.attempts -= 1
