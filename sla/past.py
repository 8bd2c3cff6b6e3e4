"""The history of tickets as clocks see it: events to happenings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.memo import remembered
from sla.facts import Facts, Happening, said_in
from tickets.models import Event, State, StateType

# Events of clocks themselves mean nothing to clocks.
OWN = "sla."
COLUMNS = (
    "id",
    "kind",
    "at",
    "data",
    "article__sender",
    "article__visible_to_customer",
    "article__marks",
)


def happening_of(event: Event) -> Happening:
    """What one event means, just after it has been recorded."""
    article = event.article
    said = None
    if article is not None:
        said = said_in(event.kind, article.sender, visible=article.visible_to_customer, marks=article.marks)
    types = _type_in(event) if "state" in event.data else {}
    return _happening(event.pk, event.kind, event.at, event.data, said, types)


def history_of(ticket_id: int) -> Sequence[Happening]:
    """All that has happened to a ticket, in order, without what means nothing to clocks."""
    return [happening for happening, _data in histories_of([ticket_id])[ticket_id] if not happening.means_nothing]


def histories_of(ticket_ids: Collection[int]) -> Mapping[int, Sequence[tuple[Happening, Mapping[str, Any]]]]:
    """Of each of these tickets all that has happened, in order, with the data of the events; in one query."""
    events = Event.objects.filter(ticket__in=ticket_ids).exclude(kind__startswith=OWN).order_by("id")
    rows: dict[int, list[tuple]] = {pk: [] for pk in ticket_ids}
    types = _types()
    for ticket, *row in events.values_list("ticket", *COLUMNS):
        rows[ticket].append(tuple(row))
    return {pk: _read(of_ticket, types) for pk, of_ticket in rows.items()}


def _read(rows: Sequence[tuple], types: Mapping[int, str]) -> Sequence[tuple[Happening, Mapping[str, Any]]]:
    found, undone = [], _released_later(rows)
    for pk, kind, at, data, sender, visible, marks in rows:
        said = said_in(kind, sender, visible=bool(visible), marks=marks or ())
        known_as = "" if pk in undone else kind
        found.append((_happening(pk, known_as, at, data, said, types), data))
    return found


def _released_later(rows: Sequence[tuple]) -> Collection[int]:
    """The events in which tickets became part of this one that have been taken out again since."""
    held, undone = dict[int, int](), list[int]()
    for pk, kind, _at, data, *_article in rows:
        if kind == "ticket.absorbed":
            held[data["absorbed"]["now"]["id"]] = pk
        elif kind == "ticket.released":
            undone += [held.pop(data["absorbed"]["was"]["id"], 0)]
    return undone


def _happening(pk: int, kind: str, at: Any, data: Mapping[str, Any], said: Any, types: Mapping[int, str]) -> Happening:
    state, locked = _now(data, "state"), _now(data, "is_locked")
    opens = kind == "ticket.created"
    return Happening(
        at=at,
        event=pk,
        opens=opens,
        said=said,
        state=(state["id"], _type(kind, types[state["id"]])) if state else None,
        moves="queue" in data and not opens,
        locks=None if opens and not locked else locked,
        waits_since=_wait_in(data["absorbed"]["now"]["id"], before=pk) if kind == "ticket.absorbed" else None,
        arrives=kind == "ticket.imported",
    )


def _type(kind: str, state_type: str) -> str:
    """Spam is closed, but nothing is solved by it, and nothing reopened when that was a mistake."""
    return StateType.REMOVED if kind == "ticket.spam" else state_type


def _wait_in(ticket_id: int, *, before: int) -> datetime | None:
    """Since when the customer of a ticket that was merged into another one waited for an answer there."""
    facts = Facts()
    for happening in history_of(ticket_id):
        if happening.event is not None and happening.event < before:
            facts.note(happening)
    return facts.waiting_since


def _now(data: Mapping[str, Any], field: str) -> Any:
    return data[field]["now"] if field in data else None


def _type_in(event: Event) -> Mapping[int, str]:
    """The type of the state that the event has put the ticket into: most often it is at hand."""
    state_id = event.data["state"]["now"]["id"]
    ticket = event.ticket
    if ticket.state_id == state_id:
        return {state_id: ticket.state.type}
    return _types()


@remembered
def _types() -> Mapping[int, str]:
    return dict(State.objects.values_list("id", "type"))
