"""Whether a customer is asked on the page of his request how satisfied he is, and what he has answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from automation.models import SurveyInvitation
from automation.survey_links import token_of
from automation.survey_sentences import SCALE
from automation.surveying import is_open
from tickets.models import Ticket


@dataclass(frozen=True)
class Face:
    score: int
    words: str | Promise
    url: str


@dataclass(frozen=True)
class Satisfaction:
    """Either a question with its faces, or the answer that was given."""

    faces: Sequence[Face] = ()
    given: Face | None = None


def satisfaction_of(ticket: Ticket, user: User) -> Satisfaction | None:
    """Only who was asked by mail answers here as well; he may while the link in that mail holds."""
    if ticket.closed_at is None:
        return None
    asked = SurveyInvitation.objects.filter(ticket=ticket, customer=user, article__isnull=False)
    invitation = asked.select_related("answer", "customer", "ticket__state").order_by("-pk").first()
    if invitation is None or not is_open(invitation):
        return None
    url = reverse("portal:survey", args=[token_of(invitation)])
    given = getattr(invitation, "answer", None)
    if given is not None:
        return Satisfaction(given=Face(given.score, SCALE[given.score], url))
    return Satisfaction(faces=[Face(score, words, f"{url}?score={score}") for score, words in SCALE.items()])
