"""The figures behind `/metrics` that lie in the database, in Redis and on the disk, read when somebody asks.

Counts stop at `LIMIT`, so that a scrape costs the same at a thousand tickets and at a million.
"""

import logging
import shutil
import time
from collections.abc import Iterable, Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from core import pulse
from core.counting import figures
from core.work import WorkRow, kinds
from mail import spool
from mail.alarms import troubles
from mail.models import Incident, Incoming, Outgoing
from mail.outbox_figures import sending

log = logging.getLogger(__name__)

LIMIT = 10_000
LATEST = 1_000


class Installation:
    """A collector for prometheus_client: each part for itself, so that one that is away hides no other."""

    def collect(self) -> Iterator[Metric]:
        yield from _part("database", _database)
        yield from _part("redis", _processes)
        yield from _part("disk", _disk)


def _part(name: str, measure) -> Iterator[Metric]:
    up = GaugeMetricFamily(f"helpdesk_{name}_up", f"1 when the {name} answers.")
    try:
        found = list(measure())
        up.add_metric([], 1)
    except (DatabaseError, redis.RedisError, OSError) as error:
        log.warning("no figures of the %s: %s", name, error)
        found = []
        up.add_metric([], 0)
    return iter([up, *found])


def _database() -> Iterable[Metric]:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    answer = GaugeMetricFamily("helpdesk_database_answer_seconds", "Time of one question to the database.")
    answer.add_metric([], time.perf_counter() - started)
    return [answer, *_work(), *_mail()]


def _work() -> Iterable[Metric]:
    rows = GaugeMetricFamily(
        "helpdesk_work_rows", f"Unfinished work by kind and state; counts stop at {LIMIT}.", labels=["kind", "state"]
    )
    age = GaugeMetricFamily(
        "helpdesk_work_oldest_due_seconds", "For how long the oldest due row has been due.", labels=["kind"]
    )
    now = timezone.now()
    for model in kinds():
        states = {
            "due": model.objects.due(),
            "leased": model.objects.unfinished().filter(leased_until__gte=now),
            "later": model.objects.filter(due_at__gt=now),
        }
        # Where no index makes this cheap, a state of the row says the same: see the mail below.
        if any("parked_at" in index.fields for index in model._meta.indexes):
            states["parked"] = model.objects.parked()
        found = figures(states, firsts={"oldest": model.objects.due().values_list("due_at")}, limit=LIMIT)
        for state in states:
            rows.add_metric([model._meta.label_lower, state], found[state])
        oldest = found["oldest"]
        age.add_metric([model._meta.label_lower], max(0.0, (now - oldest).total_seconds()) if oldest else 0)
    return [rows, age]


def _mail() -> Iterable[Metric]:
    states = GaugeMetricFamily(
        "helpdesk_mail",
        f"Messages that need somebody (counts stop at {LIMIT}), by direction and state.",
        labels=["direction", "state"],
    )
    latest = GaugeMetricFamily(
        "helpdesk_mail_latest", f"What became of the latest {LATEST} messages.", labels=["direction", "state"]
    )
    waiting: tuple[tuple[str, type[WorkRow], tuple[str, ...]], ...] = (
        ("in", Incoming, (Incoming.State.RECEIVED, Incoming.State.QUARANTINED)),
        ("out", Outgoing, (Outgoing.State.FAILED,)),
    )
    for direction, model, wanted in waiting:
        found = figures({state.value: model.objects.filter(state=state) for state in wanted}, limit=LIMIT)
        for state, count in found.items():
            states.add_metric([direction, state], count)
        for state, count in _latest(model).items():
            latest.add_metric([direction, state], count)
    spooled = GaugeMetricFamily("helpdesk_mail_spooled", "Messages that wait in files for the database.")
    spooled.add_metric([], len(spool.waiting()))
    return [states, latest, spooled, _alarms(), *_sending()]


def _sending() -> Iterable[Metric]:
    """How mail leaves: what waits and fails, and which servers take nothing."""
    figures = sending()
    outbox = GaugeMetricFamily(
        "helpdesk_mail_outbox", "Outgoing messages that need time or somebody (counts stop at 1000).", labels=["state"]
    )
    for state, number in (
        ("waiting", figures.waiting),
        ("retried", figures.retried),
        ("held", figures.held),
        ("failed_last_hour", figures.failed_last_hour),
    ):
        outbox.add_metric([state], number)
    failing = GaugeMetricFamily("helpdesk_mail_servers_failing", "Servers for sending that take nothing at the moment.")
    failing.add_metric([], len(figures.failing))
    slow = GaugeMetricFamily("helpdesk_mail_domains_slowed", "Domains that have asked us to send more slowly.")
    slow.add_metric([], figures.slow)
    storms = GaugeMetricFamily("helpdesk_mail_storms", "Storms of mail about which nobody has decided.")
    storms.add_metric([], figures.storms)
    return [outbox, failing, slow, storms]


def _alarms() -> Metric:
    """What administrators are told of: by kind, 0 when all is well."""
    alarms = GaugeMetricFamily(
        "helpdesk_mail_alarms", "Trouble with mail that has lasted too long, by kind.", labels=["kind"]
    )
    kinds_now = [trouble.kind for trouble in troubles()]
    for kind in Incident.Kind:
        alarms.add_metric([kind.value], kinds_now.count(kind))
    return alarms


def _latest(model: type[WorkRow]) -> dict[str, int]:
    states = list(model.objects.order_by("-pk").values_list("state", flat=True)[:LATEST])
    return {state: states.count(state) for state in sorted(set(states))}


def _processes() -> Iterable[Metric]:
    age = GaugeMetricFamily(
        "helpdesk_process_silent_seconds",
        "Since when a process has given no sign of life.",
        labels=["kind", "node"],
    )
    for one in pulse.heard():
        age.add_metric([one.kind, one.node], one.age)
    return [age]


def _disk() -> Iterable[Metric]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    free = GaugeMetricFamily("helpdesk_disk_free_bytes", "Room where mail and files lie.")
    free.add_metric([], usage.free)
    total = GaugeMetricFamily("helpdesk_disk_size_bytes", "Size of the file system where mail and files lie.")
    total.add_metric([], usage.total)
    return [free, total]
