"""Giving a ticket to somebody by the policy of its queue, once, with the reasons kept.

The ticket's row is locked first, then the turns of the queue, then one agent at most: so two workers never give the
same turn, nobody gets more than they can take, and nobody waits for each other in a circle.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.people import system_actor
from automation import candidates, choosing
from automation.absence import is_away, stand_in_of
from automation.candidates import Way, Weights
from automation.choosing import Candidate, Choice, State, Why
from automation.models import AgentProfile, Decision, Turns, Waiting
from core.clock import now
from core.database import commit_lightly
from tickets.actions.routing import assign
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Event, Ticket

CAUSE = "assignment"
WAITS = "assignment.waiting"
# A ticket that nobody could take is tried again after a while that grows with its age, even if nothing has happened.
SOONEST, LATEST = timedelta(minutes=2), timedelta(hours=1)
# So long decisions are kept.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Giving:
    """What came of it: an event when the ticket was given or is said to wait, and the decision behind it."""

    event: Event | None
    decision: Decision | None = None


NOTHING = Giving(None)


def give(ticket: Ticket, *, event: Event | None = None, not_to: Collection[int] = ()) -> Giving:
    """Give a ticket that nobody has to whoever the policy of its queue chooses.

    Nothing happens to tickets that are somebody's, closed, or in a queue whose tickets are taken by hand. When nobody
    can take it, it stays as it is, says so, and is tried again.
    """
    with locked(ticket) as row:
        is_free = row.owner_id is None and row.closed_at is None
        way = candidates.way_of(row.queue) if is_free else None
        if way is None:
            _stop_waiting(row)
            return NOTHING
        found = _decide(row, way, None, not_to)
        actor, cause = system_actor("rules"), Cause(CAUSE, reference=str(found.decision.pk), event=event)
        if found.choice.agent is None:
            return Giving(_wait(row, found.choice, not_to, actor, cause), found.decision)
        return Giving(_hand(row, found, actor, cause), found.decision)


def give_at_work(ticket: Ticket, *, event: Event | None = None, not_to: Collection[int] = ()) -> Giving:
    """The same as a worker does it, which would do it again after a crash: nobody waits for the disk, least of all the
    other workers, who want the turns of the queue."""
    with transaction.atomic():
        commit_lightly()
        return give(ticket, event=event, not_to=not_to)


def give_instead_of_absent(ticket: Ticket, *, event: Event) -> Giving:
    """Give a ticket whose owner is away or has left to the stand-in, else as the queue says. Where nobody can take it,
    or where tickets are taken by hand, the owner has it still, which is better than nobody."""
    with locked(ticket) as row:
        owner = row.owner
        if owner is None or row.closed_at is not None or (owner.is_active and not is_away(owner, now())):
            return NOTHING
        way = candidates.way_of(row.queue)
        if way is None:
            return NOTHING
        found = _decide(row, way, owner, [owner.pk])
        if found.choice.agent is None:
            return Giving(None, found.decision)
        cause = Cause(CAUSE, reference=str(found.decision.pk), event=event)
        return Giving(_hand(row, found, system_actor("rules"), cause), found.decision)


def give_by(ticket: Ticket, way: Way | None, *, by: User, cause: Cause) -> Giving:
    """Give an open ticket in this way, or by that of its queue, whoever has it now; that one does not get it again.

    When nobody can take it, or tickets of the queue are taken by hand, it stays as it is.
    """
    with locked(ticket) as row:
        way = way or candidates.way_of(row.queue)
        if way is None or row.closed_at is not None:
            return NOTHING
        found = _decide(row, way, None, [row.owner_id] if row.owner_id else [])
        if found.choice.agent is None:
            return Giving(None, found.decision)
        return Giving(_hand(row, found, by, cause), found.decision)


def try_again(waiting: Waiting) -> None:
    """For `run_leased`: look for somebody anew; the row goes when the ticket is somebody's."""
    ticket = Ticket.objects.get(pk=waiting.ticket_id)
    if ticket.owner_id is not None:
        _stop_waiting(ticket)
        return
    give(ticket, not_to=[waiting.not_to_id] if waiting.not_to_id else ())
    if (left := Waiting.objects.filter(pk=waiting.pk).first()) is not None:
        waiting.due_at, waiting.attempts = left.due_at, 0


@dataclass(frozen=True)
class _Found:
    """A choice among these people, and what it changes when it is carried out."""

    choice: Choice
    decision: Decision
    turns: Turns
    people: Collection[int]


def _decide(ticket: Ticket, way: Way, away: User | None, not_to: Collection[int]) -> _Found:
    turns = _lock_turns(way.queue_id)
    wants = candidates.wants_of(ticket) if way.by_skills else []
    weighs = candidates.weights()
    state = _state_of(ticket, way, turns, weighs.get(ticket.priority_id, 1), away, not_to)
    people = candidates.candidates_for(ticket, way, wants, weighs)
    choice = _choose_for_sure(people, wants, way, state, ticket, weighs)
    return _Found(choice, _remember(ticket, way, choice, wants), turns, {one.id for one in people})


