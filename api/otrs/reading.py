"""What clients write, read: rows by name or id, people by login, times, dynamic fields."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from accounts.models import User
from api.otrs.door import Refusal, scalar
from api.v1.fields import find_person
from core.clock import now
from tickets.models import FieldDefinition
from tickets.models.field import FieldKind

# Whom OTRS names where a ticket has no owner.
NOBODY = "root@localhost"
LONGEST_WAIT = timedelta(days=3660)
MOST_FIELDS = 200

Facts = Mapping[str, Any]
Row = TypeVar("Row")


def given(facts: Facts, *names: str) -> bool:
    return any(scalar(facts.get(name)) for name in names)


def require(facts: Facts, *alternatives: str, of: str) -> None:
    if not given(facts, *alternatives):
        raise Refusal("MissingParameter", f"{of}->{' or '.join(alternatives)} parameter is missing!")


def row(facts: Facts, name: str, rows: Iterable[Row]) -> Row | None:
    """What `Name` or `NameID` says, among `rows`; None when neither is given. Names are case sensitive."""
    wanted, pk = scalar(facts.get(name)), scalar(facts.get(f"{name}ID"))
    if not wanted and not pk:
        return None
    found = next((one for one in rows if (str(one.pk) == pk if pk else str(one) == wanted)), None)  # type: ignore[attr-defined]
    if found is None:
        raise invalid(f"Ticket->{name if wanted else f'{name}ID'}")
    return found


def agent(facts: Facts, name: str) -> User | None:
    """The person that `Name` or `NameID` says; None for nobody, which the caller of this tells by `given`."""
    wanted = scalar(facts.get(f"{name}ID")) or scalar(facts.get(name))
    if wanted in (NOBODY, "0"):
        return None
    person = find_person(wanted)
    if person is None or not person.is_active:
        raise invalid(f"Ticket->{name}")
    return person


def pending_until(facts: Facts) -> datetime | None:
    """`{Year, Month, Day, Hour, Minute}` in UTC, or `{Diff: minutes from now}`."""
    parts = facts.get("PendingTime")
    if parts in (None, "", {}):
        return None
    if not isinstance(parts, dict):
        raise invalid("Ticket->PendingTime")
    try:
        if scalar(parts.get("Diff")):
            moment = now() + timedelta(minutes=int(scalar(parts["Diff"])))
        else:
            numbers = [int(scalar(parts.get(name))) for name in ("Year", "Month", "Day", "Hour", "Minute")]
            moment = datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
    except (ValueError, OverflowError) as error:
        raise invalid("Ticket->PendingTime") from error
    if not now() - timedelta(days=1) < moment < now() + LONGEST_WAIT:
        raise invalid("Ticket->PendingTime")
    return moment


def dynamic_fields(sent: Any, known: Iterable[FieldDefinition]) -> dict[str, Any]:
    """Values of custom fields by their key; a name is the key in any case. What they may be is checked by the verb."""
    entries = [sent] if isinstance(sent, dict) else sent
    if not entries:
        return {}
    if not isinstance(entries, list):
        raise Refusal("MissingParameter", "DynamicField parameter is missing or not valid!")
    if len(entries) > MOST_FIELDS:
        raise invalid("DynamicField")
    by_name = {field.key: field for field in known}
    values = {}
    for entry in entries:
        if not isinstance(entry, dict) or not given(entry, "Name") or "Value" not in entry:
            raise Refusal("MissingParameter", "DynamicField->Name and DynamicField->Value are required!")
        field = by_name.get(scalar(entry["Name"]).lower())
        if field is None:
            raise invalid("DynamicField->Name")
        values[field.key] = _value(field, entry["Value"])
    return values


def _value(field: FieldDefinition, value: Any) -> Any:
    """As OTRS writes it: a checkbox is 1 or 0, a date has a time of midnight behind it."""
    if field.kind == FieldKind.MULTISELECT:
        values = value if isinstance(value, list) else [value]
        return [text for text in map(scalar, values) if text]
    text = scalar(value)
    if field.kind == FieldKind.CHECKBOX:
        return {"1": "true", "0": "false"}.get(text, text)
    if field.kind == FieldKind.DATE:
        return text.removesuffix(" 00:00:00")
    return text


def invalid(name: str) -> Refusal:
    return Refusal("InvalidParameter", f"{name} parameter is invalid!")
