"""Whose turn it is to be called: a few calls of an endpoint at once, a slow one alone, one that fails after a rest.

The claims are rows, not workers, so that several workers keep to them. Whoever must wait has not used up a try.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from automation.models import Endpoint, EndpointState, WebhookDelivery

PARALLEL = 4
# An endpoint that takes longer than this gets one call at a time, and no two such endpoints are called at once: else a
# few of them would keep all workers waiting.
SLOW_MS = 2_000
CLAIM = timedelta(seconds=30)
PAUSE = timedelta(seconds=3)
# After so many failures in a row it rests, each time twice as long.
PATIENCE = 3
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
LONGEST_WISH = timedelta(hours=1)


def admit(delivery: WebhookDelivery) -> datetime | None:
    """None: it is its turn, until `leave`. Else when to look again."""
    with transaction.atomic():
        state = _locked(delivery.endpoint_id)
        now = timezone.now()
        if state.rests_until and state.rests_until > now:
            _hold_back(delivery, state.rests_until)
            return state.rests_until
        holders = _alive(state.holders, now)
        if len(holders) >= _room(state):
            return now + PAUSE
        state.holders = {**holders, str(delivery.pk): (now + CLAIM).timestamp()}
        state.save(update_fields=["holders"])
    return None


def leave(delivery: WebhookDelivery, *, error: str, ms: int, wish: int = 0) -> EndpointState:
    """Note how the call went; `error` is empty when it went well, `wish` are seconds the endpoint asks us to wait."""
    with transaction.atomic():
        state = _locked(delivery.endpoint_id)
        now = timezone.now()
        state.holders = _alive({key: end for key, end in state.holders.items() if key != str(delivery.pk)}, now)
        state.last_ms = ms
        if error:
            state.failures += 1
            state.failing_since = state.failing_since or now
            state.last_error = error[:500]
            state.rests_until = now + max(_rest(state.failures), min(timedelta(seconds=wish), LONGEST_WISH))
        else:
            _recover(state, now)
        state.save()
    return state


def forget(endpoint: Endpoint) -> None:
    """A changed endpoint is called at once, as if it had never failed."""
    EndpointState.objects.filter(endpoint=endpoint).update(
        failing_since=None, failures=0, last_error="", rests_until=None, given_up_at=None
    )


def _recover(state: EndpointState, now: datetime) -> None:
    """What has waited for it goes now, the oldest first."""
    if state.failures:
        waiting = WebhookDelivery.objects.filter(endpoint=state.endpoint_id, due_at__gt=now)
        waiting.update(due_at=now)
    state.last_success_at, state.failing_since, state.failures = now, None, 0
    state.last_error, state.rests_until = "", None


def _room(state: EndpointState) -> int:
    if state.failures:
        return 1
    if state.last_ms <= SLOW_MS:
        return PARALLEL
    others = EndpointState.objects.filter(last_ms__gt=SLOW_MS).exclude(pk=state.pk).exclude(holders={})
    now = timezone.now()
    return 0 if any(_alive(other.holders, now) for other in others) else 1


def _hold_back(delivery: WebhookDelivery, until: datetime) -> None:
    """All that is due for it, at one go: none of it needs a worker to find that out."""
    rows = WebhookDelivery.objects.due().filter(endpoint=delivery.endpoint_id).exclude(pk=delivery.pk)
    WebhookDelivery.objects.filter(pk__in=rows.order_by().values("pk")).update(due_at=until)


def _rest(failures: int) -> timedelta:
    over = failures - PATIENCE
    return timedelta(0) if over < 0 else min(FIRST_REST * 2 ** min(over, 10), LONGEST_REST)


def _alive(holders: Mapping[str, float], now: datetime) -> dict[str, float]:
    return {key: end for key, end in holders.items() if end > now.timestamp()}


def _locked(endpoint: int) -> EndpointState:
    EndpointState.objects.bulk_create([EndpointState(endpoint_id=endpoint)], ignore_conflicts=True)
    return EndpointState.objects.select_for_update().get(pk=endpoint)
