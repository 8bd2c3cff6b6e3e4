"""What a filter of the search language may name, and the condition it means."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from django.utils.translation import gettext as _

from tickets.language.tokens import LanguageError, Token

Condition = dict[str, Any]


class Names(Protocol):
    """Looks up what a reader's words mean, among what that reader may see; raises `LookupError`."""

    def rows(self, field: str, text: str) -> Sequence[int]: ...


OPEN: Condition = {"field": "closed", "empty": True}
IS: Mapping[str, Condition] = {
    "open": OPEN,
    "closed": {"not": OPEN},
    "new": {"field": "state.type", "is": "new"},
    "waiting": {"field": "state.type", "in": ["pending_reminder", "pending_auto"]},
    "overdue": {"all": [OPEN, {"field": "due", "before": {"now": "+0m"}}]},
    "locked": {"field": "locked", "is": True},
    "unassigned": {"field": "owner", "empty": True},
    "mine": {"field": "owner", "is": {"me": True}},
    "watched": {"field": "watcher", "is": {"me": True}},
    "mentioned": {"field": "mentioned", "is": {"me": True}},
    "files": {"field": "has_files", "is": True},
}
ALIASES = {"tag": "tags", "org": "organisation", "prio": "priority", "agent": "owner", "has": "is", "subject": "title"}
KINDS = {
    "is": "is",
    "number": "exact",
    "title": "text",
    "tags": "list",
    "queue": "row",
    "state": "state",
    "type": "row",
    "service": "row",
    "priority": "row",
    "owner": "row",
    "responsible": "row",
    "customer": "row",
    "organisation": "row",
    "watcher": "row",
    "mentioned": "row",
    "channel": "exact",
    "language": "exact",
    "created": "time",
    "changed": "time",
    "closed": "time",
    "due": "time",
    "pending": "time",
    "last_customer": "time",
    "impact": "number",
    "urgency": "number",
    "time_spent": "number",
}
# Days by name, as so many days from today.
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
PEOPLE = ("owner", "responsible", "customer", "watcher", "mentioned")


def equal(token: Token, names: Names, custom: Mapping[str, str]) -> list[Condition]:
    """One condition per value of `name:value,value`. Raises `LanguageError`."""
    name, kind = _known(token, custom)
    return [_READERS[kind](names, name, value) for value in token.values]


def beyond(token: Token, custom: Mapping[str, str]) -> Condition:
    """`name>value` and `name<value`, for times and numbers. Raises `LanguageError`."""
    name, kind = _known(token, custom)
    value = token.values[0]
    if kind in ("time", "custom_date"):
        return {"field": name, "after" if token.kind == ">" else "before": _moment(value)}
    if kind in ("number", "custom_number"):
        return {"field": name, "above" if token.kind == ">" else "below": _number(value)}
    message = _("“%(name)s” is neither a time nor a number.") % {"name": token.text}
    raise LanguageError(message, token.start, token.end)


def _known(token: Token, custom: Mapping[str, str]) -> tuple[str, str]:
    name = ALIASES.get(token.text.lower(), token.text.lower())
    kind = custom.get(name) or KINDS.get(name)
    if kind is None:
        message = _("There is no field “%(name)s”.") % {"name": token.text}
        raise LanguageError(message, token.start, token.start + len(token.text))
    return name, kind


def _row(names: Names, name: str, value: Token) -> Condition:
    if empty := _emptiness(name, value):
        return empty
    if value.text.lower() == "me" and name in PEOPLE:
        return {"field": name, "is": {"me": True}}
    try:
        return {"field": name, "in": list(names.rows(name, value.text))}
    except LookupError:
        message = _("Nothing called “%(value)s” was found.") % {"value": value.text}
        raise LanguageError(message, value.start, value.end) from None


def _state(names: Names, name: str, value: Token) -> Condition:
    """A state by its name, or all states of a kind: open, closed, new, waiting."""
    return IS.get(value.text.lower()) or _row(names, name, value)


def _emptiness(name: str, value: Token) -> Condition | None:
    empty: Condition = {"field": name, "empty": True}
    return {"none": empty, "any": {"not": empty}}.get(value.text.lower())


def _text(_names: Names, name: str, value: Token) -> Condition:
    return _emptiness(name, value) or {"field": name, "contains": value.text}


def _exact(_names: Names, name: str, value: Token) -> Condition:
    return _emptiness(name, value) or {"field": name, "is": value.text}


def _listed(_names: Names, name: str, value: Token) -> Condition:
    return _emptiness(name, value) or {"field": name, "contains": value.text}


def _flag(_names: Names, name: str, value: Token) -> Condition:
    if value.text.lower() not in ("yes", "no"):
        raise LanguageError(_("This is answered by “yes” or “no”."), value.start, value.end)
    yes: Condition = {"field": name, "is": True}
    return yes if value.text.lower() == "yes" else {"not": yes}


def _number(value: Token) -> float:
    try:
        return float(value.text) if "." in value.text else int(value.text)
    except ValueError:
        raise LanguageError(_("This is not a number."), value.start, value.end) from None


def _time(_names: Names, name: str, value: Token) -> Condition:
    """`created:-7d` is everything since, `created:2026-11-21` and `created:today` that day."""
    if empty := _emptiness(name, value):
        return empty
    moment = _moment(value)
    if isinstance(moment, str):
        tomorrow: Any = (date.fromisoformat(moment) + timedelta(days=1)).isoformat()
    elif value.text.lower() in DAYS:
        tomorrow = {"today": f"{DAYS[value.text.lower()] + 1:+}d"}
    else:
        return {"field": name, "after": moment}
    return {"all": [{"not": {"field": name, "before": moment}}, {"field": name, "before": tomorrow}]}


def _moment(value: Token) -> Any:
    try:
        return moment_in(value.text)
    except ValueError:
        message = _("A time looks like 2026-11-21, today, -7d, -2h or -30m.")
        raise LanguageError(message, value.start, value.end) from None


def moment_in(text: str) -> Any:
    """A time as conditions take it: seen from now, a day seen from today, or a day. Raises `ValueError`."""
    if re.fullmatch(r"[+-]\d{1,4}[mhd]", text):
        return {"now": text}
    if text.lower() in DAYS:
        return {"today": f"{DAYS[text.lower()]:+}d"}
    return date.fromisoformat(text).isoformat()


def _is(_names: Names, name: str, value: Token) -> Condition:
    try:
        return IS[value.text.lower()]
    except KeyError:
        known = ", ".join(sorted(IS))
        raise LanguageError(_("What can be asked for: %(known)s.") % {"known": known}, value.start, value.end) from None


_READERS: Mapping[str, Callable[[Names, str, Token], Condition]] = {
    "is": _is,
    "exact": _exact,
    "text": _text,
    "list": _listed,
    "row": _row,
    "state": _state,
    "time": _time,
    "number": lambda _names, name, value: _emptiness(name, value) or {"field": name, "is": _number(value)},
    "custom_text": _text,
    "custom_list": _listed,
    "custom_flag": _flag,
    "custom_number": lambda _names, name, value: _emptiness(name, value) or {"field": name, "is": _number(value)},
    "custom_date": _time,
}
