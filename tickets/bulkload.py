"""Loading many tickets at once: the only place that writes tickets past the verbs (demo worlds, imports).

A `Life` tells what happened to a ticket in order; the rows are those that the verbs would have written with no handler
listening (a test compares them). They go to PostgreSQL by COPY, a batch per transaction. Nothing is to be delivered
for them, so they leave no `Delivery` rows.
"""

import io
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import cursor as Cursor

from accounts.models import Organisation, User
from core.html import excerpt
from core.text import fold
from tickets.articles import STEMMERS
from tickets.changes import plain
from tickets.events import chain_digest, digest_of
from tickets.models import Priority, Queue, State, StateType, TicketType
from tickets.models.article import Sender
from tickets.models.ticket import Channel

Row = tuple[Any, ...]

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


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes are a blob already."""

    name: str
    content_type: str
    size: int
    digest: str


@dataclass
class Life:
    """A ticket's facts while its story is told; the methods are the verbs of tickets/actions, without the database."""

    title: str
    queue: Queue
    type: TicketType
    priority: Priority
    customer: User
    organisation: Organisation | None
    channel: str
    language: str
    state: State
    tags: list[str] = field(default_factory=list)
    custom_fields: dict[str, Any] = field(default_factory=dict)
    cause: str = "demo"

    owner: User | None = None
    pending_until: datetime | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    closed_at: datetime | None = None
    last_public_at: datetime | None = None
    last_customer_at: datetime | None = None
    preview: str = ""
    has_files: bool = False
    number: str = ""
    articles: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def open(self, at: datetime, text: str, *, files: Sequence[StoredFile] = ()) -> None:
        self.created_at = at
        self._say(at, self.customer, Sender.CUSTOMER, self.channel, text, visible=True, files=files)
        self._record(at, "ticket.created", self.customer, {}, article=True)

    def assign(self, at: datetime, owner: User, *, by: User) -> None:
        self._change(at, "owner.changed", by, owner=owner)

    def reply(self, at: datetime, text: str, *, by: User, then: State, until: datetime | None = None) -> None:
        self._say(at, by, Sender.AGENT, Channel.EMAIL, text, visible=True)
        self._record(at, "article.added", by, {}, article=True)
        self.set_state(at, then, by=by, until=until)

    def note(self, at: datetime, text: str, *, by: User) -> None:
        self._say(at, by, Sender.AGENT, Channel.NOTE, text, visible=False)
        self._record(at, "article.added", by, {}, article=True)

    def receive(self, at: datetime, text: str, *, opened: State) -> None:
        """The customer writes again; `opened` is the state that stands for "open"."""
        self._say(at, self.customer, Sender.CUSTOMER, self.channel, text, visible=True)
        self._record(at, "article.added", self.customer, {}, article=True)
        if self.state.type not in (StateType.NEW, StateType.OPEN):
            self.set_state(at, opened, by=self.customer)

    def set_state(self, at: datetime, state: State, *, by: User, until: datetime | None = None) -> None:
        if state == self.state and until == self.pending_until:
            return
        was_final = self.state.is_final
        kind = "ticket.closed" if state.type == StateType.CLOSED else "state.changed"
        if was_final and not state.is_final:
            kind = "ticket.reopened"
        self.closed_at = at if state.is_final else None
        self._change(at, kind, by, state=state, pending_until=until)

    def _say(
        self,
        at: datetime,
        author: User,
        sender: str,
        channel: str,
        text: str,
        *,
        visible: bool,
        files: Sequence[StoredFile] = (),
    ) -> None:
        self.articles.append(
            {"at": at, "author": author, "sender": sender, "channel": channel, "text": text, "visible": visible}
            | {"files": files}
        )
        self.changed_at = at
        self.has_files = self.has_files or bool(files)
        if visible:
            self.last_public_at, self.preview = at, excerpt(text, 200)
            if sender == Sender.CUSTOMER:
                self.last_customer_at = at

    def _change(self, at: datetime, kind: str, by: User, **values: Any) -> None:
        data = {}
        for name, value in values.items():
            was = getattr(self, name)
            if was != value:
                data[name] = {"was": plain(was), "now": plain(value)}
                setattr(self, name, value)
        if data:
            self.changed_at = at
            self._record(at, kind, by, data)

    def _record(self, at: datetime, kind: str, by: User, data: dict[str, Any], *, article: bool = False) -> None:
        number = len(self.articles) - 1 if article else None
        self.events.append({"at": at, "kind": kind, "by": by, "data": data, "article": number})

    def snapshot(self) -> dict[str, Any]:
        """What the opening event holds (tickets/actions/opening.py); asked for once the number is known."""
        facts = {
            "number": self.number,
            "title": self.title,
            "queue": plain(self.queue),
            "type": plain(self.type),
            "state": None,
            "priority": plain(self.priority),
            "owner": None,
            "responsible": None,
            "customer": plain(self.customer),
            "organisation": plain(self.organisation),
            "channel": self.channel,
            "language": self.language,
            "tags": self.tags,
            "custom_fields": self.custom_fields,
            "pending_until": None,
            "is_locked": False,
        }
        return {name: {"was": None, "now": value} for name, value in facts.items()}


