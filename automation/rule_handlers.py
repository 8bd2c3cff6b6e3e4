"""Rules hear of every event, after its commit (settings.AFTER)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.people import system_actor
from automation.conditions import holds
from automation.happenings import OWN
from automation.models import RuleRun
from automation.moments import Moment
from automation.rulebook import Entry, current_rulebook
from automation.running import run_rule
from core.memo import for_a_moment
from tickets.fresh import NEIGHBOURS, as_it_is
from tickets.models import Event, Ticket

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """How far an earlier try came: the place of the last rule that was run for this event, and whether it stops."""

    position: tuple[int, int] = (-1, -1)
    stopped: bool = False


def run_rules(event: Event) -> None:
    """Ask the rules in their order; each sees the ticket as the ones before it have left it.

    Two queries where nobody listens or nothing holds, however many rules there are. Run twice, it goes on where the
    first time has ended.
    """
    if event.kind.startswith(OWN):
        return
    entries = [entry for entry in current_rulebook().listening(event.kind) if entry.listens(event)]
    if entries:
        with for_a_moment():  # each effect of each rule asks for the same actor, fields and promises
            system_actor("rules")  # made before any transaction that may be undone
            ask_rules(entries, event)


def ask_rules(entries: Sequence[Entry], event: Event) -> list[RuleRun]:
    """The runs that this event has brought about, in their order."""
    moment, done, runs = moment_of(event), None, list[RuleRun]()
    for entry in entries:
        if not fits(entry, moment):
            continue
        if done is None:
            done = _done(event)
            if done.stopped:
                return runs
        if (entry.position, entry.pk or 0) <= done.position:
            continue
        run = run_rule(entry, moment)
        if run is None:
            continue
        runs.append(run)
        if entry.stops:
            break
        moment = moment_after(moment)
    return runs


def fits(entry: Entry, moment: Moment) -> bool:
    """Whether the ticket is within the rule's scope and its condition holds."""
    if entry.queues and not entry.reaches(moment.line):
        return False
    try:
        return holds(entry.node, moment)
    except (TypeError, ValueError, LookupError, AttributeError):  # a rule that cannot be asked stops no other one
        log.exception("the condition of rule %s cannot be asked", entry.pk)
        return False


def moment_of(event: Event) -> Moment:
    """The event with its ticket as it is now; one query, or two where it has changed since it was read."""
    return Moment(event, as_it_is(event.ticket))


def moment_after(before: Moment) -> Moment:
    """The ticket as a rule has left it. Neighbours that it still has are taken over: eight joins cost more than all
    else that is asked between two rules."""
    ticket = Ticket.objects.get(pk=before.ticket.pk)
    for name in NEIGHBOURS:
        if getattr(ticket, f"{name}_id") == getattr(before.ticket, f"{name}_id"):
            setattr(ticket, name, getattr(before.ticket, name))
    return Moment(before.event, ticket)


def _done(event: Event) -> Done:
    runs = RuleRun.objects.filter(event=event).values_list("position", "rule", "stopped_others")
    found = [((position, rule or 0), stopped) for position, rule, stopped in runs]
    return Done(max(place for place, _stopped in found), any(stop for _place, stop in found)) if found else Done()
