"""Work that must be done exactly once lives in rows; Celery only says "have a look now".

A row is due when `due_at` has passed; an empty `due_at` means there is nothing left to do. Two ways to do it:

* `run_inside`: the effect is rows only. Claim, do and finish are one transaction under `FOR UPDATE SKIP LOCKED`.
* `run_leased`: the effect leaves the database (SMTP, HTTP). The row is claimed with a lease, the work is done
  without a transaction, then the row is finished; after a crash the lease runs out and a repeat must be harmless.

Failures back off and are parked after the last try. A wake-up may be lost or doubled without harm, because a sweep
looks for due rows every ten seconds.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from celery import current_app
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core import calls, logs
from core.later import after_commit

log = logging.getLogger(__name__)

SWEEP_LIMIT = 500
# Just above the hard time limit of a task: whoever held the row is gone then, and it has not waited longer than needed.
LEASE = timedelta(seconds=95)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# How the reason of a failure begins: with what was raised, and the number that the system has for it.
_RAISED = re.compile(r"(?:\w+\.)*[A-Z]\w*: (?=\S)(?:\[Errno -?\d+\] )?")
KILLED = "Each worker that began it was gone before it could say why."


class Setback(Exception):
    """A try went wrong in a way that is to be expected, such as a server that is away: the row backs off, and the log
    gets one plain line of it."""


class WorkRowQuerySet(models.QuerySet):
    def due(self) -> Self:
        """Rows whose time has come and that nobody holds a lease on, oldest first."""
        now = timezone.now()
        return self.filter(_is_free(now), due_at__lte=now).order_by("due_at", "pk")

    def due_one(self, pk: int) -> Self:
        """This row, if its time has come and nobody holds a lease on it.

        Asked for so that the index of what is due is of no use. It looks empty to the planner, as it is most of the
        time, and in a flood it would be walked from its beginning for each row.
        """
        now = timezone.now()
        return self.alias(due=Coalesce("due_at", Value(_NEVER))).filter(_is_free(now), pk=pk, due__lte=now)

    def unfinished(self) -> Self:
        return self.filter(due_at__isnull=False)

    def parked(self) -> Self:
        return self.filter(parked_at__isnull=False)


def _is_free(now: datetime) -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


class WorkRow(models.Model):
    """A duty. Subclasses name the Celery task that looks at one row and how long to wait between tries."""

    task: ClassVar[str]
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
    )
    # Rows that leased work needs as well, read together with its own.
    neighbours: ClassVar[Sequence[str]] = ()

    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    objects = WorkRowQuerySet.as_manager()

    WORK_FIELDS: ClassVar[Sequence[str]] = ("due_at", "attempts", "leased_until", "parked_at", "last_error")

    class Meta:
        abstract = True

    def finish(self) -> None:
        """Nothing is left to do. Saving is up to the caller, together with the effect."""
        self.due_at = self.leased_until = self.parked_at = None
        self.last_error = ""

    def fail(self, reason: str) -> None:
        """Try again after the next pause, or park the row when all tries are used up."""
        self.attempts += 1
        self.last_error = reason[:2000]
        self.leased_until = None
        if self.attempts > len(self.backoff):
            self.park()
        else:
            self.due_at = timezone.now() + self.backoff[self.attempts - 1]

    def park(self) -> None:
        """Give up until a person decides. Subclasses add what parking means to them."""
        self.due_at = self.leased_until = None
        self.parked_at = timezone.now()

    def retry(self) -> None:
        """Due again at once, with all tries."""
        self.due_at, self.attempts, self.parked_at, self.leased_until = timezone.now(), 0, None, None

    @property
    def error_said(self) -> str:
        """What the last failure said, for people: without the class of the error."""
        raised = _RAISED.match(self.last_error)
        return self.last_error[raised.end() :] if raised else self.last_error

    def held(self) -> AbstractContextManager[object]:
        """Around a try under a lease. Subclasses may show others that whoever is at it is alive.

        Not for what leaves the house, such as mail: who has lost the database goes on sending, and only the lease keeps
        others from sending the same.
        """
        return nullcontext()

    def kills(self) -> bool:
        """Whether more tries have begun than may fail: those who began them did not live to tell."""
        return self.attempts > len(self.backoff) + 1

    def save_work(self, *fields: str) -> None:
        self.save(update_fields=[*self.WORK_FIELDS, *fields])


Row = TypeVar("Row", bound=WorkRow)


def kinds() -> list[type[WorkRow]]:
    """Every table of work rows, whichever app brings it."""
    return [model for model in apps.get_models() if issubclass(model, WorkRow)]


def run_inside(model: type[Row], pk: int, act: Callable[[Row], Sequence[str] | None]) -> bool:
    """Claim, act and finish in one transaction; false when the row is not there, not due or somebody else has it.

    `act` saves whatever fields it changes, or names them and has them saved. When it raises, its changes are undone and
    the row backs off.
    """
    row: Row | None = None
    with _scope(model, pk):
        try:
            with transaction.atomic():
                claimed = model.objects.due_one(pk).select_for_update(skip_locked=True, of=("self",))
                row = next(iter(claimed), None)
                if row is None:
                    return False
                tries = row.attempts
                changed = act(row) or ()
                row.finish()
                row.save_work(*changed)
        except Exception as error:
            if row is None:  # nothing was claimed: the database is in trouble, not the row
                raise
            log.exception("failed")
            _note_failure(model, pk, error, tries=tries)
        else:
            log.info("done")
    return True


def run_leased(model: type[Row], pk: int, act: Callable[[Row], object], *, lease: timedelta) -> bool:
    """Claim with a lease, act outside any transaction, then finish; false when there was nothing to claim.

    The number of the try is the fence: a worker whose lease ran out cannot overwrite what its successor did. A row that
    nobody has survived is parked without another try.
    """
    claimed = model.objects.due_one(pk).update(leased_until=timezone.now() + lease, attempts=F("attempts") + 1)
    if not claimed:
        return False
    rows = model.objects.select_related(*model.neighbours) if model.neighbours else model.objects
    row = rows.get(pk=pk)
    fence = row.attempts
    with _scope(model, pk), row.held():
        if row.kills():
            log.error("parked: %s", KILLED)
            row.last_error = KILLED
            row.park()
        else:
            _attempt(row, act)
        changed: dict[str, Any] = {name: getattr(row, name) for name in model.WORK_FIELDS}
        model.objects.filter(pk=pk, attempts=fence).update(**changed)
    return True


def _attempt(row: Row, act: Callable[[Row], object]) -> None:
    try:
        act(row)
    except Exception as error:
        if isinstance(error, Setback):
            log.warning("not done: %s", error)
        else:
            log.exception("failed")
        row.attempts -= 1  # fail() counts this try
        row.fail(f"{type(error).__name__}: {error}")
    else:
        log.info("done")
        if row.due_at is not None and row.due_at <= timezone.now():
            row.finish()
        row.leased_until = None


def _scope(model: type[WorkRow], pk: int) -> AbstractContextManager[None]:
    """What every log line says that is written while this row is worked at."""
    return logs.scope(work=f"{model._meta.label} {pk}")


def _note_failure(model: type[Row], pk: int, error: Exception, *, tries: int) -> None:
    """In a transaction of its own. Who has dealt with the row meanwhile, in whatever way, knows more of it."""
    with transaction.atomic():
        for row in model.objects.due_one(pk).select_for_update(of=("self",)).filter(attempts=tries):
            row.fail(f"{type(error).__name__}: {error}")
            row.save()


def wake(row: WorkRow) -> None:
    """Ask a worker, after the commit, to look at this row now."""
    if row.due_at is not None and row.due_at <= timezone.now():
        pk = row.pk
        after_commit(lambda: nudge(row.task, pk))


def sweep(model: type[WorkRow]) -> int:
    """Wake due rows, the oldest first; returns how many. No more than `SWEEP_LIMIT` wake-ups are to wait for a worker:
    while workers are behind, most of them would be for rows that others wait for already. Of a task that goes on by
    itself one is enough."""
    room = SWEEP_LIMIT - _waiting(model.task)
    found = list(model.objects.due().values_list("pk", flat=True)[:room]) if room > 0 else []
    for pk in found[:1] if calls.goes_on(model.task) else found:
        nudge(model.task, pk)
    return len(found)


def _waiting(task: str) -> int:
    """How many wake-ups nobody has taken yet from the queue of this task; 0 when the broker does not tell."""
    try:
        queue = current_app.amqp.router.route({}, task)["queue"].name
        with current_app.connection_or_acquire() as connection:
            return connection.default_channel.queue_declare(queue=queue, passive=True).message_count
    except Exception:  # an empty queue is not there at all, and a broker that is away has nothing
        return 0


def nudge(task: str, pk: int) -> None:
    """A wake-up that cannot be sent is no harm: the sweep finds the row. So it never fails and never waits long.

    None is sent while another one waits that leads to the same row (core/calls.py)."""
    if _broker.is_away() or calls.is_called(task):
        return
    try:
        current_app.send_task(task, args=[pk], retry=False, ignore_result=True)
    except Exception as error:
        _broker.note_failure()
        log.warning("no wake-up for %s %s: %s", task, pk, error)


class _Broker:
    """Remembers for a moment that the broker did not answer, so that a hundred wake-ups do not wait a hundred times."""

    PAUSE = 5.0

    def __init__(self) -> None:
        self.away_until = 0.0

    def is_away(self) -> bool:
        return time.monotonic() < self.away_until

    def note_failure(self) -> None:
        self.away_until = time.monotonic() + self.PAUSE


_broker = _Broker()
