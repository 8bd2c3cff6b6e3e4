"""What happened to a ticket, told in order without the database: the verbs of tickets/actions for bulk loading."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Organisation, User
from tickets.changes import plain
from tickets.models import Priority, Queue, State, StateType, TicketType
from tickets.models.article import Sender
from tickets.models.ticket import Channel


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes are a blob already."""

    name: str
    content_type: str
    size: int
    digest: str


class Said(NamedTuple):
    """What becomes an article."""

    at: datetime
    author: User
    sender: str
    channel: str
    text: str
    visible: bool
    files: Sequence[StoredFile] = ()


class Happening(NamedTuple):
    """What becomes an event; `article` is the place of its message among those of the life."""

    at: datetime
    kind: str
    by: User
    data: dict[str, Any]
    article: int | None


@dataclass
class Life:
    """A ticket's facts while its story is told."""

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
    last_public_text: str = ""
    has_files: bool = False
    number: str = ""
    articles: list[Said] = field(default_factory=list)
    events: list[Happening] = field(default_factory=list)

    def open(self, at: datetime, text: str, *, files: Sequence[StoredFile] = ()) -> None:
        self.created_at = at
        self._say(Said(at, self.customer, Sender.CUSTOMER.value, self.channel, text, True, files))  # noqa: FBT003
        self._record(at, "ticket.created", self.customer, {}, len(self.articles) - 1)

    def assign(self, at: datetime, owner: User, *, by: User) -> None:
        self._change(at, "owner.changed", by, owner=owner)

    def reply(self, at: datetime, text: str, *, by: User, then: State, until: datetime | None = None) -> None:
        self._say(Said(at, by, Sender.AGENT.value, Channel.EMAIL.value, text, True))  # noqa: FBT003
        self._record(at, "article.added", by, {}, len(self.articles) - 1)
        self.set_state(at, then, by=by, until=until)

    def note(self, at: datetime, text: str, *, by: User) -> None:
        self._say(Said(at, by, Sender.AGENT.value, Channel.NOTE.value, text, False))  # noqa: FBT003
        self._record(at, "article.added", by, {}, len(self.articles) - 1)

    def receive(self, at: datetime, text: str, *, opened: State) -> None:
        """The customer writes again; `opened` is the state that stands for "open"."""
        self._say(Said(at, self.customer, Sender.CUSTOMER.value, self.channel, text, True))  # noqa: FBT003
        self._record(at, "article.added", self.customer, {}, len(self.articles) - 1)
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

    def snapshot(self) -> dict[str, Any]:
        """What the opening event holds (tickets/actions/opening.py); asked for once the number is known."""
        facts = {
            "number": self.number,
            "title": self.title,
            "queue": plain(self.queue),
            "type": plain(self.type),
            "service": None,
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

    def _say(self, said: Said) -> None:
        self.articles.append(said)
        self.changed_at = said.at
        self.has_files = self.has_files or bool(said.files)
        if said.visible:
            self.last_public_at, self.last_public_text = said.at, said.text
            if said.sender == Sender.CUSTOMER:
                self.last_customer_at = said.at

    def _change(self, at: datetime, kind: str, by: User, **values: Any) -> None:
        data = {}
        for name, value in values.items():
            was = getattr(self, name)
            if was != value:
                data[name] = {"was": plain(was), "now": plain(value)}
                setattr(self, name, value)
        if data:
            self.changed_at = at
            self._record(at, kind, by, data, None)

    def _record(self, at: datetime, kind: str, by: User, data: dict[str, Any], article: int | None) -> None:
        self.events.append(Happening(at, kind, by, data, article))
