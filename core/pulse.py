"""Signs of life of the long-running processes: when each was last heard of.

They lie in Redis and nothing depends on them but what administrators and monitoring are shown: a flushed Redis is full
again within one pause.
"""

import json
import logging
import os
import socket
import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings

log = logging.getLogger(__name__)

PAUSE = 15
# After missing three signs a process counts as silent; after an hour it is forgotten, as replaced nodes should be.
SILENT_AFTER = 50
FORGOTTEN_AFTER = 3600
KEY = "pulses"

WORKER, BEAT, MAIL_RECEIVER = "worker", "beat", "mail receiver"
KINDS = (WORKER, BEAT, MAIL_RECEIVER)


@dataclass(frozen=True)
class Pulse:
    """One process on one machine; `age` is the seconds since it was last heard of."""

    kind: str
    node: str
    age: float

    @property
    def is_silent(self) -> bool:
        return self.age > SILENT_AFTER


def beat(kind: str) -> None:
    """Say that this process of that kind is alive. Redis may be away: then nobody hears it."""
    try:
        _redis().hset(KEY, json.dumps([kind, node()]), f"{time.time():.0f}")
    except redis.RedisError as error:
        log.warning("no sign of life: %s", error)


def heard() -> list[Pulse]:
    """Everybody heard of within the last hour, by kind and machine. Raises `redis.RedisError`."""
    now = time.time()
    # hgetall has an asynchronous twin, and the annotation covers both
    found: dict[bytes, bytes] = _redis().hgetall(KEY)  # type: ignore[assignment]
    pulses = [(field, _pulse(field, now - float(at))) for field, at in found.items()]
    if forgotten := [field for field, pulse in pulses if pulse.age > FORGOTTEN_AFTER]:
        _redis().hdel(KEY, *forgotten)
    kept = [pulse for _field, pulse in pulses if pulse.age <= FORGOTTEN_AFTER]
    return sorted(kept, key=lambda pulse: (pulse.kind, pulse.node))


def _pulse(field: bytes, age: float) -> Pulse:
    kind, node = json.loads(field)
    return Pulse(kind, node, max(0.0, age))


def is_alive_here(kind: str) -> bool:
    """Whether the process of that kind on this machine is well: what a container's health check asks."""
    try:
        return any(p.kind == kind and p.node == node() and not p.is_silent for p in heard())
    except redis.RedisError:
        # The broker's trouble is not healed by starting the worker again.
        return True


def node() -> str:
    """This machine, as the others know it; containers are told apart by their host name."""
    return os.environ.get("HELPDESK_NODE") or socket.gethostname()


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
