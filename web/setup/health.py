"""Is the machinery all right? Facts for administrators, gathered without changing anything."""

import shutil
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.work import WorkRow
from mail.models import Incoming, Outgoing
from tickets.models import Delivery
from web.setup.counting import counts

# Work that has been due for longer than this means that no worker is at it.
LATE_SECONDS = 120
LOW_DISK_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Duty:
    """One kind of work: how much is unfinished and due, since when the oldest is due, how much was given up."""

    label: str | Promise
    unfinished: int
    due: int
    oldest: datetime | None
    parked: int

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and (timezone.now() - self.oldest).total_seconds() > LATE_SECONDS


@dataclass(frozen=True)
class Disk:
    free: int
    total: int

    @property
    def free_gb(self) -> float:
        return self.free / 1e9

    @property
    def total_gb(self) -> float:
        return self.total / 1e9

    @property
    def is_low(self) -> bool:
        return self.free < LOW_DISK_BYTES


def duties() -> Sequence[Duty]:
    kinds: list[tuple[str, str | Promise, type[WorkRow]]] = [
        ("incoming", _("Incoming mail"), Incoming),
        ("outgoing", _("Outgoing mail"), Outgoing),
        ("delivery", _("Events"), Delivery),
    ]
    found = counts(
        **{f"{key}_unfinished": model.objects.unfinished() for key, _label, model in kinds},
        **{f"{key}_due": model.objects.due() for key, _label, model in kinds},
        incoming_parked=Incoming.objects.filter(state=Incoming.State.QUARANTINED),
        outgoing_parked=Outgoing.objects.filter(state=Outgoing.State.FAILED),
        delivery_parked=Delivery.objects.parked(),
    )
    return [
        Duty(label, found[f"{key}_unfinished"], found[f"{key}_due"], _oldest(model), found[f"{key}_parked"])
        for key, label, model in kinds
    ]


def database() -> tuple[str, float]:
    """The server's version and how many milliseconds a question takes."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return f"PostgreSQL {version}", (time.monotonic() - started) * 1000


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


def disk() -> Disk | None:
    try:
        usage = shutil.disk_usage(settings.DATA_DIR)
    except OSError:
        return None
    return Disk(usage.free, usage.total)


@cache
def version() -> str:
    """As pyproject.toml says."""
    try:
        return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return ""


def _oldest(model: type[WorkRow]) -> datetime | None:
    return model.objects.due().values_list("due_at", flat=True).first()
