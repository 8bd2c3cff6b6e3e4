"""What can be done with a ticket beside answering it: the menu in its header. Every entry has a key and a place in the
palette."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from core.addresses import address
from tickets.models import Ticket


@dataclass(frozen=True)
class Action:
    """`key` as <key-map> reads it. `asks`: it opens a dialog first; otherwise it happens at once."""

    name: str
    label: str
    url: str
    icon: str
    key: str
    asks: bool = True
    danger: bool = False

    @property
    def shown_key(self) -> str:
        """ "Shift+m" -> "⇧ M"."""
        return self.key.replace("Shift+", "\N{UPWARDS WHITE ARROW} ").upper()


def menu_of(ticket: Ticket, agent: User, *, is_taken_off: bool, is_watched: bool) -> Sequence[Sequence[Action]]:
    """Groups of actions that this agent may take on this ticket now."""
    writes, notes, owns = (ticket.allows(agent, right) for right in ("write", "note", "owner"))
    ranks, is_merged = ticket.allows(agent, "priority"), bool(ticket.merged_into_id)

    def to(name: str) -> str:
        return address(f"desk:{name}", ticket.number)

    work = [
        Action("later", _("Put off"), to("later"), "clock", "h") if writes and ticket.is_open else None,
        Action("call", _("Write down a call"), to("call"), "phone", "Shift+p") if writes else None,
        Action("time", _("Write down time"), to("time"), "hourglass", "Shift+t") if notes else None,
        Action("checklist", _("Add steps to the checklist"), to("checklist"), "list", "Shift+c") if notes else None,
        Action("process_start", _("Start a process"), to("process_start"), "flow", "Shift+f") if writes else None,
        Action("rating", _("Impact and urgency"), to("rating"), "flag", "Shift+i") if ranks else None,
        _lock(ticket, to) if owns and ticket.is_open else None,
    ]
    belonging = [
        Action("merge", _("Merge into another ticket"), to("merge"), "merge", "Shift+m") if writes else None,
        Action("split", _("Split off a message"), to("split"), "split", "Shift+x") if writes else None,
        Action("link", _("Link with another ticket"), to("link"), "link", "Shift+l") if writes else None,
        Action("participants", _("Keep somebody in copy"), to("participants"), "user-plus", "Shift+n")
        if writes
        else None,
        Action("watchers", _("Add a watcher"), to("watchers"), "users", "Shift+w") if writes else None,
    ]
    watching = (
        Action("unwatch", _("Stop watching"), to("unwatch"), "eye", "w", asks=False)
        if is_watched
        else Action("watch", _("Watch"), to("watch"), "eye", "w", asks=False)
    )
    seeing = [watching, Action("readers", _("Who can see this ticket"), to("readers"), "shield", "Shift+v", asks=False)]
    off = [
        Action("spam", _("Mark as spam"), to("spam"), "ban", "Shift+s", asks=False, danger=True)
        if writes and ticket.is_open
        else None,
        Action("trash", _("Move to the trash"), to("trash"), "trash", "Shift+d", asks=False, danger=True)
        if writes and not ticket.is_removed
        else None,
        Action("restore", _("Restore"), to("restore"), "undo", "Shift+r", asks=False)
        if writes and is_taken_off
        else None,
    ]
    groups = [seeing] if is_merged or ticket.is_removed else [work, belonging, seeing]
    groups.append([one for one in off if one is None or not is_merged or one.name == "restore"])
    return [found for group in groups if (found := [action for action in group if action])]


def _lock(ticket: Ticket, to: Callable[[str], str]) -> Action:
    if ticket.is_locked:
        return Action("unlock", _("Unlock"), to("unlock"), "lock", "Shift+k", asks=False)
    return Action("lock", _("Take and lock"), to("lock"), "lock", "Shift+k", asks=False)
