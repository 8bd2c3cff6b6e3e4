"""Loading many tickets at once: the only place that writes tickets past the verbs (demo worlds, imports).

A `Life` (tickets/lives.py) tells what happened to a ticket in order; the rows are those that the verbs would have
written with no handler listening (a test compares them). They go to PostgreSQL by COPY, a batch per transaction.
Nothing is to be delivered for them, so they leave no `Delivery` rows.
"""

import io
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import cursor as Cursor

from accounts.models import Organisation, User
from core.html import excerpt
from core.text import fold
from tickets.changes import plain
from tickets.events import canonical, digest_of_text
from tickets.lives import Happening, Life, Said, StoredFile
from tickets.models import State, Tag
from tickets.models.article import Sender
from tickets.passages import VECTOR, said, stemmer_of

__all__ = ["Life", "StoredFile", "load"]

TICKET_COLUMNS = (
    "id number title queue_id type_id state_id priority_id owner_id responsible_id is_locked customer_id "
    "organisation_id channel language tags custom_fields pending_until pending_done merged_into_id created_at "
    "changed_at closed_at last_public_at last_customer_at preview has_files due_at version chain"
)
ARTICLE_COLUMNS = (
    "id uuid ticket_id channel sender author_id visible_to_customer sent_from to cc bcc reply_to subject body html "
    "message_id marks submission created_at"
)
EVENT_COLUMNS = (
    "id ticket_id article_id kind actor_id cause_kind cause_reference depth at version data data_digest digest"
)
ATTACHMENT_COLUMNS = "uuid article_id name content_type size digest is_inline content_id"
WORD_COLUMNS = "ticket_id is_public stemmer text folded"
# How much may wait to be sorted into the index of words (kB): in between, each search reads all that waits.
SHORT_LIST, LONG_LIST = 512, 16_384


