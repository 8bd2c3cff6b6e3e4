"""Which queues ask their customers how satisfied they are; each says so on its own page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from automation.models import SurveyRule
from tickets.models import Queue
from web.common.access import administrator_required
from web.setup.pages import page
from web.setup.sections import SURVEYS


@dataclass(frozen=True)
class Row:
    """A queue with what holds in it; `source` is the queue above that says so, None where it says so itself or nobody
    does."""

    queue: Queue
    rule: SurveyRule | None
    source: Queue | None


@require_safe
@administrator_required
def surveys(request: HttpRequest) -> HttpResponse:
    queues = {one.pk: one for one in Queue.objects.order_by("path")}
    rules = {rule.pk: rule for rule in SurveyRule.objects.select_related("text")}
    rows = [_row(one, queues, rules) for one in queues.values() if one.is_active and not one.is_junk]
    return page(request, "surveys", section=SURVEYS, rows=rows)


def _row(queue: Queue, queues: Mapping[int, Queue], rules: Mapping[int, SurveyRule]) -> Row:
    said: Queue | None = queue
    while said is not None and said.pk not in rules:
        said = queues.get(said.parent_id) if said.parent_id else None
    if said is None:
        return Row(queue, None, None)
    return Row(queue, rules[said.pk], None if said.pk == queue.pk else said)
