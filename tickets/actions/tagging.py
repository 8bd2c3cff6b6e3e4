"""A tag gets another name, on one ticket."""

from accounts.models import User
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Event, Ticket


def exchange_tag(ticket: Ticket, tag: str, other: str, *, by: User, cause: Cause | None = None) -> Event | None:
    """`other` instead of `tag`; without `other` the tag is only taken off.

    It is no news about the ticket, which keeps its place in the lists: a tag may be on half of all tickets.
    """
    with locked(ticket) as ticket:
        if tag not in ticket.tags:
            return None
        was, ticket.tags = ticket.tags, sorted(({*ticket.tags} - {tag}) | ({other} - {""}))
        ticket.unsaved.add("tags")
        return record(ticket, "tags.changed", by=by, cause=cause, data={"tags": {"was": was, "now": ticket.tags}})
