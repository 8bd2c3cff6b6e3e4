"""The keys of a search: what each asks for, who may ask it, and how much may stand in one (T71)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from api.otrs.door import listed
from api.otrs.reading import invalid

# Who asks, what is asked for otherwise, and what changes nothing here.
APART = {
    *("SessionID", "AccessToken", "UserLogin", "Password", "TwoFactorToken"),
    *("Limit", "SortBy", "OrderBy", "Result", "FullTextIndex", "ContentSearch", "ContentSearchPrefix"),
    *("ContentSearchSuffix", "ConditionInline", "UseSubQueues", "ArchiveFlags", "Permission", "UserID", "CacheTTL"),
}
ROWS = {
    "Type": "type",
    "State": "state",
    "Priority": "priority",
    "Service": "service",
    "SLA": "targets__policy",
    "Queue": "queue",
}
PLURALS = {"Priorities": "Priority"} | {f"{name}s": name for name in ROWS if name != "Priority"}
PEOPLE = {"OwnerIDs": "owner", "ResponsibleIDs": "responsible"}
# By the names that rights have in OTRS.
RIGHTS = {
    **{name: name for name in ("create", "move_into", "note", "owner", "priority")},
    "ro": "read",
    "rw": "write",
}
CONTENT = ("Subject", "Body", "MIMEBase_Subject", "MIMEBase_Body")
ADDRESSES = {
    f"{prefix}{name}": column
    for name, column in (("From", "sent_from"), ("To", "to"), ("Cc", "cc"))
    for prefix in ("", "MIMEBase_")
}
ORDERS = {
    "Age": "id",
    "Created": "id",
    "Changed": "changed_at",
    "TicketNumber": "number",
    "Title": "title",
    "Queue": "queue__path",
    "State": "state__name",
    "Type": "type__name",
    "Priority": "priority__level",
    "Service": "service__path",
    "Lock": "is_locked",
    "Owner": "owner__email",
    "Responsible": "responsible__email",
    "CustomerID": "organisation__name",
    "PendingTime": "pending_until",
    "EscalationTime": "due_at",
}
# What customers may ask and sort by: nothing tells of what is hidden from them.
OF_CUSTOMERS = {
    *("TicketNumber", "Title", "States", "StateIDs", "StateType", "AttachmentName", *CONTENT),
    *ADDRESSES,
    *(f"Ticket{time}Time" for time in ("Create", "Close", "LastClose")),
}
ORDERS_OF_CUSTOMERS = {"Age", "Created", "TicketNumber", "Title", "State"}

# Rows are one condition however many they are, texts are one each, and words one search of the index each.
MOST_OF = {"rows": 1_000, "texts": 100, "words": 10, "SortBy": 5, "OrderBy": 5}
LONGEST = 1_000


def refuse_too_much(data: Mapping[str, Any]) -> None:
    """Raises `Refusal` for more than anybody asks for at once; texts and words are counted over all the keys."""
    counted: Counter[str] = Counter()
    for name, value in data.items():
        if name in APART and name not in MOST_OF:
            continue
        texts = [text for part in (value.values() if isinstance(value, dict) else [value]) for text in listed(part)]
        kind = _kind_of(name)
        counted[kind] += len(texts)
        if counted[kind] > MOST_OF[kind] or any(len(text) > LONGEST for text in texts):
            raise invalid(name)
        if kind == "rows":
            del counted[kind]


def _kind_of(name: str) -> str:
    if name in MOST_OF:
        return name
    if name in CONTENT:
        return "words"
    return "rows" if name == "TicketID" or name in PLURALS or name.endswith("IDs") else "texts"
