"""Tickets of another system by the number that they had there: how they were, when they were, and whose.

They come without mail, notices, rules and promises (tickets/actions/importing.py). What a file says anew of one that
is here is taken over; what is worked on here stays until the file says something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts.models import EmailAddress, User
from accounts.people import customer_for_address
from core.clock import now
from core.text import normalise_address
from imports import values
from imports.kinds.base import CHANGED, CREATED, UNCHANGED, Cells, Column, Plan, Reading, Setting
from imports.kinds.finding import normal, origins_of
from imports.kinds.ticket_changes import FIXED, STATE, take_over
from imports.kinds.ticket_fields import FIELD, Fields, fields_by_key
from imports.models import Origin, What
from reports.keeping import keep
from tickets.actions.importing import Former, import_ticket
from tickets.actions.opening import Opening
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Priority, Queue, State, StateType, TicketType
from tickets.models.ticket import Channel
from tickets.rights import rights_of
from tickets.vocabulary import first_state

LONGEST_TEXT = 100_000
COLUMNS = (
    Column(
        "number",
        gettext_lazy("Number in the other system"),
        ("number", "ticket number", "ticket", "id", "ticketnummer", "nummer", "numero", "numero do ticket"),
        is_needed=True,
        hint=gettext_lazy("By it a ticket is found again, here as in the next file."),
    ),
    Column(
        "title", gettext_lazy("Subject"), ("title", "betreff", "titel", "asunto", "assunto", "titulo"), is_needed=True
    ),
    Column(
        "text",
        gettext_lazy("First message"),
        ("text", "message", "description", "body", "nachricht", "beschreibung", "mensaje"),
    ),
    Column("queue", gettext_lazy("Queue"), ("group", "bereich", "cola", "fila"), is_needed=True),
    Column(
        "customer",
        gettext_lazy("Customer"),
        ("email", "customer email", "requester", "kunde", "cliente", "e mail", "correo"),
        is_needed=True,
        hint=gettext_lazy("An email address. Whoever is not known yet is added."),
    ),
    Column(
        "customer_name", gettext_lazy("Name of the customer"), ("customer name", "requester name", "name des kunden")
    ),
    Column(
        "created",
        gettext_lazy("Opened at"),
        ("created", "created at", "erstellt", "geoffnet am", "creado", "criado"),
        is_needed=True,
    ),
    Column("state", gettext_lazy("Status"), ("state", "zustand", "estado")),
    Column(
        "closed",
        gettext_lazy("Closed at"),
        ("closed", "closed at", "geschlossen am", "cerrado", "fechado", "solved at"),
    ),
    Column("pending_until", gettext_lazy("Waits until"), ("pending", "pending until", "wartet bis", "espera hasta")),
    Column("priority", gettext_lazy("Priority"), ("prioritat", "prioridad", "prioridade")),
    Column("type", gettext_lazy("Type"), ("typ", "tipo")),
    Column(
        "owner", gettext_lazy("Owner"), ("agent", "assignee", "besitzer", "bearbeiter", "propietario", "responsavel")
    ),
    Column("channel", gettext_lazy("Channel"), ("kanal", "canal")),
    Column("language", gettext_lazy("Language"), ("sprache", "idioma", "lingua")),
    Column("tags", gettext_lazy("Tags"), ("etiketten", "schlagworter", "etiquetas")),
)
_CHANNELS = values.named((Channel(key), (key,)) for key in Channel.values)
_CLOSED_WORDS = ("closed", "solved", "resolved", "geschlossen", "gelost", "cerrado", "resuelto", "fechado", "resolvido")


@dataclass(frozen=True)
class KnownTickets:
    origins: dict[str, Origin]
    people: dict[str, User]
    queues: dict[str, Queue]
    states: dict[str, State]
    priorities: dict[str, Priority]
    types: dict[str, TicketType]
    fields: Fields


class Tickets:
    key = "number"

    def columns(self) -> Sequence[Column]:
        own = [
            Column(f"{FIELD}{key}", definition.shown_label, (key, definition.label, *definition.labels.values()))
            for key, definition in fields_by_key().items()
        ]
        return (*COLUMNS, *own)

    def identity(self, cells: Cells) -> str:
        return normal(cells.get("number", ""))

    def known(self, rows: Sequence[Cells], setting: Setting) -> KnownTickets:
        numbers = [cells.get("number", "") for cells in rows]
        origins = origins_of(What.TICKETS, numbers).filter(ticket__isnull=False)
        addresses = {normalise_address(cells.get(key, "")) for cells in rows for key in ("customer", "owner")}
        found = EmailAddress.objects.filter(address__in=addresses).select_related("user")
        return KnownTickets(
            origins={normal(origin.key): origin for origin in origins.select_related("ticket")},
            people={row.address: row.user for row in found},
            queues=_queues(),
            states=_states(),
            priorities=_translated(Priority.objects.active()),
            types=_translated(TicketType.objects.active()),
            fields=Fields(),
        )

    def plan(self, cells: Cells, known: KnownTickets, setting: Setting) -> Plan:
        row = Reading(cells)
        read = _read(row, known, setting)
        origin = known.origins.get(normal(read["number"] or ""))
        told = {key: text for key, text in cells.items() if key != "number"}
        anew = {key for key, text in told.items() if origin is None or origin.values.get(key) != text}
        if origin is None:
            row.end()
            return Plan(CREATED, lambda: _import(read, told, setting), row.understood)
        if not anew:
            return Plan(UNCHANGED, understood=row.understood)
        row.faults = [fault for fault in row.faults if _is_due(fault.column, anew, told)]
        for key in sorted(anew & FIXED):
            row.refuse(key, _("This is settled with the import and cannot be changed by a file."))
        row.end()
        return Plan(CHANGED, lambda: _change(origin, read, anew, told, setting), row.understood)

    def finish(self, keys: Sequence[str]) -> None:
        """Reports count them at once: no event tells of them."""
        found = origins_of(What.TICKETS, keys).filter(ticket__isnull=False)
        keep(list(found.values_list("ticket", flat=True)))


def _is_due(column: str, anew: set[str], told: dict[str, str]) -> bool:
    """Whether a fault matters for a ticket that is here: what the file said before was right when it came."""
    with_it = STATE if column in STATE else {column}
    return column not in told or bool(anew & set(with_it))


def _read(row: Reading, known: KnownTickets, setting: Setting) -> dict[str, Any]:
    """Everything that the row says, checked together; None for what it does not say."""
    moment, line = setting.reader.moment, values.line
    read: dict[str, Any] = {
        "number": row.need("number", lambda text: line(text, 100)),
        "title": row.need("title", lambda text: line(text, 300)),
        "text": row.get("text", lambda text: values.prose(text, LONGEST_TEXT)),
        "queue": row.need(
            "queue", lambda text: values.choice(text.replace("›", "::").replace(" :: ", "::"), known.queues)
        ),
        "customer": row.need("customer", values.address),
        "customer_name": row.get("customer_name", lambda text: line(text, 150)),
        "created": row.need("created", lambda text: _past(moment(text))),
        "state": row.get("state", lambda text: values.choice(text, known.states)),
        "closed": row.get("closed", lambda text: _past(moment(text))),
        "pending_until": row.get("pending_until", moment),
        "priority": row.get("priority", lambda text: values.choice(text, known.priorities)),
        "type": row.get("type", lambda text: values.choice(text, known.types)),
        "owner": row.get("owner", lambda text: known.people.get(values.address(text)) or _nobody(text)),
        "channel": row.get("channel", lambda text: values.choice(text, _CHANNELS)),
        "language": row.get("language", values.language),
        "tags": row.get("tags", lambda text: tuple(values.several(text.replace(",", ";")))),
    }
    read["fields"] = known.fields.read(row, read["queue"], read["type"], setting.reader)
    read["state"] = read["state"] or first_state(StateType.CLOSED if read["closed"] else StateType.NEW)
    _refuse_unlikely(row, read, known)
    return read


def _refuse_unlikely(row: Reading, read: dict[str, Any], known: KnownTickets) -> None:
    state, owner, queue = read["state"], read["owner"], read["queue"]
    if state.is_pending and (read["pending_until"] is None or read["pending_until"] <= now()):
        row.refuse("pending_until", _("A ticket that waits needs a time to come until which it does."))
    if state.type == StateType.CLOSED:
        if read["closed"] is None:
            row.refuse("closed", _("A closed ticket needs the time at which it was closed."))
        elif read["created"] is not None and read["closed"] < read["created"]:
            row.refuse("closed", _("It cannot be closed before it was opened."))
        if queue is not None:
            for label in known.fields.missing_to_close(read["fields"], queue, read["type"]):
                row.refuse("state", _("To close it, the field “%(field)s” has to be filled in.") % {"field": label})
    elif read["closed"] is not None:
        row.refuse("closed", _("A ticket with this status is not closed."))
    if owner is not None and queue is not None and not _may_own(owner, queue):
        row.refuse("owner", _("%(name)s does not work in this queue.") % {"name": owner})


def _import(read: dict[str, Any], told: dict[str, str], setting: Setting) -> None:
    opening = Opening(
        title=read["title"],
        queue=read["queue"],
        customer=customer_for_address(read["customer"], name=read["customer_name"] or ""),
        channel=read["channel"] or Channel.API,
        priority=read["priority"],
        type=read["type"],
        owner=read["owner"],
        language=read["language"] or "",
        tags=read["tags"] or (),
        custom_fields=read["fields"],
    )
    # The search finds the number that people know, because it stands there.
    message = Message(text=read["text"] or read["title"], subject=f"[{read['number']}] {read['title']}")
    former = Former(read["number"], read["created"], read["state"], read["closed"], read["pending_until"])
    cause = Cause("import", reference=setting.reference)
    ticket = import_ticket(opening, message, former, by=setting.by, cause=cause)
    Origin.objects.update_or_create(
        what=What.TICKETS, key=read["number"], defaults={"ticket": ticket, "values": told, "imported_at": now()}
    )


def _change(origin: Origin, read: dict[str, Any], anew: set[str], told: dict[str, str], setting: Setting) -> None:
    assert origin.ticket is not None
    take_over(origin.ticket, read, anew, by=setting.by, cause=Cause("import", reference=setting.reference))
    origin.values = {**origin.values, **told}
    origin.save(update_fields=["values"])


def _past(moment: datetime) -> datetime:
    if moment > now():
        raise values.Unfit(_("It lies in the future."))
    return moment


def _nobody(text: str) -> User:
    raise values.Unfit(_("Nobody here has the address “%(text)s”.") % {"text": values.shortened(text)})


def _may_own(person: User, queue: Queue) -> bool:
    return person.is_active and person.is_agent and rights_of(person).covers(queue.pk, "read")


def _queues() -> dict[str, Queue]:
    """By path, and by name where only one has it."""
    rows = list(Queue.objects.active())
    names = [row.name for row in rows]
    return values.named(
        [*((row, [row.path]) for row in rows), *((row, [row.name]) for row in rows if names.count(row.name) == 1)]
    )


def _states() -> dict[str, State]:
    usable = State.objects.active().exclude(type__in=(StateType.MERGED, StateType.REMOVED))
    closed = first_state(StateType.CLOSED)
    return {**values.named([(closed, _CLOSED_WORDS)]), **_translated(usable)}


def _translated(rows: Any) -> dict[str, Any]:
    """Stock rows have names that the catalogues translate."""
    found = []
    for row in rows:
        names = [row.name]
        for code, _name in settings.LANGUAGES:
            with override(code):
                names.append(gettext(row.name))
        found.append((row, names))
    return values.named(found)
