"""What may set off a rule: happenings, with the names that people know them by, over the kinds of events.

One event can be several happenings: a ticket that is closed has also changed its status. What rules themselves record
about their work is none, so that no rule can listen to rules.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models import Event
from tickets.models.article import Sender

# Events of rules about themselves.
OWN = "rule."
# The name of whatever happens.
ANYTHING = "anything"
# The highest score of a survey that is a complaint.
DISSATISFIED = 2


def _always(_event: Event) -> bool:
    return True


@dataclass(frozen=True)
class Happening:
    """`kinds` are those of events; without any, all that tell of tickets. `fits` looks closer."""

    label: str | Promise
    group: str | Promise
    kinds: frozenset[str]
    fits: Callable[[Event], bool] = _always


def happens(name: str, event: Event) -> bool:
    """Whether the event is this happening; false for one that is unknown."""
    known = HAPPENINGS.get(name)
    return known is not None and _covers(known, event.kind) and known.fits(event)


def happenings_of(event: Event) -> frozenset[str]:
    """All that this event is."""
    return frozenset(name for name in _names_by_kind(event.kind) if HAPPENINGS[name].fits(event))


def kinds_of(names: Iterable[str]) -> frozenset[str] | None:
    """The kinds of events behind these happenings; None: all of them."""
    known = [HAPPENINGS[name] for name in names if name in HAPPENINGS]
    if any(not each.kinds for each in known):
        return None
    return frozenset[str]().union(*(each.kinds for each in known))


def label_of(name: str) -> str:
    return str(HAPPENINGS[name].label) if name in HAPPENINGS else name


def _covers(happening: Happening, kind: str) -> bool:
    return not kind.startswith(OWN) and (not happening.kinds or kind in happening.kinds)


@cache
def _names_by_kind(kind: str) -> tuple[str, ...]:
    return tuple(name for name, each in HAPPENINGS.items() if _covers(each, kind))


def _said_by(*senders: Sender, visible: bool) -> Callable[[Event], bool]:
    def fits(event: Event) -> bool:
        article = event.article
        return article is not None and article.sender in senders and article.visible_to_customer == visible

    return fits


def _changes(field: str) -> Callable[[Event], bool]:
    return lambda event: field in event.data and event.kind != "ticket.created"


def _owner(*, given: bool) -> Callable[[Event], bool]:
    def fits(event: Event) -> bool:
        change = event.data.get("owner")
        return change is not None and (change["now"] is not None) == given

    return fits


def _waits(event: Event) -> bool:
    return bool(event.data.get("pending_until", {}).get("now"))


def _dissatisfied(event: Event) -> bool:
    return event.data["score"]["now"]["id"] <= DISSATISFIED


TICKET, MESSAGES, FIELDS = _("The ticket"), _("Messages"), _("What is set")
TOGETHER, TIME, EFFORT = _("Tickets together"), _("Time"), _("Work")

_SAID = frozenset({"article.added"})
_SPOKEN = frozenset({"article.added", "article.refused"})
_STATES = frozenset(
    {
        "state.changed",
        "ticket.closed",
        "ticket.reopened",
        "ticket.merged",
        "ticket.unmerged",
        "ticket.trashed",
        "ticket.spam",
        "ticket.restored",
    }
)
_OWNERS = frozenset({"owner.changed", "lock.changed"})
_CHECKLIST = frozenset({"checklist.added", "checklist.removed", "checklist.moved", "checklist.undone"})


def _kinds(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


HAPPENINGS: Mapping[str, Happening] = {
    "opened": Happening(_("A ticket is opened"), TICKET, _kinds("ticket.created")),
    "moved": Happening(
        _("It is moved to another queue"),
        TICKET,
        _kinds("queue.changed", "ticket.spam", "ticket.restored"),
        _changes("queue"),
    ),
    "assigned": Happening(_("Somebody gets it to work on"), TICKET, _OWNERS, _owner(given=True)),
    "given_back": Happening(_("Nobody works on it any more"), TICKET, _OWNERS, _owner(given=False)),
    "state": Happening(_("Its status changes"), TICKET, _STATES, _changes("state")),
    "closed": Happening(_("It is closed"), TICKET, _kinds("ticket.closed")),
    "reopened": Happening(_("It is reopened"), TICKET, _kinds("ticket.reopened")),
    "trashed": Happening(_("It is moved to the trash"), TICKET, _kinds("ticket.trashed")),
    "spam": Happening(_("It is marked as spam"), TICKET, _kinds("ticket.spam")),
    "restored": Happening(_("It comes back from the trash or from spam"), TICKET, _kinds("ticket.restored")),
    ANYTHING: Happening(_("Anything happens to it"), TICKET, frozenset()),
    "customer_wrote": Happening(
        _("The customer writes again"), MESSAGES, _SPOKEN, _said_by(Sender.CUSTOMER, visible=True)
    ),
    "agent_answered": Happening(
        _("An agent answers the customer"), MESSAGES, _SAID, _said_by(Sender.AGENT, visible=True)
    ),
    "noted": Happening(_("An internal note is added"), MESSAGES, _SAID, _said_by(Sender.AGENT, visible=False)),
    "automatic": Happening(_("An automatic message is sent"), MESSAGES, _SAID, _said_by(Sender.SYSTEM, visible=True)),
    "held": Happening(
        _("A message is kept as a note, because its sender is in doubt"), MESSAGES, _kinds("article.held")
    ),
    "refused": Happening(_("A message to a closed ticket is refused"), MESSAGES, _kinds("article.refused")),
    "infected": Happening(_("A virus is found in one of its files"), MESSAGES, _kinds("article.infected")),
    "taken_back": Happening(_("An agent takes a message back"), MESSAGES, _kinds("article.taken_back")),
    "undelivered": Happening(_("An email cannot be delivered"), MESSAGES, _kinds("mail.failed")),
    "mail_loop": Happening(_("Automatic replies are stopped as a loop"), MESSAGES, _kinds("mail.loop")),
    "survey_answered": Happening(_("The customer answers the survey"), MESSAGES, _kinds("survey.answered")),
    "dissatisfied": Happening(_("The customer is dissatisfied"), MESSAGES, _kinds("survey.answered"), _dissatisfied),
    "priority": Happening(
        _("Its priority changes"), FIELDS, _kinds("priority.changed", "rating.changed"), _changes("priority")
    ),
    "rated": Happening(_("Impact or urgency changes"), FIELDS, _kinds("rating.changed")),
    "type": Happening(_("Its type changes"), FIELDS, _kinds("type.changed")),
    "service": Happening(_("Its service changes"), FIELDS, _kinds("service.changed")),
    "title": Happening(_("Its subject changes"), FIELDS, _kinds("title.changed")),
    "customer": Happening(_("Its customer changes"), FIELDS, _kinds("customer.changed")),
    "responsible": Happening(_("Somebody else is responsible"), FIELDS, _kinds("responsible.changed")),
    "tags": Happening(_("Its tags change"), FIELDS, _kinds("tags.changed")),
    "fields": Happening(_("A custom field changes"), FIELDS, _kinds("fields.changed")),
    "locked": Happening(_("It is locked or unlocked"), FIELDS, _kinds("lock.changed")),
    "merged": Happening(_("It becomes part of another ticket"), TOGETHER, _kinds("ticket.merged")),
    "absorbed": Happening(_("Another ticket becomes part of it"), TOGETHER, _kinds("ticket.absorbed")),
    "unmerged": Happening(_("A merge is undone"), TOGETHER, _kinds("ticket.unmerged", "ticket.released")),
    "linked": Happening(_("It is linked with another ticket"), TOGETHER, _kinds("link.added")),
    "unlinked": Happening(_("A link with another ticket is removed"), TOGETHER, _kinds("link.removed")),
    "put_off": Happening(_("It is put off until some time"), TIME, _kinds("state.changed", "ticket.reopened"), _waits),
    "pending_reached": Happening(_("Its waiting time is over"), TIME, _kinds("pending.reached")),
    "sla_warned": Happening(_("A target of its SLA is near"), TIME, _kinds("sla.warned")),
    "sla_breached": Happening(_("A target of its SLA is missed"), TIME, _kinds("sla.breached")),
    "sla_escalated": Happening(_("An escalation level of its SLA is reached"), TIME, _kinds("sla.escalated")),
    "sla_changed": Happening(_("It gets another SLA"), TIME, _kinds("sla.changed")),
    "watched": Happening(_("Somebody begins or stops watching it"), EFFORT, _kinds("watcher.added", "watcher.removed")),
    "copied": Happening(
        _("Somebody is put in copy or taken out"), EFFORT, _kinds("participant.added", "participant.removed")
    ),
    "checklist": Happening(_("Its checklist changes"), EFFORT, _CHECKLIST),
    "step_done": Happening(_("A step of its checklist is ticked off"), EFFORT, _kinds("checklist.done")),
    "time": Happening(pgettext_lazy("happening", "Time of work is noted"), EFFORT, _kinds("time.changed")),
}
