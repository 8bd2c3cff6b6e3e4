"""What a file says anew of a ticket that has been imported before, taken over by the verbs, quietly."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import User
from tickets.actions.fields import set_custom_fields, set_tags, set_title, set_type
from tickets.actions.importing import told_anew
from tickets.actions.progress import set_priority, set_state
from tickets.actions.routing import assign, move
from tickets.events import Cause
from tickets.models import Ticket

# What is said once: a message that was given stays as it was, and so does when it came.
FIXED = frozenset(["text", "customer", "customer_name", "created", "channel", "language"])
STATE = ("state", "closed", "pending_until")

_VERBS: Mapping[str, Callable[..., object]] = {
    "title": set_title,
    "queue": move,
    "type": set_type,
    "priority": set_priority,
    "owner": assign,
    "tags": set_tags,
}


def take_over(ticket: Ticket, read: Mapping[str, Any], anew: set[str], *, by: User, cause: Cause) -> None:
    """Each of the columns `anew` by its verb. Raises what these raise."""
    fields = {key.partition(".")[2] for key in anew if key.startswith("field.")}
    with told_anew(ticket, read["closed"] if "closed" in anew else None):
        for column, verb in _VERBS.items():
            if column in anew:
                verb(ticket, read[column], by=by, cause=cause)
        if fields:
            wanted = {key: read["fields"][key] for key in fields if key in read["fields"]}
            set_custom_fields(ticket, wanted, by=by, cause=cause)
        if anew & set(STATE):
            set_state(ticket, read["state"], until=read["pending_until"], by=by, cause=cause)
