"""The rows kept as the histories tell them: what differs is replaced, what agrees is left alone."""

import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import QuerySet

from core.database import hold
from reports.histories import Known, histories_of
from reports.models import Fact, Placed, Span, Story
from reports.retelling import retell
from reports.values import Retold, Summary
from tickets.models import Ticket

PLACE = [
    "queue_id",
    "owner_id",
    "state_id",
    "priority_id",
    "type_id",
    "service_id",
    "customer_id",
    "organisation_id",
    "channel",
]
FACT = ("ticket_id", "home_id", *PLACE, *["kind", "at", "agent_id", "target", "amount", "business"])
SPAN = ("ticket_id", "home_id", *PLACE, "starts_at", "ends_at")
SUMMARY = tuple(Summary.__dataclass_fields__)
STORY = ("ticket_id", "home_id", "version", *SUMMARY)
# Tickets with neighbouring numbers are told one after the other.
NEIGHBOURS = 256

Line = tuple[Any, ...]


def keep(ids: Collection[int]) -> list[int]:
    """Bring the rows of these tickets in step with their histories; gives those of which some were not.

    Whoever tells the same tickets at the same time waits. Done twice it changes nothing.
    """
    with transaction.atomic():
        for number in sorted({pk // NEIGHBOURS for pk in ids}):
            hold(f"report rows {number}")
        known = histories_of(ids)
        told = {pk: retell(each.history) for pk, each in known.items()}
        # Nobody moves them from here on: whoever does it later finds these rows and takes them along (handlers.py).
        homes = _homes(Ticket.objects.select_for_update(of=("self",), no_key=True), ids)
        changed = _replace(Fact, FACT, ids, _facts(homes, told)) | _replace(Span, SPAN, ids, _spans(homes, told))
        return sorted(changed | _replace(Story, STORY, ids, _stories(homes, known, told)))


def wrong_among(ids: Collection[int]) -> list[int]:
    """Tickets whose rows are not what their histories tell; nothing is changed. Those that are behind are left out."""
    with transaction.atomic():
        known = histories_of(ids)
        versions = dict(Story.objects.filter(pk__in=known).values_list("pk", "version"))
        settled = {pk: each for pk, each in known.items() if versions.get(pk) == each.version}
        told = {pk: retell(each.history) for pk, each in settled.items()}
        homes = _homes(Ticket.objects.all(), ids)
        wrong: set[int] = set()
        for model, columns, lines in (
            (Fact, FACT, _facts(homes, told)),
            (Span, SPAN, _spans(homes, told)),
            (Story, STORY, _stories(homes, settled, told)),
        ):
            wanted, surplus = _compare(model, columns, list(settled), lines)
            wrong |= {line[0] for line in wanted} | {pk for pk, _row in surplus}
        return sorted(wrong)


def _homes(tickets: QuerySet[Ticket], ids: Collection[int]) -> Mapping[int, int]:
    """The queues of today. Read after the histories: rows that know of a move are not filed where it began."""
    return dict(tickets.filter(pk__in=ids).order_by("pk").values_list("pk", "queue_id"))


def _facts(homes: Mapping[int, int], told: Mapping[int, Retold]) -> list[Line]:
    return [
        (pk, homes[pk], *fact.place, fact.kind, fact.at, fact.agent, fact.target, fact.amount, fact.business)
        for pk, retold in told.items()
        if pk in homes
        for fact in retold.facts
    ]


def _spans(homes: Mapping[int, int], told: Mapping[int, Retold]) -> list[Line]:
    return [
        (pk, homes[pk], *span.place, span.starts_at, span.ends_at)
        for pk, retold in told.items()
        if pk in homes
        for span in retold.spans
    ]


def _stories(homes: Mapping[int, int], known: Mapping[int, Known], told: Mapping[int, Retold]) -> list[Line]:
    return [
        (pk, homes[pk], known[pk].version, *(getattr(retold.summary, name) for name in SUMMARY))
        for pk, retold in told.items()
        if pk in homes
    ]


def _replace(
    model: type[Placed] | type[Story], columns: Sequence[str], ids: Collection[int], lines: list[Line]
) -> set[int]:
    """The tickets of which something was changed."""
    wanted, surplus = _compare(model, columns, ids, lines)
    if surplus:
        model._default_manager.filter(pk__in=[row for _pk, row in surplus]).delete()
    _copy(model._meta.db_table, columns, wanted)
    return {line[0] for line in wanted} | {pk for pk, _row in surplus}


def _compare(
    model: type[models.Model], columns: Sequence[str], ids: Collection[int], lines: list[Line]
) -> tuple[list[Line], list[tuple[int, int]]]:
    """Lines that are missing, and the rows (ticket, key) that are too many."""
    there: dict[Line, list[int]] = defaultdict(list)
    for row in model._default_manager.filter(ticket__in=ids).values_list("pk", *columns):
        there[row[1:]].append(row[0])
    missing = []
    for line in lines:
        if found := there.get(line):
            found.pop()
        else:
            missing.append(line)
    return missing, [(line[0], pk) for line, keys in there.items() for pk in keys]


def _copy(table: str, columns: Sequence[str], lines: Iterable[Line]) -> None:
    """Straight into the table; no value holds a character that PostgreSQL's format treats specially."""
    text = "".join("\t".join(map(_cell, line)) + "\n" for line in lines)
    if text:
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.BytesIO(text.encode()))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.isoformat() if isinstance(value, datetime) else str(value)