def _hand(ticket: Ticket, found: _Found, by: User, cause: Cause) -> Event | None:
    agent = User.objects.get(pk=found.choice.agent)
    _take_turn(found.turns, agent.pk, found.people)
    _stop_waiting(ticket)
    return assign(ticket, agent, by=by, cause=cause)


def _choose_for_sure(
    people: list[Candidate], wants: list[choosing.Want], way: Way, state: State, ticket: Ticket, weighs: Weights
) -> Choice:
    """The choice, made anew while whoever is chosen got other work at the same moment and cannot take this too."""
    for _try in range(len(people) + 1):
        choice = choosing.choose(people, wants, way.policy, state)
        chosen = next((one for one in people if one.id == choice.agent), None)
        if chosen is None or chosen.limit is None:
            return choice
        present = _hold(chosen, ticket, state.weight, weighs)
        if present is None:
            return choice
        people = [present if one is chosen else one for one in people]
    return choice


class _TooMuch(Exception):
    """The agent has got too much meanwhile."""


def _hold(chosen: Candidate, ticket: Ticket, weight: int, weighs: Weights) -> Candidate | None:
    """Lock the agent's row, so that nobody else gives them work; who has too much now is let go and returned anew."""
    try:
        with transaction.atomic():
            profile = AgentProfile.objects.select_for_update(of=("self",), no_key=True).get(pk=chosen.id)
            loads = candidates.loads_of([chosen.id], ticket.queue_id, weighs)
            load = loads.all[chosen.id]
            if profile.limit is not None and load + weight > profile.limit:
                raise _TooMuch
    except _TooMuch:
        return replace(chosen, load=load, load_here=loads.here[chosen.id], limit=profile.limit)
    return None


def _state_of(ticket: Ticket, way: Way, turns: Turns, weight: int, away: User | None, not_to: Collection[int]) -> State:
    preferred, prefers = None, Why.STICKY
    if away is not None and (stand_in := stand_in_of(away, now())):
        preferred, prefers = stand_in.pk, Why.STAND_IN
    elif way.sticky_days:
        preferred = candidates.last_owner_of_customer(ticket, way.sticky_days)
    numbers = {int(key): number for key, number in turns.turns.items()}
    return State(numbers, weight, preferred, prefers, frozenset(not_to))


def _lock_turns(queue_id: int) -> Turns:
    rows = Turns.objects.select_for_update(of=("self",), no_key=True).filter(pk=queue_id)
    if (held := rows.first()) is not None:
        return held
    Turns.objects.get_or_create(queue_id=queue_id)
    return rows.get()


def _take_turn(turns: Turns, agent: int, among: Collection[int]) -> None:
    turns.number += 1
    turns.turns = choosing.with_turn(turns.turns, turns.number, agent, among=among)
    turns.save(update_fields=["number", "turns"])


def _remember(ticket: Ticket, way: Way, choice: Choice, wants: list[choosing.Want]) -> Decision:
    """A ticket that waits keeps its latest decision only: it may be tried for days."""
    reasons, others = choosing.remembered(choice)
    if choice.agent is None:
        Decision.objects.filter(ticket=ticket, agent=None).delete()
    return Decision.objects.create(
        ticket=ticket,
        queue_id=ticket.queue_id,
        agent_id=choice.agent,
        method=way.method,
        reasons=reasons,
        others=others,
        wants=[[want.skill, want.level] for want in wants],
    )


def _wait(ticket: Ticket, choice: Choice, not_to: Collection[int], by: User, cause: Cause) -> Event | None:
    """The ticket waits from now on, which is said once, or goes on waiting."""
    waiting, is_new = Waiting.objects.get_or_create(
        ticket=ticket, defaults={"not_to_id": next(iter(not_to), None), "due_at": now() + SOONEST}
    )
    Waiting.objects.filter(pk=waiting.pk).update(due_at=_next_try(waiting, choice.retry_at))
    return record(ticket, WAITS, by=by, cause=cause) if is_new else None


def _next_try(waiting: Waiting, somebody_back: datetime | None) -> datetime:
    moment = now()
    next_try = moment + min(max((moment - waiting.since) / 4, SOONEST), LATEST)
    return next_try if somebody_back is None else min(next_try, max(somebody_back, moment + timedelta(seconds=1)))


def _stop_waiting(ticket: Ticket) -> None:
    Waiting.objects.filter(ticket=ticket).delete()


def forget_decisions() -> int:
    """Reasons are of interest while people remember the day; returns how many are gone."""
    gone, _by_model = Decision.objects.filter(at__lt=now() - KEPT).delete()
    return gone
