"""Is the machinery all right? Facts for administrators, gathered without changing anything."""

import platform
import shutil
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import django
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automation.models import AlertPost, EffectRun, NoticeDelivery, ScheduleRun, SurveyInvitation, WebhookDelivery
from core import clamd, pulse
from core.counting import figures
from core.work import WorkRow, kinds
from imports.models import Import
from mail.models import Incoming, Letter, Outgoing
from processes.models import Impulse, Timer
from reports.models import Export, Rebuild, Subscription
from tickets.models import Delivery, JobItem

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


@dataclass(frozen=True)
class Scanner:
    """The virus scanner: where it is, and what it calls itself, with the age of its signatures; empty while it is
    away."""

    place: str
    version: str


@dataclass(frozen=True)
class Process:
    """A process that must run all the time, on one machine; never heard of when `heard_at` is empty."""

    label: str | Promise
    node: str
    heard_at: datetime | None
    is_silent: bool


DUTIES: dict[type[WorkRow], str | Promise] = {
    Incoming: _("Incoming mail"),
    Outgoing: _("Outgoing mail"),
    Delivery: _("Events"),
    Letter: _("Mail for new passwords"),
    JobItem: _("Bulk change"),
    Export: _("Files of reports"),
    Subscription: _("Reports by mail"),
    Rebuild: _("Reports that are told anew"),
    WebhookDelivery: _("Webhooks"),
    AlertPost: _("Reports of monitoring"),
    NoticeDelivery: _("Notices"),
    EffectRun: _("Effects of rules that are tried again"),
    ScheduleRun: _("Runs of schedules"),
    Timer: _("Timers of processes"),
    Impulse: _("Events for processes"),
    Import: _("Imports"),
    SurveyInvitation: _("Surveys"),
}
PROCESSES = {
    pulse.WORKER: _("Worker"),
    pulse.BEAT: _("Clock of the periodic work"),
    pulse.MAIL_RECEIVER: _("Mail receiver"),
}


def duties() -> Sequence[Duty]:
    """All kinds of work, those without a label of their own under the name of their rows."""
    labels = DUTIES | {model: model._meta.verbose_name_plural for model in kinds() if model not in DUTIES}
    given_up = {
        # What a storm keeps was not given up: it waits for a decision (mail/storms.py).
        Incoming: Incoming.objects.filter(state=Incoming.State.QUARANTINED).exclude(reason_code=Incoming.Reason.STORM),
        Outgoing: Outgoing.objects.filter(state=Outgoing.State.FAILED),
    }
    keys = {model: model._meta.model_name for model in labels}
    found = figures(
        {
            **{f"{key} unfinished": model.objects.unfinished() for model, key in keys.items()},
            **{f"{key} due": model.objects.due() for model, key in keys.items()},
            **{f"{key} parked": given_up.get(model, model.objects.parked()) for model, key in keys.items()},
        },
        firsts={f"{key} oldest": model.objects.due().values_list("due_at") for model, key in keys.items()},
    )
    facts = ("unfinished", "due", "oldest", "parked")
    return [Duty(labels[model], *(found[f"{key} {fact}"] for fact in facts)) for model, key in keys.items()]


def processes() -> Sequence[Process]:
    """Who was heard of lately, and who should have been; nobody while Redis is away."""
    try:
        heard = pulse.heard()
    except redis.RedisError:
        return []
    now = timezone.now()
    found = [
        Process(PROCESSES[one.kind], one.node, now - timedelta(seconds=one.age), one.is_silent)
        for one in heard
        if one.kind in PROCESSES
    ]
    missing = set(PROCESSES) - {one.kind for one in heard}
    return [*found, *(Process(PROCESSES[kind], "", None, is_silent=True) for kind in pulse.KINDS if kind in missing)]


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


def scanner() -> Scanner | None:
    """None: this installation has none."""
    if settings.SCANNER is None:
        return None
    try:
        return Scanner(str(settings.SCANNER), clamd.version(settings.SCANNER))
    except OSError:
        return Scanner(str(settings.SCANNER), "")


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


def libraries() -> str:
    return f"Python {platform.python_version()}, Django {django.get_version()}"
