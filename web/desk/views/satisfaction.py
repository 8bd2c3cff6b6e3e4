"""What customers have answered to the question how satisfied they are, about the tickets that the agent may read."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from automation.models import SurveyAnswer
from automation.surveys import SCORES, Figures, answers_for, asked_for, by_queue, figures_of
from core.pagination import page_of
from tickets.options import queues_to_read
from web.common.access import agent_required
from web.desk.people import following
from web.desk.satisfaction import Answered, Face

ROWS = 25
PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "": _("Always")}
USUAL = "90"


@dataclass(frozen=True)
class Bar:
    """How many gave a score."""

    face: Face
    number: int
    share: int


@require_safe
@agent_required
def satisfaction(request: HttpRequest) -> HttpResponse:
    """`?queue=` is the id of one, `?days=` one of PERIODS, `?words=on` only those with a comment."""
    queues = list(queues_to_read(request.user))
    queue = next((one for one in queues if str(one.pk) == request.GET.get("queue", "")), None)
    days = request.GET.get("days", USUAL) if request.GET.get("days", USUAL) in PERIODS else USUAL
    since = timezone.now() - timedelta(days=int(days)) if days else None
    answers = answers_for(request.user, queue=queue, since=since)
    listed = answers.exclude(comment="") if "words" in request.GET else answers
    neighbours = SurveyAnswer.objects.select_related("ticket", "queue", "owner", "invitation__customer")
    order = ("-answered_at", "-id")
    page = page_of(listed, order=order, cursor=request.GET.get("after", ""), size=ROWS, shown=neighbours)
    context: dict[str, Any] = {
        "section": "start",
        "answers": [Answered(answer) for answer in page.rows],
        "next": following(request, page.next),
        "queues": queues,
        "queue": queue,
        "periods": [{"key": key, "label": label, "current": key == days} for key, label in PERIODS.items()],
        "days": days,
        "only_words": "words" in request.GET,
    }
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    if not (is_part and "after" in request.GET):
        figures = figures_of(answers)
        context |= {
            "figures": figures,
            "bars": _bars(figures),
            "comments": answers.exclude(comment="").count(),
            "asked": asked_for(request.user, queue=queue, since=since),
            "by_queue": by_queue(answers),
        }
    part = ("#more" if "after" in request.GET else "#found") if is_part else ""
    response = render(request, f"desk/satisfaction.html{part}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _bars(figures: Figures) -> list[Bar]:
    return [Bar(Face(score), figures.spread.get(score, 0), figures.share(score)) for score in SCORES]
