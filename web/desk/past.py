"""The history of a ticket, narrowed: by kind of happening, by person, by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.pagination import page_of
from tickets.customfields import labels
from tickets.models import Event, Ticket
from tickets.sentences import icon_of, sentence_of
from web.common.causes import causes_of

PAGE = 50
PEOPLE = 100
CUSTOM = "field."

# What clocks tell on their way and nobody did: only for those who ask for it.
QUIET = ("sla.warned",)

# What people call a group of happenings, and the beginnings of their kinds; "" is what is shown to who has not chosen.
KINDS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "": (_("What matters"), ()),
    "all": (_("Everything"), ("",)),
    "messages": (_("Messages"), ()),
    "changes": (_("Changes"), ()),
    "joined": (
        _("Merges and links"),
        ("ticket.merged", "ticket.unmerged", "ticket.absorbed", "ticket.released", "link."),
    ),
    "work": (_("Time and checklist"), ("time.", "checklist.")),
    "deadlines": (_("Deadlines"), ("sla.",)),
}
FIELDS: Mapping[str, str | Promise] = {
    "title": _("Subject"),
    "state": _("Status"),
    "queue": _("Queue"),
    "owner": _("Agent"),
    "responsible": _("Responsible"),
    "priority": _("Priority"),
    "type": _("Type"),
    "service": _("Service"),
    "customer": _("Customer"),
    "tags": _("Tags"),
    "pending_until": _("Waits until"),
    "sla": _("SLA"),
}


@dataclass(frozen=True)
class Narrowed:
    """What the reader wants to see; anything unknown is as good as nothing."""

    kind: str
    person: int | None
    field: str

    @property
    def query(self) -> dict[str, Any]:
        wanted = {"show": self.kind, "person": self.person, "field": self.field}
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True)
class Row:
    event: Event
    text: str
    icon: str
    cause: str
    # The first one of its day: a heading stands above it.
    begins_day: bool


def narrowed_by(request: HttpRequest) -> Narrowed:
    kind, person, field = (request.GET.get(name, "") for name in ("show", "person", "field"))
    known = field in FIELDS or field.removeprefix(CUSTOM) in labels()
    return Narrowed(
        kind=kind if kind in KINDS else "",
        person=int(person) if person.isdecimal() and len(person) < 19 else None,
        field=field if known else "",
    )


def page_of_history(ticket: Ticket, narrowed: Narrowed, *, after: str, day: str) -> tuple[Sequence[Row], str]:
    """Newest first, and the address of what follows. `day` is that of the last line shown before."""
    events = _filtered(ticket.events.select_related("actor", "on_behalf_of", "article"), narrowed)
    page = page_of(events, order=("-id",), cursor=after, size=PAGE)
    rows, last, causes = [], _day(day), causes_of(page.rows)
    for event in page.rows:
        its_day = localtime(event.at).date()
        rows.append(Row(event, sentence_of(event), icon_of(event), causes[event.pk], begins_day=its_day != last))
        last = its_day
    if not page.next or last is None:
        return rows, ""
    return rows, f"?{urlencode({**narrowed.query, 'after': page.next, 'day': last.isoformat()})}"


def people_in(ticket: Ticket) -> list[User]:
    """Everybody who ever did something here, by name; the machine is one of them."""
    actors = ticket.events.order_by().values("actor").distinct()[:PEOPLE]
    return list(User.objects.filter(pk__in=[row["actor"] for row in actors]).order_by("name", "pk"))


def _filtered(events: QuerySet[Event], narrowed: Narrowed) -> QuerySet[Event]:
    if narrowed.kind in ("changes", "messages"):
        events = events.filter(article__isnull=narrowed.kind == "changes").exclude(kind__in=QUIET)
    elif narrowed.kind:
        begins = [Q(kind__startswith=beginning) for beginning in KINDS[narrowed.kind][1]]
        events = events.filter(reduce(or_, begins))
    elif not narrowed.field:
        events = events.exclude(kind__in=QUIET)
    if narrowed.person:
        events = events.filter(actor=narrowed.person)
    if narrowed.field.startswith(CUSTOM):
        return _of_custom_field(events, narrowed.field.removeprefix(CUSTOM))
    return events.filter(data__has_key=narrowed.field) if narrowed.field else events


def _of_custom_field(events: QuerySet[Event], key: str) -> QuerySet[Event]:
    """The events in which this one changed: custom fields stand together in the history."""
    changes = events.filter(data__has_key="custom_fields").select_related(None).only("pk", "data")
    changed = [event.pk for event in changes if _value(event, "was", key) != _value(event, "now", key)]
    return events.filter(pk__in=changed)


def _value(event: Event, side: str, key: str) -> Any:
    return (event.data["custom_fields"].get(side) or {}).get(key)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
