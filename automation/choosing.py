"""Who gets a ticket, and why not the others. Pure: values in, values out.

First those are left out who cannot take it now. Then, where the policy says so, the customer's last owner gets it;
else those with the skills are left, and of these the one whose turn it is, or who has the least to do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

# How many candidates a decision remembers.
REMEMBERED = 50


class Why(StrEnum):
    """The reason for one candidate; the first four are those of the one who gets it."""

    STICKY = "sticky"  # had the customer's last ticket
    STAND_IN = "stand_in"  # stands in for the owner, who is away
    TURN = "turn"  # has waited longest
    LOAD = "load"  # has the least to do
    GAVE_BACK = "gave_back"
    SWITCHED_OFF = "switched_off"
    AWAY = "away"
    OFF_HOURS = "off_hours"
    FULL = "full"
    FULL_HERE = "full_here"
    SKILL = "skill"
    LATER = "later"  # had one more recently
    BUSIER = "busier"
    ANOTHER = "another"  # could have, but the ticket is somebody's in particular


CHOSEN = (Why.STICKY, Why.STAND_IN, Why.TURN, Why.LOAD)


@dataclass(frozen=True)
class Want:
    """A skill that the ticket needs, and how much of it."""

    skill: int
    level: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who may have the ticket. `load` is in points of work; `limit` is None without one."""

    id: int
    load: int = 0
    load_here: int = 0
    limit: int | None = None
    is_available: bool = True
    is_away: bool = False
    is_working: bool = True
    # When an absence or the end of working hours will be over, as far as that is known.
    back_at: datetime | None = None
    skills: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    by_load: bool = False
    by_skills: bool = False
    # Points of work that an agent may have in this queue.
    limit_here: int | None = None


@dataclass(frozen=True)
class State:
    """Where things stand: who had the last turns, what this ticket counts, and who is to be preferred or left out."""

    turns: Mapping[int, int] = field(default_factory=dict)
    weight: int = 1
    preferred: int | None = None
    prefers: Why = Why.STICKY
    not_to: Collection[int] = ()


@dataclass(frozen=True)
class Reason:
    agent: int
    why: Why
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> list[Any]:
        return [self.agent, self.why.value, dict(self.facts)]


@dataclass(frozen=True)
class Choice:
    """`agent` is None when nobody can; `why` begins with the chosen one. `retry_at` is when somebody will be back."""

    agent: int | None
    why: Sequence[Reason]
    retry_at: datetime | None = None


def choose(candidates: Collection[Candidate], wants: Collection[Want], policy: Policy, state: State) -> Choice:
    able: list[Candidate] = []
    reasons: list[Reason] = []
    for candidate in candidates:
        hindrance = _hindrance(candidate, policy, state)
        if hindrance:
            reasons.append(hindrance)
        else:
            able.append(candidate)
    preferred = next((one for one in able if one.id == state.preferred), None)
    if preferred:
        others = [Reason(one.id, Why.ANOTHER) for one in able if one is not preferred]
        return Choice(preferred.id, [Reason(preferred.id, state.prefers), *others, *reasons])
    skilled = []
    for candidate in able:
        lacking = _lacking(candidate, wants) if policy.by_skills else None
        if lacking:
            reasons.append(lacking)
        else:
            skilled.append(candidate)
    if not skilled:
        backs = [one.back_at for one in candidates if one.back_at]
        return Choice(None, reasons, min(backs, default=None))
    first, *behind = sorted(skilled, key=lambda one: _rank(one, policy, state))
    chosen = Reason(first.id, Why.LOAD if policy.by_load else Why.TURN, _facts(first, policy))
    later = [Reason(one.id, Why.BUSIER if policy.by_load else Why.LATER, _facts(one, policy)) for one in behind]
    return Choice(first.id, [chosen, *later, *reasons])


def fits(candidate: Candidate, wants: Collection[Want], policy: Policy, state: State) -> Reason | None:
    """None when the candidate could have the ticket, else what is in the way."""
    return _hindrance(candidate, policy, state) or (_lacking(candidate, wants) if policy.by_skills else None)


def with_turn(turns: Mapping[str, int], number: int, agent: int, *, among: Collection[int]) -> dict[str, int]:
    """The turns after `agent` had the one with this number; who is no candidate any more is forgotten after a while."""
    kept = {key: turn for key, turn in turns.items() if int(key) in among or number - turn < 10 * len(turns)}
    return {**kept, str(agent): number}


def remembered(choice: Choice) -> tuple[list[list[Any]], int]:
    """The reasons as they are stored, the chosen one first, and how many are left out."""
    kept = [reason.as_json() for reason in choice.why[:REMEMBERED]]
    return kept, len(choice.why) - len(kept)


def _hindrance(candidate: Candidate, policy: Policy, state: State) -> Reason | None:
    """What keeps somebody from taking it now, the plainest reason first."""
    if candidate.id in state.not_to:
        return Reason(candidate.id, Why.GAVE_BACK)
    if candidate.is_away:
        return Reason(candidate.id, Why.AWAY)
    if not candidate.is_available:
        return Reason(candidate.id, Why.SWITCHED_OFF)
    if not candidate.is_working:
        return Reason(candidate.id, Why.OFF_HOURS)
    if candidate.limit is not None and candidate.load + state.weight > candidate.limit:
        return Reason(candidate.id, Why.FULL, {"load": candidate.load, "limit": candidate.limit})
    if policy.limit_here is not None and candidate.load_here + state.weight > policy.limit_here:
        return Reason(candidate.id, Why.FULL_HERE, {"load": candidate.load_here, "limit": policy.limit_here})
    return None


def _lacking(candidate: Candidate, wants: Collection[Want]) -> Reason | None:
    """The first skill that is not there at the level that is needed."""
    for want in wants:
        level = candidate.skills.get(want.skill, 0)
        if level < want.level:
            return Reason(candidate.id, Why.SKILL, {"skill": want.skill, "level": level, "needed": want.level})
    return None


def _rank(candidate: Candidate, policy: Policy, state: State) -> tuple[int, int, int]:
    """Equal loads are given in turn, too; who never had a turn comes first."""
    return (candidate.load if policy.by_load else 0, state.turns.get(candidate.id, 0), candidate.id)


def _facts(candidate: Candidate, policy: Policy) -> dict[str, Any]:
    return {"load": candidate.load} if policy.by_load else {}
