"""Files of reports: asked for, made in the background in bounded memory, there for a few days.

A file holds what its owner may see at the moment it is made. Whoever is interrupted begins again: the row is done once
the file is there.
"""

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.blobs import store_file
from core.clock import now
from core.text import clean_line
from core.work import wake
from mail.models import Unneeded
from reports.asking import ask
from reports.drilling import tickets_behind
from reports.measures import measures
from reports.models import Export, Format, Story
from reports.questions import Question, QuestionError, read, written
from reports.sheets import Cells, lines_of, write_csv, write_xlsx
from tickets.models import Ticket
from tickets.models.queue import place
from tickets.models.ticket import Channel

DAYS = 7
MOST_WAITING = 5
CHUNK = 2000
_WRITERS: dict[str, Callable[[Path, Iterable[Cells]], None]] = {Format.CSV: write_csv, Format.XLSX: write_xlsx}


def start_export(question: Question, *, name: str, content: str, format: str, by: User, language: str) -> Export:
    """Have a file made for `by`. Raises `ValidationError` while too many wait, or where there is nothing to list."""
    if content not in Export.Content.values or format not in Format.values:
        raise ValidationError(_("There is no such file."))
    if content == Export.Content.TICKETS and not measures()[question.measures[0]].drills:
        raise ValidationError(_("There are no tickets behind this number."))
    if Export.objects.unfinished().filter(owner=by).count() >= MOST_WAITING:
        raise ValidationError(_("Other files of yours are being made; wait for them."))
    export = Export.objects.create(
        owner=by,
        name=clean_line(name, 100) or str(measures()[question.measures[0]].label),
        question=written(question),
        content=content,
        format=format,
        language=language,
    )
    wake(export)
    return export


def exports_of(user: User) -> QuerySet[Export]:
    """The newest first."""
    return Export.objects.filter(owner=user)


def remove_export(export: Export, *, by: User) -> None:
    """Its bytes go with the next tidying. Raises `ValidationError` for anybody but its owner."""
    if export.owner_id != by.pk:
        raise ValidationError(_("Only who made it can change it."))
    _let_go(export)


def make(export: Export) -> None:
    """Write the file and keep it. A question that can no longer be asked ends without one."""
    try:
        question = read(export.question, export.owner)
        with as_seen_by(export.owner, export.language):
            export.digest, export.size = _write(export, _lines(export, question))
    except QuestionError as error:
        export.last_error = str(error)
        export.park()
    export.finished_at = now()
    export.save(update_fields=["digest", "size", "total", "done", "finished_at"])


@contextmanager
def as_seen_by(user: User, language: str) -> Iterator[None]:
    """Within, words and times are those of this person."""
    zone = ZoneInfo(user.time_zone or settings.TIME_ZONE)
    with translation.override(language or user.language or settings.LANGUAGE_CODE), timezone.override(zone):
        yield


def forget_old() -> None:
    for export in Export.objects.filter(created_at__lt=now() - timedelta(days=DAYS)):
        _let_go(export)


def _let_go(export: Export) -> None:
    """The bytes go once nobody else names them (mail/keeping.py)."""
    with transaction.atomic():
        export.delete()
        if export.digest:
            Unneeded.objects.create(digest=export.digest)


def _write(export: Export, lines: Iterable[Cells]) -> tuple[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        _WRITERS[export.format](path, lines)
        with path.open("rb") as file:
            return store_file(file)


def _lines(export: Export, question: Question) -> Iterator[Cells]:
    if export.content == Export.Content.TABLE:
        table = ask(question, export.owner)
        export.total = export.done = len(table.rows)
        return lines_of(table)
    return _tickets(export, question)


def _tickets(export: Export, question: Question) -> Iterator[Cells]:
    """One line for each ticket behind the first measure; progress after each chunk."""
    yield _headings()
    found = tickets_behind(question, export.owner, measure=question.measures[0])
    # Eight bytes for each ticket: the rest is fetched chunk by chunk.
    ids = array("q", found.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000))
    export.total, export.done = len(ids), 0
    for start in range(0, len(ids), CHUNK):
        yield from _chunk(ids[start : start + CHUNK].tolist(), export.owner)
        export.done = min(start + CHUNK, len(ids))
        Export.objects.filter(pk=export.pk).update(total=export.total, done=export.done)


def _headings() -> Cells:
    return [
        _("Number"),
        _("Subject"),
        _("Queue"),
        _("Status"),
        _("Priority"),
        _("Type"),
        _("Agent"),
        _("Customer"),
        _("Organisation"),
        _("Channel"),
        _("Opened at"),
        _("Closed at"),
        _("First response (seconds)"),
        _("First response in business time (seconds)"),
        _("Solution (seconds)"),
        _("Solution in business time (seconds)"),
        _("Messages to customers"),
        _("Reopened"),
        _("Reassigned"),
        _("Time spent (minutes)"),
    ]


_TICKET = [
    "pk",
    "number",
    "title",
    "queue__path",
    "state__name",
    "priority__name",
    "type__name",
    "owner__name",
    "customer__name",
    "organisation__name",
    "channel",
    "created_at",
    "closed_at",
]
_STORY = [
    "pk",
    "first_response",
    "first_response_business",
    "resolution",
    "resolution_business",
    "answers",
    "reopenings",
    "reassignments",
    "minutes",
]


def _chunk(ids: list[int], owner: User) -> Iterator[Cells]:
    """Rights are asked again: who loses one while the file is made gets no more of it."""
    stories = {row[0]: row[1:] for row in Story.objects.filter(pk__in=ids).values_list(*_STORY)}
    channels = dict(Channel.choices)
    rows = Ticket.objects.allowing(owner, "read").filter(pk__in=ids).order_by("pk").values_list(*_TICKET)
    for pk, number, title, queue, *names, channel, created, closed in rows:
        told = stories.get(pk) or (None,) * 8
        times = (timezone.localtime(moment) if moment else None for moment in (created, closed))
        yield [number, title, place(queue), *names, str(channels.get(channel, channel)), *times, *told]
