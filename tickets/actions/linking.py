"""Which tickets belong together. Both sides keep it in their history, by number alone (T46)."""

from accounts.models import User
from tickets.changes import locked_together
from tickets.events import Cause, record
from tickets.models import Event, Link, LinkKind, Ticket


class NotLinkable(ValueError):
    """A ticket cannot be linked to itself, nor be its own ancestor; `code` is "itself" or "circle"."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def link(ticket: Ticket, other: Ticket, kind: str, *, by: User, cause: Cause | None = None) -> Event | None:
    """`ticket` is ... of `other`, as `LinkKind` says; None when they are linked like that. Raises `NotLinkable`."""
    if ticket.pk == other.pk:
        raise NotLinkable("itself")
    with locked_together(ticket, other) as (ticket, other):
        source, target = _in_order(ticket, other, kind)
        if kind == LinkKind.PARENT and source.pk in _descendants(target.pk):
            raise NotLinkable("circle")
        found, made = Link.objects.get_or_create(source=source, target=target, kind=kind, defaults={"created_by": by})
        return _tell_both(found, "link.added", by=by, cause=cause) if made else None


def unlink(link: Link, *, by: User, cause: Cause | None = None) -> Event | None:
    """None when somebody else was faster."""
    with locked_together(link.source, link.target):
        deleted, _rows = Link.objects.filter(pk=link.pk).delete()
        return _tell_both(link, "link.removed", by=by, cause=cause) if deleted else None


def _in_order(ticket: Ticket, other: Ticket, kind: str) -> tuple[Ticket, Ticket]:
    """A normal link has no direction: it is stored once."""
    if kind == LinkKind.NORMAL and ticket.pk > other.pk:
        return other, ticket
    return ticket, other


def _descendants(pk: int) -> set[int]:
    found: set[int] = set()
    level = {pk}
    while level:
        children = Link.objects.filter(kind=LinkKind.PARENT, source__in=level).values_list("target", flat=True)
        level = set(children) - found
        found |= level
    return found


def _tell_both(link: Link, kind: str, *, by: User, cause: Cause | None) -> Event:
    side = "now" if kind == "link.added" else "was"
    empty = {"was": None, "now": None}
    event = record(link.source, kind, by=by, cause=cause, data={"link": {**empty, side: _seen(link.kind, link.target)}})
    backwards = {"link": {**empty, side: _seen(f"{link.kind}_of", link.source)}}
    record(link.target, kind, by=by, cause=Cause("link", event=event), data=backwards)
    return event


def _seen(kind: str, other: Ticket) -> dict[str, object]:
    return {"id": other.pk, "name": other.number, "kind": kind}
