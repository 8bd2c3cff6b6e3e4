"""What notices are about, whom each may reach, and what holds as long as nobody has set anything up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Channel(models.TextChoices):
    BELL = "bell", pgettext_lazy("notices", "Bell")
    MAIL = "mail", pgettext_lazy("notices", "Email")
    WEBHOOK = "webhook", pgettext_lazy("notices", "Webhook")


class Level(models.TextChoices):
    """What is said about a relation and a channel. People may change "off" and "on" for themselves."""

    NEVER = "never", pgettext_lazy("notice level", "Never")
    OFF = "off", pgettext_lazy("notice level", "Off")
    ON = "on", pgettext_lazy("notice level", "On")
    ALWAYS = "always", pgettext_lazy("notice level", "Always")


class Relation(models.TextChoices):
    """How somebody has to do with what happened. Of several the first one here counts."""

    TOLD = "told", _("People named by a rule")
    MENTIONED = "mentioned", _("Whoever is mentioned")
    ASKED = "asked", _("Whoever a process waits for")
    OWNER = "owner", _("Owner")
    RESPONSIBLE = "responsible", _("Responsible")
    AUTHOR = "author", _("Whoever wrote the message")
    SUBSTITUTE = "substitute", _("Substitute of somebody who is away")
    WATCHER = "watcher", _("Watchers")
    FREE = "free", _("Agents of the queue, while nobody owns the ticket")
    QUEUE = "queue", _("Agents of the queue, while somebody owns the ticket")
    ROLE = "role", _("Members of a role")
    CUSTOMER = "customer", _("Customer")
    ORGANISATION = "organisation", _("Colleagues of the customer who see all requests of their organisation")


class Audience(StrEnum):
    AGENTS = "agents"
    CUSTOMERS = "customers"


# Whoever hears of a ticket only because of the queue it is in.
BY_QUEUE = frozenset({Relation.FREE, Relation.QUEUE})
# Roles are levels of their own: "role:3".
ROLE_KEY = "role:"

Levels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Occasion:
    """`stock` are the channels that are on for each relation: "b" bell, "m" mail. Of several occasions of one event the
    first in `OCCASIONS` is what somebody is told. "!" in `stock` is always."""

    key: str
    label: Text
    about: Text
    icon: str
    stock: Mapping[str, str]
    audience: Audience = Audience.AGENTS

    @property
    def relations(self) -> Sequence[str]:
        return [relation for relation in Relation.values if relation in self.stock]

    @property
    def channels(self) -> Sequence[str]:
        """Customers have no bell here, and no endpoint hears for them."""
        return Channel.values if self.audience == Audience.AGENTS else [Channel.MAIL.value]

    @property
    def is_personal(self) -> bool:
        """Whether somebody may have to do with it other than by the queue."""
        return any(relation not in BY_QUEUE for relation in self.stock)

    def stock_levels(self) -> dict[str, dict[str, str]]:
        return {
            relation: {channel: self._stock(on, channel) for channel in self.channels}
            for relation, on in self.stock.items()
        }

    def _stock(self, on: str, channel: str) -> str:
        if "!" in on:
            return Level.ALWAYS
        return Level.ON if channel[0] in on else Level.OFF


OWNER, RESPONSIBLE, WATCHER, FREE, QUEUE = (
    Relation.OWNER.value,
    Relation.RESPONSIBLE.value,
    Relation.WATCHER.value,
    Relation.FREE.value,
    Relation.QUEUE.value,
)
SUBSTITUTE, MENTIONED, AUTHOR = Relation.SUBSTITUTE.value, Relation.MENTIONED.value, Relation.AUTHOR.value
ASKED = Relation.ASKED.value
CUSTOMER, ORGANISATION = Relation.CUSTOMER.value, Relation.ORGANISATION.value

TOLD = "told"
_ALL = (
    Occasion(
        "mentioned",
        _("I am mentioned"),
        _("Somebody writes @ and your name in a message."),
        "at",
        {MENTIONED: "bm", SUBSTITUTE: "bm"},
    ),
    Occasion(
        "assigned",
        _("A ticket is given to me"),
        _("As its owner, as responsible, or to watch it."),
        "user-plus",
        {OWNER: "bm", RESPONSIBLE: "bm", WATCHER: "b", SUBSTITUTE: "bm"},
    ),
    Occasion(
        "asked",
        _("A process waits for me"),
        _("A form, something to be done by hand, or a decision; the letters that ask for these come anyway."),
        "flow",
        {ASKED: "b", OWNER: "b", SUBSTITUTE: "b", FREE: "", QUEUE: ""},
    ),
    Occasion(
        "stuck",
        _("A process cannot go on"),
        _("A step was refused, or there is nobody to do it. It waits for somebody who sees to it."),
        "warn",
        {OWNER: "bm", RESPONSIBLE: "b", SUBSTITUTE: "bm", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "escalated",
        _("An SLA reaches an escalation level"),
        _("So long after the time ran out, or before, as the SLA says."),
        "warn",
        {OWNER: "bm", RESPONSIBLE: "bm", SUBSTITUTE: "bm", WATCHER: "", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "breached",
        _("The time of an SLA runs out"),
        _("A response or a solution is late."),
        "warn",
        {OWNER: "bm", RESPONSIBLE: "bm", SUBSTITUTE: "bm", WATCHER: "", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "warned",
        _("An SLA warns"),
        _("A good part of the time has passed."),
        "clock",
        {OWNER: "b", RESPONSIBLE: "", SUBSTITUTE: "b", WATCHER: "", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "reminder",
        _("The waiting time is over"),
        _("A ticket that was put off is due again."),
        "bell",
        {OWNER: "bm", RESPONSIBLE: "", SUBSTITUTE: "bm", WATCHER: "", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "answered",
        _("The customer writes"),
        _("A new message on a ticket that is there already."),
        "mail",
        {OWNER: "bm", RESPONSIBLE: "b", SUBSTITUTE: "bm", WATCHER: "bm", FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "new",
        _("A new ticket comes into my queues"),
        _("By email, phone, the portal or a program."),
        "plus",
        {FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "moved",
        _("A ticket is moved into my queues"),
        _("From a queue in which others work."),
        "layers",
        {FREE: "b", QUEUE: ""},
    ),
    Occasion(
        "undelivered",
        _("A message could not be delivered"),
        _("The mail server of a recipient has refused it."),
        "warn",
        {AUTHOR: "bm", OWNER: "b", SUBSTITUTE: "b"},
    ),
    Occasion(
        "note",
        _("A colleague writes a note"),
        _("Only your team reads it."),
        "lock",
        {OWNER: "bm", RESPONSIBLE: "b", SUBSTITUTE: "b", WATCHER: "b", FREE: "", QUEUE: ""},
    ),
    Occasion(
        "reply",
        _("A colleague answers the customer"),
        _("By email, phone or in the portal."),
        "reply",
        {OWNER: "b", RESPONSIBLE: "", SUBSTITUTE: "", WATCHER: "b", FREE: "", QUEUE: ""},
    ),
    Occasion(
        "survey",
        _("A customer answers a survey"),
        _("How satisfied somebody is with the help."),
        "star",
        {OWNER: "b", RESPONSIBLE: "b", SUBSTITUTE: "", WATCHER: "", FREE: "", QUEUE: ""},
    ),
    Occasion(
        "state",
        _("The status changes"),
        _("A ticket is closed, reopened, merged or set to another status."),
        "check-circle",
        {OWNER: "b", RESPONSIBLE: "b", SUBSTITUTE: "", WATCHER: "b", FREE: "", QUEUE: ""},
    ),
    Occasion(
        "changed",
        _("Something else changes"),
        _("Owner, queue, priority, title, tags, fields and the like."),
        "edit",
        {OWNER: "", RESPONSIBLE: "", SUBSTITUTE: "", WATCHER: "b", FREE: "", QUEUE: ""},
    ),
    Occasion(
        TOLD,
        _("A rule tells me"),
        _("Rules, schedules and macros tell people of a ticket by the effect “Notify”."),
        "bolt",
        {Relation.TOLD.value: "!"},
    ),
    Occasion(
        "request_opened",
        _("A request is opened"),
        _("By a colleague, or by the team for him."),
        "plus",
        {ORGANISATION: ""},
        Audience.CUSTOMERS,
    ),
    Occasion(
        "request_said",
        _("Something is said on a request"),
        _("The customer gets the message itself anyway."),
        "mail",
        {ORGANISATION: ""},
        Audience.CUSTOMERS,
    ),
    Occasion(
        "request_closed",
        _("A request is closed"),
        _("Also when nobody has written why."),
        "check-circle",
        {CUSTOMER: "", ORGANISATION: ""},
        Audience.CUSTOMERS,
    ),
)
OCCASIONS: Mapping[str, Occasion] = {occasion.key: occasion for occasion in _ALL}
# Why somebody gets a mail, by the relation; the last line of the stock text.
REASONS: Mapping[str, Text] = {
    Relation.TOLD: _("You get this because a rule tells you."),
    Relation.MENTIONED: _("You get this because you were mentioned."),
    Relation.ASKED: _("You get this because a process waits for you."),
    Relation.OWNER: _("You get this because you own the ticket."),
    Relation.RESPONSIBLE: _("You get this because you are responsible for the ticket."),
    Relation.AUTHOR: _("You get this because you wrote the message."),
    Relation.SUBSTITUTE: _("You get this because you stand in for a colleague who is away."),
    Relation.WATCHER: _("You get this because you watch the ticket."),
    Relation.FREE: _("You get this because you work in the queue of the ticket."),
    Relation.QUEUE: _("You get this because you work in the queue of the ticket."),
    Relation.ROLE: _("You get this because of your role."),
    Relation.CUSTOMER: _("You get this because it is your request."),
    Relation.ORGANISATION: _("You get this because you see all requests of your organisation."),
}


def rank(occasion: str) -> int:
    """The first is the most important."""
    return list(OCCASIONS).index(occasion) if occasion in OCCASIONS else len(OCCASIONS)


def relation_rank(relation: str) -> int:
    return Relation.values.index(relation)
