"""How satisfied customers are, in the desk: beside the ticket, and as faces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from automation.models import SurveyAnswer, SurveyInvitation
from automation.survey_sentences import SCALE
from automation.surveying import REASONS
from tickets.models import Ticket
from web.desk.panels import TicketPanel

SHOWN = 3
TONES = {1: "danger", 2: "warn", 3: "muted", 4: "ok", 5: "ok"}


@dataclass(frozen=True)
class Face:
    """A score as people see it."""

    score: int

    @property
    def words(self) -> str:
        return str(SCALE[self.score])

    @property
    def tone(self) -> str:
        return TONES[self.score]


@dataclass(frozen=True)
class Answered:
    answer: SurveyAnswer

    @property
    def face(self) -> Face:
        return Face(self.answer.score)


@dataclass(frozen=True)
class Satisfaction:
    """Answers, the newest first; without one, what has become of the last question."""

    answers: Sequence[Answered]
    last: SurveyInvitation | None

    @property
    def why_not(self) -> str:
        return str(REASONS.get(self.last.reason, "")) if self.last else ""


def satisfaction_of(ticket: Ticket, _agent: User) -> Satisfaction:
    questions = list(SurveyInvitation.objects.filter(ticket=ticket).order_by("-id")[:1])
    answers = list(ticket.survey_answers.order_by("-answered_at", "-id")[:SHOWN])
    return Satisfaction([Answered(answer) for answer in answers], questions[0] if questions else None)


def _asked(ticket: Ticket, _now: datetime) -> QuerySet:
    """Rows where somebody was asked, or is going to be."""
    questions = SurveyInvitation.objects.filter(ticket=ticket).values("pk")
    return questions.union(ticket.survey_answers.values("pk"))


SATISFACTION = TicketPanel("desk/group_satisfaction.html", satisfaction_of, _asked)