def load(lives: Sequence[Life], *, first_state: State) -> None:
    """Write a batch in one transaction. Every life must have been opened, in the state `first_state`."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A batch that a power cut takes back is loaded again: who loads goes on from what is there.
        cursor.execute("SET LOCAL synchronous_commit = off")
        _trust_references(cursor)
        tickets = _reserve(cursor, "tickets_ticket_id_seq", len(lives))
        numbers = _reserve(cursor, "tickets_number", len(lives))
        articles = iter(_reserve(cursor, "tickets_article_id_seq", sum(len(life.articles) for life in lives)))
        events = iter(_reserve(cursor, "tickets_event_id_seq", sum(len(life.events) for life in lives)))
        batch = _Batch(first_state)
        for life, pk, number in zip(lives, tickets, numbers, strict=True):
            life.number = str(number)
            batch.add(life, pk, articles, events)
        batch.write(cursor.cursor)
        tags = sorted({tag for life in lives for tag in life.tags})
        Tag.objects.bulk_create([Tag(name=name) for name in tags], ignore_conflicts=True)


@contextmanager
def large_load() -> Iterator[None]:
    """For the length of a large load: new words wait in a long list and are sorted into the index many at a time."""
    _wait_in_index(LONG_LIST)
    try:
        yield
    finally:
        _wait_in_index(SHORT_LIST)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT gin_clean_pending_list('passage_words')")
            cursor.execute("ANALYZE tickets_ticket, tickets_article, tickets_passage, tickets_event")
            cursor.execute("RESET statement_timeout")


def _wait_in_index(kilobytes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX passage_words SET (gin_pending_list_limit = %s)", [kilobytes])


class _Batch:
    """The rows of some lives as lines of COPY, in the order in which foreign keys want them."""

    def __init__(self, first_state: State) -> None:
        self.first_state = plain(first_state)
        self.tickets: list[str] = []
        self.articles: list[str] = []
        self.words: list[str] = []
        self.attachments: list[str] = []
        self.events: list[str] = []

    def add(self, life: Life, pk: int, article_ids: Iterator[int], event_ids: Iterator[int]) -> None:
        ids = [self._add_article(pk, next(article_ids), article) for article in life.articles]
        chain = ""
        for version, event in enumerate(life.events, start=1):
            article = None if event.article is None else ids[event.article]
            chain = self._add_event(life, pk, next(event_ids), event, article, version, chain)
        self._add_words(life, pk)
        self.tickets.append(_ticket_row(life, pk, chain))

    def _add_article(self, ticket: int, pk: int, article: Said) -> int:
        author = article.author
        sent_from = "{}"
        if article.sender == Sender.CUSTOMER:
            sent_from = json.dumps({"name": author.name, "address": author.email})
        self.articles.append(
            f"{pk}\t{_uuid()}\t{ticket}\t{article.channel}\t{article.sender}\t{author.pk}\t{article.visible}\t"
            f"{_text(sent_from)}\t[]\t[]\t[]\t[]\t\t{_text(article.text)}\t\t\t[]\t\\N\t{article.at.isoformat()}\n"
        )
        for file in article.files:
            name, content_type = _text(file.name), _text(file.content_type)
            self.attachments.append(f"{_uuid()}\t{pk}\t{name}\t{content_type}\t{file.size}\t{file.digest}\tf\t\n")
        return pk

    def _add_event(
        self, life: Life, ticket: int, pk: int, event: Happening, article: int | None, version: int, before: str
    ) -> str:
        data = event.data
        if event.kind == "ticket.created":
            data = life.snapshot()
            data["state"]["now"] = self.first_state
        text, at, actor, cause = canonical(data), event.at.isoformat(), event.by.pk, life.cause
        data_digest = digest_of_text(text)
        # What tickets.events.chain_digest makes of it: nobody on behalf of whom, no event as cause, no reference.
        link = (
            f'["{before}",{ticket},{article or "null"},"{event.kind}",{actor},null,null,"{cause}","","{at}",{version},'
            f'"{data_digest}"]'
        )
        digest = digest_of_text(link)
        self.events.append(
            f"{pk}\t{ticket}\t{_number(article)}\t{event.kind}\t{actor}\t{cause}\t\t0\t{at}\t{version}\t"
            f"{_text(text)}\t{data_digest}\t{digest}\n"
        )
        return digest

    def _add_words(self, life: Life, ticket: int) -> None:
        for is_public in (True, False):
            parts = [
                said("", article.text, [file.name for file in article.files], title=life.title)
                for article in life.articles
                if article.visible == is_public
            ]
            if parts:
                text = _text(f"{life.title} {' '.join(parts)}")
                folded = "\\N" if text.isascii() else fold(text)
                self.words.append(f"{ticket}\t{is_public}\t{stemmer_of(life.language)}\t{text}\t{folded}\n")

    def write(self, cursor: Cursor) -> None:
        _copy(cursor, "tickets_ticket", TICKET_COLUMNS, self.tickets)
        _copy(cursor, "tickets_article", ARTICLE_COLUMNS, self.articles)
        _copy(cursor, "tickets_attachment", ATTACHMENT_COLUMNS, self.attachments)
        _copy(cursor, "tickets_event", EVENT_COLUMNS, self.events)
        cursor.execute(
            "CREATE TEMP TABLE loaded_words (ticket_id bigint, is_public bool, stemmer regconfig, text text, "
            "folded text) ON COMMIT DROP"
        )
        _copy(cursor, "loaded_words", WORD_COLUMNS, self.words)
        vector = VECTOR.format(stemmer="stemmer", text="text", folded="coalesce(folded, text)")
        cursor.execute(
            "INSERT INTO tickets_passage (ticket_id, is_public, size, words) "  # noqa: S608 - constants
            f"SELECT ticket_id, is_public, length(text), {vector} FROM loaded_words"
        )


def _ticket_row(life: Life, pk: int, chain: str) -> str:
    tags = "{" + ",".join(json.dumps(tag) for tag in life.tags) + "}"
    return (
        f"{pk}\t{life.number}\t{_text(life.title)}\t{life.queue.pk}\t{life.type.pk}\t{life.state.pk}\t"
        f"{life.priority.pk}\t{_key(life.owner)}\t\\N\tf\t{life.customer.pk}\t"
        f"{_key(life.organisation)}\t{life.channel}\t{life.language}\t{_text(tags)}\t"
        f"{_text(json.dumps(life.custom_fields))}\t{_time(life.pending_until)}\tf\t\\N\t{_time(life.created_at)}\t"
        f"{_time(life.changed_at)}\t{_time(life.closed_at)}\t{_time(life.last_public_at)}\t"
        f"{_time(life.last_customer_at)}\t{_text(excerpt(life.last_public_text, 200))}\t{life.has_files}\t\\N\t"
        f"{len(life.events)}\t{chain}\n"
    )


def _trust_references(cursor: Any) -> None:
    """Skip the check of foreign keys where the database allows it: the rows were made from rows that are there."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _reserve(cursor: Any, sequence: str, count: int) -> list[int]:
    cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
    return [row[0] for row in cursor.fetchall()]


def _copy(cursor: Cursor, table: str, columns: str, lines: Iterable[str]) -> None:
    names = ", ".join(f'"{name}"' for name in columns.split())
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.BytesIO("".join(lines).encode()))


# Values in PostgreSQL's text format for COPY.

_SPECIAL = re.compile(r"[\\\t\n\r]")


def _text(value: str) -> str:
    if not _SPECIAL.search(value):
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _number(value: int | None) -> int | str:
    return "\\N" if value is None else value


def _key(row: User | Organisation | None) -> int | str:
    return "\\N" if row is None else row.pk


def _time(value: datetime | None) -> str:
    return "\\N" if value is None else value.isoformat()


def _uuid() -> str:
    """One that begins with the time (version 7): in a large index, random ones would each touch another page."""
    digits = os.urandom(10).hex()
    return f"{time.time_ns() // 1_000_000:012x}7{digits[:3]}a{digits[3:18]}"
