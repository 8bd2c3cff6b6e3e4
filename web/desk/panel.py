"""The details beside a conversation: who the customer is, and the properties with what the agent may change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core.addresses import address
from core.prepared import IDS, prepared
from tickets.actions.removing import taken_off
from tickets.customfields import fields_of
from tickets.guidance import may_take
from tickets.models import Event, FieldDefinition, Level, Ticket
from tickets.models.field import FieldKind
from tickets.rights import queues_for
from web.desk.belongings import Belongings, belongings_of
from web.desk.menu import Action, menu_of
from web.desk.panels import Part, parts_of
from web.desk.templatetags.desk import clock

# Other tickets are looked at no further than this.
OTHERS = 100
OTHERS_SHOWN = 5


@dataclass(frozen=True)
class Property:
    """A line of the panel. `kind` says how the value is drawn; without `url` it cannot be changed by this agent."""

    key: str
    label: str
    kind: str
    value: Any
    url: str = ""
    # The key that opens its editor.
    shortcut: str = ""
    # It is chosen in a dialog.
    asks: bool = False

    @property
    def command(self) -> str:
        """What the palette calls it."""
        return _("Change: %(label)s") % {"label": self.label}

    @property
    def is_empty(self) -> bool:
        return self.value in (None, "", [])


@dataclass(frozen=True)
class Customer:
    person: User
    language: str
    # The clock where the person is; empty while nobody has said where that is.
    local_time: str
    # Where the customer is changed, by those who may.
    url: str
    # The newest other tickets the agent may see, and how many there are in all and open, as words.
    others: Sequence[Ticket]
    total: str
    open: str


@dataclass(frozen=True)
class Panel:
    customer: Customer
    properties: Sequence[Property]
    belongings: Belongings
    # What higher apps add.
    parts: Sequence[Part]
    menu: Sequence[Sequence[Action]]
    # How the ticket came off the desk, when it went to the trash or was marked as spam.
    taken_off: Event | None
    may_rename: bool
    may_take: bool
    may_close: bool
    may_restore: bool
    # To link, watch for others, take time away: what changes the ticket itself.
    may_write: bool
    # To write down time and to work on the checklist.
    may_work: bool


def panel_of(ticket: Ticket, agent: User) -> Panel:
    writes = ticket.allows(agent, "write")
    may_write = writes and not ticket.merged_into_id
    off, belongings = taken_off(ticket), belongings_of(ticket, agent)
    return Panel(
        customer=_customer(ticket, agent),
        properties=[*_properties(ticket, agent), *_custom(ticket, may_write=may_write)],
        belongings=belongings,
        parts=parts_of(ticket, agent),
        menu=menu_of(ticket, agent, is_taken_off=off is not None, is_watched=belongings.is_watched),
        taken_off=off,
        may_rename=may_write,
        may_take=may_take(agent, ticket),
        may_close=may_write and ticket.is_open,
        may_restore=writes and off is not None,
        may_write=may_write,
        may_work=ticket.allows(agent, "note") and not ticket.merged_into_id,
    )


def _properties(ticket: Ticket, agent: User) -> list[Property]:
    def url(name: str, right: str = "write") -> str:
        allowed = ticket.allows(agent, right) and not ticket.merged_into_id
        return address(f"desk:{name}", ticket.number) if allowed else ""

    return [
        Property("state", _("Status"), "state", ticket.state, url("state"), "s"),
        Property("owner", _("Agent"), "person", ticket.owner, url("owner", "owner"), "a"),
        Property("responsible", _("Responsible"), "person", ticket.responsible, url("responsible"), "Shift+a"),
        Property("move", _("Queue"), "text", ticket.queue.place, url("move"), "q"),
        Property("priority", _("Priority"), "priority", ticket.priority, url("priority", "priority"), "p"),
        Property("rating", _("Impact, urgency"), "text", _rating(ticket), url("rating", "priority"), asks=True),
        Property("type", _("Type"), "word", ticket.type.name, url("type"), "Shift+y"),
        Property("service", _("Service"), "text", ticket.service.place if ticket.service else "", url("service")),
        Property("tags", _("Tags"), "tags", ticket.tags, url("tags"), "t"),
    ]


def _custom(ticket: Ticket, *, may_write: bool) -> list[Property]:
    """Active fields, and values of fields that are no longer in use, which stay readable."""
    return [
        Property(
            f"field-{definition.key}",
            definition.shown_label,
            "text",
            in_words(definition, ticket.custom_fields.get(definition.key)),
            address("desk:field", ticket.number, definition.key) if may_write else "",
        )
        for definition in fields_of(ticket)
    ]


def _rating(ticket: Ticket) -> str:
    if ticket.impact is None or ticket.urgency is None:
        return ""
    words = {"impact": Level(ticket.impact).label, "urgency": Level(ticket.urgency).label}
    return pgettext("impact, urgency", "%(impact)s, %(urgency)s") % words


def in_words(definition: FieldDefinition, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if definition.kind == FieldKind.CHECKBOX:
        return _("Yes") if value else _("No")
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _customer(ticket: Ticket, agent: User) -> Customer:
    person = ticket.customer
    others = _others(person.pk, ticket.pk, queues_for(agent, "read"))
    return Customer(
        person=person,
        language=dict(settings.LANGUAGES).get(person.language or ticket.language, ""),
        local_time=_local_time(person.time_zone),
        url=_customer_url(ticket, agent),
        others=others[:OTHERS_SHOWN],
        total=_capped(len(others)),
        open=_capped(sum(other.is_open for other in others)),
    )


@prepared(int, int, IDS)
def _others(person: int, ticket: int, queues: Collection[int]) -> QuerySet[Ticket]:
    others = Ticket.objects.in_queues(queues).filter(customer=person).exclude(pk=ticket).select_related("state")
    return others.order_by("-changed_at", "-id").only("number", "title", "closed_at", "state")[:OTHERS]


def _customer_url(ticket: Ticket, agent: User) -> str:
    may_write = ticket.allows(agent, "write") and not ticket.merged_into_id
    return address("desk:customer", ticket.number) if may_write else ""


def _capped(number: int) -> str:
    return str(number) if number < OTHERS else f"{number}+"


def _local_time(zone: str) -> str:
    """Nothing of people who never chose a zone."""
    try:
        return clock(timezone.now().astimezone(ZoneInfo(zone))) if zone else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""
