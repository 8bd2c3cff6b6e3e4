"""What a rule looks at: the ticket and the event, and what only the event knows (fields `event.` and `article.`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from automation.happenings import HAPPENINGS, happenings_of
from core.memo import remembered
from mail.filtering import Budget
from sla.models import Kind
from sla.terms import hours_in
from tickets.comparisons import Field
from tickets.conditions import Viewer
from tickets.models import Event, State, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.sentences import CAUSES

MAX_TEXT = 256 * 1024

Choices = Sequence[tuple[str, str | Promise]]


@dataclass
class Moment:
    """An event with its ticket as it is now. "me" in a condition is who did it, "now" is when. What conditions ask for
    is looked up once, however many rules ask."""

    event: Event
    ticket: Ticket
    budget: Budget = field(default_factory=Budget)
    _known: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def viewer(self) -> Viewer:
        return Viewer(self.event.actor, self.event.at)

    @cached_property
    def line(self) -> Sequence[int]:
        """The ticket's queue and those above it."""
        return self.ticket.queue.line

    def value(self, name: str, known: Field) -> Any:
        """The value of a field of the ticket."""
        if name not in self._known:
            self._known[name] = known.value(self.ticket)
        return self._known[name]

    def own(self, name: str) -> Any:
        """The value of a field of the event."""
        if name not in self._known:
            self._known[name] = EVENT_FIELDS[name].value(self)
        return self._known[name]


@dataclass(frozen=True)
class EventField:
    """A field that only an event has. `kind` is one of tickets/comparisons.py, or "set": several values at once."""

    label: str | Promise
    kind: str
    value: Callable[[Moment], Any]
    choices: Callable[[], Choices] | None = None


def _by(moment: Moment) -> str:
    """Whose side acted: the customer's, an agent, or a program of ours."""
    actor = moment.event.actor
    if actor.is_system:
        return "system"
    return "agent" if actor.is_agent and actor.pk != moment.ticket.customer_id else "customer"


def _in_hours(moment: Moment) -> bool:
    return hours_in(moment.ticket.queue_id).is_open(moment.event.at)


def _article(name: str) -> Callable[[Moment], Any]:
    """Of an event without a message everything is empty."""

    def value(moment: Moment) -> Any:
        article = moment.event.article
        return None if article is None else getattr(article, name)

    return value


def _text(moment: Moment) -> str | None:
    article = moment.event.article
    return None if article is None else article.body[:MAX_TEXT]


def _from(moment: Moment) -> str | None:
    article = moment.event.article
    return None if article is None else article.sent_from.get("address") or article.author.email


def _has_files(moment: Moment) -> bool:
    article = moment.event.article
    return article is not None and article.attachments.filter(is_inline=False).exists()


def _told(name: str) -> Callable[[Moment], Any]:
    return lambda moment: (moment.event.data.get(name) or {}).get("now")


SIDES: Choices = (("customer", _("the customer")), ("agent", _("an agent")), ("system", _("Helpdesk")))
EVENT_FIELDS: Mapping[str, EventField] = {
    "event.happening": EventField(
        _("What happens"),
        "set",
        lambda moment: happenings_of(moment.event),
        lambda: [(name, each.label) for name, each in HAPPENINGS.items()],
    ),
    "event.by": EventField(_("Who does it"), "choice", _by, lambda: SIDES),
    "event.actor": EventField(_("Which person does it"), "row", lambda moment: moment.event.actor),
    "event.cause": EventField(
        _("How it comes about"), "choice", lambda moment: moment.event.cause_kind, lambda: list(CAUSES.items())
    ),
    "event.in_hours": EventField(_("Within opening hours"), "flag", _in_hours),
    "event.clock": EventField(_("Target of the SLA"), "choice", _told("clock"), lambda: Kind.choices),
    "event.percent": EventField(_("Per cent of the target"), "number", _told("percent")),
    "event.level": EventField(_("Escalation level"), "number", _told("level")),
    "article.sender": EventField(_("Sender of the message"), "choice", _article("sender"), lambda: Sender.choices),
    "article.channel": EventField(_("Message came"), "choice", _article("channel"), lambda: Channel.choices),
    "article.visible": EventField(
        _("The customer sees the message"), "flag", lambda moment: bool(_article("visible_to_customer")(moment))
    ),
    "article.from": EventField(_("Address of the sender"), "text", _from),
    "article.subject": EventField(pgettext_lazy("of a message", "Subject of the message"), "text", _article("subject")),
    "article.text": EventField(_("Text of the message"), "text", _text),
    "article.has_files": EventField(_("The message has files"), "flag", _has_files),
}


@remembered
def state_types() -> Mapping[int, str]:
    return dict(State.objects.values_list("pk", "type"))
