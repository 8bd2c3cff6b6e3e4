"""The fields of a ticket that conditions may name (settings.CONDITION_FIELDS; the language is in conditions.py)."""

from operator import attrgetter

from tickets.conditions import Field

TICKET_FIELDS = {
    "number": Field("number", "text", attrgetter("number")),
    "title": Field("title", "text", attrgetter("title")),
    "queue": Field("queue", "row", attrgetter("queue")),
    "type": Field("type", "row", attrgetter("type")),
    "state": Field("state", "row", attrgetter("state")),
    "state.type": Field("state__type", "choice", attrgetter("state.type")),
    "priority": Field("priority", "row", attrgetter("priority")),
    "owner": Field("owner", "row", attrgetter("owner")),
    "responsible": Field("responsible", "row", attrgetter("responsible")),
    "customer": Field("customer", "row", attrgetter("customer")),
    "organisation": Field("organisation", "row", attrgetter("organisation")),
    "channel": Field("channel", "choice", attrgetter("channel")),
    "language": Field("language", "choice", attrgetter("language")),
    "tags": Field("tags", "list", attrgetter("tags")),
    "created": Field("created_at", "time", attrgetter("created_at")),
    "changed": Field("changed_at", "time", attrgetter("changed_at")),
    "closed": Field("closed_at", "time", attrgetter("closed_at")),
    "due": Field("due_at", "time", attrgetter("due_at")),
    "pending": Field("pending_until", "time", attrgetter("pending_until")),
    "last_customer": Field("last_customer_at", "time", attrgetter("last_customer_at")),
    "has_files": Field("has_files", "flag", attrgetter("has_files")),
}
