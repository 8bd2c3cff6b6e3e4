"""A ticket on which what happened to it happens once more, together with a rule (automation/trying.py)."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from automation.models import RuleRun
from automation.moments import Moment
from automation.pasts import COLUMNS, TOLD, Rows, forward, rewind, tickets_of
from automation.rulebook import Entry
from automation.running import run_rule
from tickets.changes import plain
from tickets.models import Event, State, StateType, Ticket, Watcher

_STATE_KINDS = ("state.changed", "ticket.closed", "ticket.reopened")


@dataclass
class Stage:
    """The ticket in the rehearsal. It is written down only where the rule is run, and read anew only after that."""

    ticket: Ticket
    rows: Rows
    recorded: list[Event]
    told: int = 0
    is_written: bool = False

    def go_back(self, turns: Sequence[Sequence[Event]], first: int) -> None:
        """The ticket and its watchers as they were before the turn `first`."""
        earlier = [event for turn in turns[:first] for event in turn]
        later = [event for turn in turns[first:] for event in turn]
        rewind(self.ticket, [*earlier, *later], self.rows)
        for event in earlier:
            forward(self.ticket, event, self.rows)
        added = [event.data["watcher"]["now"]["id"] for event in later if event.kind == "watcher.added"]
        Watcher.objects.filter(ticket=self.ticket, user__in=added).delete()

    def happen(self, event: Event) -> Event | None:
        """The event on the ticket as it is here; None where here it would not have been, because what it brought is so
        already."""
        happened = event
        if event.kind != "ticket.created" and (told := TOLD & event.data.keys()):
            news = {name: _news(self.ticket, name, event.data[name]) for name in told}
            data = {name: change for name, change in news.items() if change["was"] != change["now"]}
            data |= {name: change for name, change in event.data.items() if name not in told}
            if not data:
                return None
            happened = copy(event)
            happened.data = data
            happened.kind = _kind(event, self.ticket, self.rows)
        forward(self.ticket, happened, self.rows)
        self.is_written = False
        return happened

    def run(self, entry: Entry, moment: Moment) -> RuleRun | None:
        if not self.is_written:
            columns = {name: getattr(self.ticket, name) for name in COLUMNS}
            Ticket.objects.filter(pk=self.ticket.pk).update(**columns)
            self.is_written = True
        return run_rule(entry, moment)

    def made(self) -> Sequence[Event]:
        """What has been recorded on the ticket since somebody asked last."""
        new, self.told = self.recorded[self.told :], len(self.recorded)
        if new:
            self.ticket = tickets_of([self.ticket.pk])[self.ticket.pk]
        return [event for event in new if event.ticket_id == self.ticket.pk]


def _news(ticket: Ticket, name: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """A change seen from what the field is in the rehearsal. Tags and custom fields are added to and taken from."""
    is_now, was, now = plain(getattr(ticket, name)), change["was"], change["now"]
    if name == "tags":
        was, now = set(was or []), set(now or [])
        return {"was": is_now, "now": sorted((set(is_now) | (now - was)) - (was - now))}
    if name == "custom_fields":
        was, now = was or {}, now or {}
        changed = {key: now.get(key) for key in {*was, *now} if was.get(key) != now.get(key)}
        laid = {**is_now, **changed}
        return {"was": is_now, "now": {key: value for key, value in laid.items() if value is not None}}
    if isinstance(is_now, dict) and isinstance(now, dict) and is_now["id"] == now["id"]:
        return {"was": is_now, "now": is_now}  # renamed since
    return {"was": is_now, "now": now}


def _kind(event: Event, ticket: Ticket, rows: Rows) -> str:
    """What a change of the state is called follows from the state before it (tickets/actions/progress.py)."""
    if event.kind not in _STATE_KINDS or "state" not in event.data:
        return event.kind
    state = rows["state"].get(event.data["state"]["now"]["id"])
    if not isinstance(state, State) or state.type == StateType.CLOSED:
        return event.kind
    return "ticket.reopened" if ticket.state.is_final and not state.is_final else "state.changed"
