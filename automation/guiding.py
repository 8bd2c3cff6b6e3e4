"""Guided mode offers what suits an agent: skills and limits count as when tickets are given (settings.GUIDES)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from automation import candidates, choosing
from automation.choosing import Candidate, Policy, State
from automation.models import AgentProfile, AgentSkill, QueueAssignment
from tickets.models import Queue, Ticket


def suiting(user: User) -> Callable[[Ticket], bool] | None:
    """Whether a ticket suits this agent; None where all do. Who asks for work is there, whatever the hours are."""
    settings = {row.pk: row for row in QueueAssignment.objects.all()}
    profile = AgentProfile.objects.filter(pk=user.pk).first()
    limit = profile.limit if profile else None
    if limit is None and not any(row.by_skills or row.limit is not None for row in settings.values()):
        return None
    return _Suits(user, limit, settings)


@dataclass(frozen=True)
class _Suits:
    user: User
    limit: int | None
    settings: Mapping[int, QueueAssignment]

    def __call__(self, ticket: Ticket) -> bool:
        """What is theirs already is no new work."""
        if ticket.owner_id is not None:
            return True
        row = self._setting(ticket.queue_id)
        policy = Policy(by_skills=row.by_skills, limit_here=row.limit) if row else Policy()
        wants = self._needs.of(ticket) if policy.by_skills else []
        loads = self._loads_in(ticket.queue_id)
        candidate = Candidate(
            self.user.pk, loads.all[self.user.pk], loads.here[self.user.pk], self.limit, skills=self._skills
        )
        state = State(weight=self._weights.get(ticket.priority_id, 1))
        return choosing.fits(candidate, wants, policy, state) is None

    def _setting(self, queue_id: int | None) -> QueueAssignment | None:
        seen: set[int] = set()
        while queue_id is not None and queue_id not in self.settings and queue_id not in seen:
            seen.add(queue_id)
            queue_id = self._parents.get(queue_id)
        return self.settings.get(queue_id) if queue_id is not None else None

    def _loads_in(self, queue_id: int) -> candidates.Loads:
        if queue_id not in self._loads:
            self._loads[queue_id] = candidates.loads_of([self.user.pk], queue_id, self._weights)
        return self._loads[queue_id]

    @cached_property
    def _loads(self) -> dict[int, candidates.Loads]:
        return {}

    @cached_property
    def _needs(self) -> candidates.Needs:
        return candidates.Needs()

    @cached_property
    def _parents(self) -> Mapping[int, int | None]:
        return dict(Queue.objects.values_list("pk", "parent_id"))

    @cached_property
    def _weights(self) -> candidates.Weights:
        return candidates.weights()

    @cached_property
    def _skills(self) -> Mapping[int, int]:
        return dict(AgentSkill.objects.filter(user=self.user).values_list("skill_id", "level"))
