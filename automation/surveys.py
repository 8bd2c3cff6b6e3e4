"""What customers have answered, for whoever may read the tickets: answers, averages, how many of those asked answered.

Reports ask here, too. A score of 4 or 5 is a satisfied customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts.models import User
from automation.models import SurveyAnswer, SurveyInvitation
from automation.models.survey import HIGHEST, LOWEST
from tickets.models import Queue, Ticket

SCORES = tuple(range(HIGHEST, LOWEST - 1, -1))
SATISFIED = 4


@dataclass(frozen=True)
class Figures:
    """`spread` is how many gave each score. Without an answer there is neither average nor share."""

    spread: dict[int, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return sum(self.spread.values())

    @property
    def average(self) -> float | None:
        return sum(score * many for score, many in self.spread.items()) / self.number if self.number else None

    @property
    def satisfied(self) -> int | None:
        """How many of a hundred are satisfied."""
        happy = sum(many for score, many in self.spread.items() if score >= SATISFIED)
        return round(100 * happy / self.number) if self.number else None

    def share(self, score: int) -> int:
        """How many of a hundred gave this score."""
        return round(100 * self.spread.get(score, 0) / self.number) if self.number else 0


@dataclass(frozen=True)
class OfQueue:
    queue: Queue
    figures: Figures


def answers_for(
    user: User, *, queue: Queue | None = None, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[SurveyAnswer]:
    """Answers about tickets that `user` may read: those that were in this queue when they were given."""
    found = SurveyAnswer.objects.filter(ticket__in=Ticket.objects.allowing(user, "read"))
    if queue is not None:
        found = found.filter(queue=queue)
    if since is not None:
        found = found.filter(answered_at__gte=since)
    return found.filter(answered_at__lt=until) if until is not None else found


def asked_for(user: User, *, queue: Queue | None = None, since: datetime | None = None) -> int:
    """How many were asked about tickets that `user` may read."""
    tickets = Ticket.objects.allowing(user, "read")
    if queue is not None:
        tickets = tickets.filter(queue=queue)
    found = SurveyInvitation.objects.filter(asked_at__isnull=False, ticket__in=tickets)
    return (found.filter(asked_at__gte=since) if since is not None else found).count()


def figures_of(answers: QuerySet[SurveyAnswer]) -> Figures:
    return Figures(dict(answers.order_by().values_list("score").annotate(Count("pk"))))


def by_queue(answers: QuerySet[SurveyAnswer]) -> Sequence[OfQueue]:
    """Each queue with answers, by its place."""
    spread: dict[int, dict[int, int]] = {}
    for queue, score, many in answers.order_by().values_list("queue", "score").annotate(Count("pk")):
        spread.setdefault(queue, {})[score] = many
    queues = Queue.objects.filter(pk__in=spread).order_by("path")
    return [OfQueue(queue, Figures(spread[queue.pk])) for queue in queues]