def load(lives: Sequence[Life], *, first_state: State) -> None:
    """Write a batch in one transaction. Every life must have been opened, in the state `first_state`."""
    with transaction.atomic(), connection.cursor() as cursor:
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


@dataclass(slots=True)
class _EventRow:
    """What the chain covers (tickets.events.Chained); a model instance costs ten times as much."""

    ticket_id: int
    article_id: int | None
    kind: str
    actor_id: int
    cause_kind: str
    at: datetime
    version: int
    data_digest: str
    cause_reference: str = ""
    on_behalf_of_id: int | None = None
    cause_event_id: int | None = None


class _Batch:
    """The rows of some lives, in the order in which foreign keys want them."""

    def __init__(self, first_state: State) -> None:
        self.first_state = plain(first_state)
        self.tickets: list[Row] = []
        self.articles: list[Row] = []
        self.words: list[Row] = []
        self.attachments: list[Row] = []
        self.events: list[Row] = []

    def add(self, life: Life, pk: int, article_ids: Iterator[int], event_ids: Iterator[int]) -> None:
        ids = [self._add_article(life, pk, next(article_ids), said) for said in life.articles]
        chain = ""
        for version, event in enumerate(life.events, start=1):
            article = None if event["article"] is None else ids[event["article"]]
            chain = self._add_event(life, pk, next(event_ids), event, article, version, chain)
        self.tickets.append(_ticket_row(life, pk, chain))

    def _add_article(self, life: Life, ticket: int, pk: int, said: dict[str, Any]) -> int:
        author = said["author"]
        sent_from = {"name": author.name, "address": author.email} if said["sender"] == Sender.CUSTOMER else {}
        self.articles.append(
            (pk, uuid.uuid4(), ticket, said["channel"], said["sender"], author.pk, said["visible"])
            + (_json(sent_from), "[]", "[]", "[]", "[]", "", said["text"], "", "", "[]", None, said["at"])
        )
        names = " ".join(file.name for file in said["files"])
        text = f"{life.title}  {names} {said['text']}"
        self.words.append((pk, STEMMERS.get(life.language, "simple"), text, fold(text)))
        for file in said["files"]:
            row = (uuid.uuid4(), pk, file.name, file.content_type, file.size, file.digest, False, "")
            self.attachments.append(row)
        return pk

    def _add_event(
        self, life: Life, ticket: int, pk: int, event: dict[str, Any], article: int | None, version: int, before: str
    ) -> str:
        data = event["data"]
        if event["kind"] == "ticket.created":
            data = life.snapshot()
            data["state"]["now"] = self.first_state
        row = _EventRow(
            ticket, article, event["kind"], event["by"].pk, life.cause, event["at"], version, digest_of(data)
        )
        digest = chain_digest(row, before=before)
        self.events.append(
            (pk, ticket, article, row.kind, row.actor_id, life.cause, "", 0, row.at, version, _json(data))
            + (row.data_digest, digest)
        )
        return digest

    def write(self, cursor: Cursor) -> None:
        _copy(cursor, "tickets_ticket", TICKET_COLUMNS, self.tickets)
        cursor.execute("CREATE TEMP TABLE loading (LIKE tickets_article INCLUDING DEFAULTS) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE words (id bigint, stemmer regconfig, text text, folded text) ON COMMIT DROP")
        _copy(cursor, "loading", ARTICLE_COLUMNS, self.articles)
        _copy(cursor, "words", "id stemmer text folded", self.words)
        columns = _columns(ARTICLE_COLUMNS)
        cursor.execute(
            f"INSERT INTO tickets_article ({columns}, search) "  # noqa: S608
            f"SELECT {columns}, to_tsvector(stemmer, text) || to_tsvector('simple', folded) "
            "FROM loading JOIN words USING (id)"
        )
        _copy(cursor, "tickets_attachment", ATTACHMENT_COLUMNS, self.attachments)
        _copy(cursor, "tickets_event", EVENT_COLUMNS, self.events)


def _ticket_row(life: Life, pk: int, chain: str) -> Row:
    tags = "{" + ",".join(json.dumps(tag) for tag in life.tags) + "}"
    return (
        (pk, life.number, life.title, life.queue.pk, life.type.pk, life.state.pk, life.priority.pk)
        + (life.owner.pk if life.owner else None, None, False, life.customer.pk)
        + (life.organisation.pk if life.organisation else None, life.channel, life.language, tags)
        + (_json(life.custom_fields), life.pending_until, False, None, life.created_at, life.changed_at)
        + (life.closed_at, life.last_public_at, life.last_customer_at, life.preview, life.has_files, None)
        + (len(life.events), chain)
    )


def _trust_references(cursor: Any) -> None:
    """Skip the check of foreign keys where the database allows it: the rows were made from rows that are there."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _reserve(cursor: Any, sequence: str, count: int) -> list[int]:
    cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
    return [row[0] for row in cursor.fetchall()]


def _copy(cursor: Cursor, table: str, columns: str, rows: Iterable[Row]) -> None:
    text = io.StringIO("".join("\t".join(map(_cell, row)) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {table} ({_columns(columns)}) FROM STDIN", text)


def _columns(names: str) -> str:
    return ", ".join(f'"{name}"' for name in names.split())


_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _cell(value: Any) -> str:
    """A value in PostgreSQL's text format for COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value)
