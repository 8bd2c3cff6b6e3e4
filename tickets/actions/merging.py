"""Two tickets become one, and two again."""

from accounts.models import User
from core.clock import now
from tickets import vocabulary
from tickets.articles import count_facts
from tickets.changes import apply, locked_together, moment, plain
from tickets.events import Cause, record
from tickets.models import Event, Mention, State, StateType, Ticket, TimeEntry, Watcher

# What a merge changes on the merged ticket's row, and what undoing it puts back.
KEPT = ("state", "pending_until", "pending_done", "closed_at", "is_locked")


class NotMergeable(ValueError):
    """These two cannot be merged, or the merge cannot be undone; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def merge(ticket: Ticket, into: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """Everything said on `ticket` goes on in `into`; mail that answers the old one arrives there from now on.

    Messages remember where they were written. None when it is merged into it already. Raises `NotMergeable` with the
    code "itself", "merged" (one of them is already part of another) or "removed".
    """
    with locked_together(ticket, into) as (ticket, into):
        if ticket.merged_into_id == into.pk:
            return None
        _refuse_impossible(ticket, into)
        before = {name: plain(getattr(ticket, name)) for name in KEPT}
        moved = _move(ticket, into)
        diff = _mark_merged(ticket, into)
        for each in (ticket, into):
            count_facts(each)
        data = {**diff, "before": {"was": before, "now": None}, "moved": {"was": None, "now": moved}}
        event = record(ticket, "ticket.merged", by=by, cause=cause, data=data)
        absorbed = {"absorbed": {"was": None, "now": _named(ticket)}}
        record(into, "ticket.absorbed", by=by, cause=Cause("merge", event=event), data=absorbed)
        return event


def unmerge(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """Take a merge back: what the merge had moved returns, the ticket is as it was, later messages stay.

    None when the ticket is not merged. Raises `NotMergeable` with the code "merged" while the other one is itself part
    of a third, "unknown" when the history does not tell what was moved (tickets of another system).
    """
    if ticket.merged_into is None:
        return None
    with locked_together(ticket, ticket.merged_into) as (ticket, other):
        if ticket.merged_into_id != other.pk:
            return None
        if other.merged_into_id is not None:
            raise NotMergeable("merged")
        merging = ticket.events.filter(kind="ticket.merged").order_by("-id").first()
        if merging is None:
            raise NotMergeable("unknown")
        _move_back(merging.data["moved"]["now"], ticket, other)
        diff = _restore(ticket, other, merging.data["before"]["was"])
        for each in (ticket, other):
            count_facts(each)
        event = record(ticket, "ticket.unmerged", by=by, cause=cause, data=diff)
        released = {"absorbed": {"was": _named(ticket), "now": None}}
        record(other, "ticket.released", by=by, cause=Cause("merge", event=event), data=released)
        return event


def _refuse_impossible(ticket: Ticket, into: Ticket) -> None:
    if ticket.pk == into.pk:
        raise NotMergeable("itself")
    if ticket.merged_into_id or into.merged_into_id:
        raise NotMergeable("merged")
    if ticket.is_removed or into.is_removed:
        raise NotMergeable("removed")


def _move(ticket: Ticket, into: Ticket) -> dict[str, list[int]]:
    """Move what belongs to the conversation; returns the ids, so that it can be taken back exactly."""
    moved = {
        "articles": list(ticket.articles.values_list("pk", flat=True)),
        "time": list(ticket.time_entries.values_list("pk", flat=True)),
        "watchers": _also_watch(ticket, into),
    }
    ticket.articles.filter(origin_ticket=None).update(origin_ticket=ticket)
    ticket.articles.update(ticket=into)
    ticket.mentions.update(ticket=into)
    ticket.time_entries.update(ticket=into)
    return moved


def _also_watch(ticket: Ticket, into: Ticket) -> list[int]:
    """Whoever watches the one watches the other; the ids of the new watchers."""
    known = into.watchers.values("user")
    new = ticket.watchers.exclude(user__in=known).values_list("user", flat=True)
    return [watcher.pk for watcher in Watcher.objects.bulk_create(Watcher(ticket=into, user_id=pk) for pk in new)]


def _mark_merged(ticket: Ticket, into: Ticket) -> dict[str, dict]:
    diff = apply(
        ticket,
        state=vocabulary.first_state(StateType.MERGED),
        merged_into=into,
        closed_at=ticket.closed_at or now(),
        pending_until=None,
        pending_done=False,
        is_locked=False,
    )
    diff["merged_into"]["now"] = _named(into)
    return {name: diff[name] for name in ("state", "merged_into")}


def _move_back(moved: dict[str, list[int]], ticket: Ticket, other: Ticket) -> None:
    articles = other.articles.filter(pk__in=moved["articles"])
    Mention.objects.filter(article__in=articles).update(ticket=ticket)
    # origin first: the second update no longer finds them at the other ticket
    articles.filter(origin_ticket=ticket).update(origin_ticket=None, ticket=ticket)
    articles.update(ticket=ticket)
    TimeEntry.objects.filter(pk__in=moved["time"], ticket=other).update(ticket=ticket)
    Watcher.objects.filter(pk__in=moved["watchers"]).delete()


def _restore(ticket: Ticket, other: Ticket, before: dict) -> dict[str, dict]:
    """The row as it was before the merge."""
    diff = apply(
        ticket,
        state=State.objects.get(pk=before["state"]["id"]),
        merged_into=None,
        pending_until=moment(before["pending_until"]),
        pending_done=before["pending_done"],
        closed_at=moment(before["closed_at"]),
        is_locked=before["is_locked"],
    )
    diff["merged_into"]["was"] = _named(other)
    return {name: diff[name] for name in ("state", "merged_into", "pending_until", "is_locked") if name in diff}


def _named(ticket: Ticket) -> dict[str, object]:
    """By its number alone: whoever reads this history may not be allowed to see the other ticket's title (T46)."""
    return {"id": ticket.pk, "name": ticket.number}
