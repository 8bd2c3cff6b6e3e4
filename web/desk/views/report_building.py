"""The report builder: a question is put together, and answered at each step. Nothing is kept."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.models import Display
from reports.questions import MOMENTS, Question, written
from tickets.conditions import ConditionError, check
from web.common.access import agent_required
from web.common.builder import Group, comparable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import Choices, spelt_out
from web.desk.answers import number_in
from web.desk.reports.addresses import builder_url, data_in, is_asked
from web.desk.reports.builder import BEGINNING, BEGINNING_AS, displays_for, offered
from web.desk.reports.page import answer_to, only_in_words, page, report_or_404

# A hidden field of the form: where it is, the rows of the filter are.
HAS_ROWS = "filter"
# Of the button that asks for the answer: where there is no room beside it, it takes the place of the form.
SHOW = "show"


@require_safe
@agent_required
def build(request: HttpRequest) -> HttpResponse:
    """The address holds the question; `?report=` is a report that is changed or that one begins with."""
    pk = number_in(request, "report")
    named = report_or_404(request, pk) if pk else None
    beginning = {} if is_asked(request.GET) else named.data if named else BEGINNING
    data = data_in(request.GET, beginning)
    display = request.GET.get("display") or (named.display if named else BEGINNING_AS)
    if display not in [key for key, _label in displays_for(data.get("rows", ""), data.get("columns", ""))]:
        display = Display.TABLE
    choices = Choices(request.user)
    group = _filter(request, data, choices)
    found = answer_to(data, request.user, display=display)
    response = page(
        request,
        "builder",
        part="work",
        named=named,
        is_own=bool(named and named.report and named.report.owner_id == request.user.pk),
        answer=found,
        only=only_in_words(found, choices),
        offered=offered(written(found.question) if found.question else data, display, found.shown),
        fields=choices.fields,
        top=choices.drawn(choices.settle(group)),
        where=json.dumps(data.get("condition") or {}),
        is_folded=SHOW in request.GET,
    )
    if request.htmx and found.question:
        response["HX-Push-Url"] = _address(found.question, display, pk)
    if request.htmx and SHOW in request.GET:
        response["HX-Reswap"] = "outerMorph show:top"
    return response


@require_POST
@agent_required
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the filter after one was added, taken away or changed."""
    group, choices = posted(request.POST), Choices(request.user)
    if "edit" in request.POST:
        group = edited(group, request.POST["edit"])
    top = choices.drawn(choices.settle(group))
    more = {"moments": list(MOMENTS.items()), "as_of": request.POST.get("as_of", "")}
    response = render(request, "desk/reports/filter.html", {"top": top, "fields": choices.fields, **more})
    # the answer is asked for anew, with what stands in the rows now
    response["HX-Trigger"] = "filtered"
    return response


def _filter(request: HttpRequest, data: dict[str, Any], choices: Choices) -> Group:
    """The rows that were typed go into the question, those that are not complete as soon as they are."""
    if HAS_ROWS not in request.GET:
        condition = data.get("condition") or {}
        return rows_of(spelt_out(condition)) if condition and _is_condition(condition) else Group()
    group = posted(request.GET)
    asked = comparable(choices.settle(group), choices.known)
    data["condition"] = condition_of(asked, choices.known) if asked.parts else {}
    for leaf in leaves(group):
        if leaf.error and not any(leaf.values):
            leaf.error, leaf.hint = "", _("Not asked yet: this row is not complete.")
    return group


def _is_condition(condition: Any) -> bool:
    """One that makes no sense is refused with the question, and has no rows."""
    try:
        check(condition)
    except ConditionError:
        return False
    return True


def _address(question: Question, display: str, pk: int | None) -> str:
    return builder_url(question, display=display, report=pk or "")
