"""How sending goes: what waits, what failed lately, which servers take nothing. For pages, figures and alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from core.counting import LIMIT, counts, figures
from mail.models import Domain, Outgoing, Server, ServerState, Storm
from mail.way_troubles import sentence_of_last
from mail.ways import ENVIRONMENT, environment

# Failing for so long is no hiccup any more; and so long after its time no message should still wait without a try.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True)
class Failing:
    """A server that takes nothing; `pk` is empty for the one of the environment. `words` say for people what the
    `error` is."""

    name: str
    pk: int | None
    since: datetime
    error: str
    words: str = ""


@dataclass(frozen=True)
class Sending:
    """Counts stop at `LIMIT`. `slow` are domains that have asked for time."""

    waiting: int
    oldest: datetime | None
    retried: int
    held: int
    failed_last_hour: int
    failing: Sequence[Failing]
    slow: int
    storms: int

    @property
    def is_well(self) -> bool:
        return not (self.failing or self.failed_last_hour or self.storms)


def sending() -> Sending:
    """All of it, in two or three queries that cost the same at a thousand messages and at a million."""
    now = timezone.now()
    unfinished = Outgoing.objects.unfinished()
    found = figures(
        {
            "waiting": unfinished,
            "retried": unfinished.filter(attempts__gt=0),
            "held": Outgoing.objects.filter(state=Outgoing.State.HELD),
            "failed_last_hour": Outgoing.objects.filter(
                state=Outgoing.State.FAILED, sent_at__gt=now - timedelta(hours=1)
            ),
            "slow": Domain.objects.filter(pause__gt=0),
            "storms": Storm.objects.filter(state__in=(Storm.State.BLOWING, Storm.State.OVER)),
        },
        firsts={"oldest": unfinished.filter(due_at__lte=now).order_by("due_at").values_list("due_at")},
    )
    return Sending(**found, failing=failing_servers())


def failing_servers() -> list[Failing]:
    """Of those that are in use."""
    states = {state.key: state for state in ServerState.objects.filter(failing_since__isnull=False)}
    if not states:
        return []
    found = []
    for server in Server.objects.filter(is_active=True).order_by("name"):
        if state := states.get(f"server {server.pk}"):
            found.append(_failing(server.name, server.pk, state, host=server.host))
    default, state = environment(), states.get(ENVIRONMENT)
    if default and state:
        found.append(_failing(default.name, None, state, host=default.host))
    return found


def _failing(name: str, pk: int | None, state: ServerState, *, host: str) -> Failing:
    words = sentence_of_last(state.last_error, host)
    return Failing(name, pk, state.failing_since or timezone.now(), state.last_error, words)


def stuck(now: datetime, failing: Sequence[Failing] | None = None) -> tuple[int, datetime] | None:
    """How many messages wait because nothing leaves, and since when; None while it goes well enough."""
    border = now - PATIENCE
    since = [one.since for one in (failing_servers() if failing is None else failing) if one.since < border]
    late = Outgoing.objects.due().filter(due_at__lt=border)
    times = [due_at for due_at in late.values_list("due_at", flat=True)[:LIMIT] if due_at]
    if not since and not times:
        return None
    return max(len(times), counts(waiting=Outgoing.objects.unfinished())["waiting"]), min([*since, *times])
