"""Reports: the list of them, one that is ready, one that somebody keeps, and the tickets behind a number."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.pagination import page_of
from reports.drilling import tickets_behind
from reports.measures import measures
from reports.questions import COMPARISONS, PERIODS, QuestionError, read
from reports.saved import dashboards_for
from reports.tables import TOTAL
from tickets.rows import rows_for
from web.common.access import agent_required
from web.common.choices import Choices
from web.desk.people import following
from web.desk.reports.addresses import OWN_DAYS, builder_url, data_in
from web.desk.reports.page import Named, answer_to, only_in_words, page, ready_or_404, report_or_404

ROWS = 50
NEWEST = ("-id",)


@require_safe
@agent_required
def reports(request: HttpRequest) -> HttpResponse:
    return page(request, "list")


@require_safe
@agent_required
def ready(request: HttpRequest, key: str) -> HttpResponse:
    return _report(request, ready_or_404(key))


@require_safe
@agent_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    return _report(request, report_or_404(request, pk))


def _report(request: HttpRequest, one: Named) -> HttpResponse:
    """`?period=`, `?compare=` ask the same of another time."""
    data = data_in(request.GET, one.data)
    found = answer_to(data, request.user, display=one.display)
    period = data.get("period") or {}
    return page(
        request,
        "report",
        part="news",
        one=one,
        answer=found,
        only=only_in_words(found, Choices(request.user)),
        periods=PERIODS.items(),
        comparisons=COMPARISONS.items(),
        period=period.get("name") or OWN_DAYS,
        days=period,
        compare=data.get("compare", ""),
        is_own=one.report is not None and one.report.owner_id == request.user.pk,
        dashboards=dashboards_for(request.user).filter(owner=request.user),
    )


@require_safe
@agent_required
def tickets(request: HttpRequest) -> HttpResponse:
    """Those behind one number of an answer: `?measure=`, `?row=` and `?column=` say which, all of them if not."""
    sent = request.GET
    row, column = sent.get("row", TOTAL), sent.get("column", TOTAL)
    try:
        question = read(data_in(sent), request.user)
        found = tickets_behind(question, request.user, measure=sent.get("measure", ""), row=row, column=column)
    except QuestionError as error:
        return page(request, "tickets", refusal=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    shown = rows_for(request.user)
    rows = page_of(found, order=NEWEST, cursor=sent.get("after", ""), size=ROWS, shown=shown)
    return page(
        request,
        "tickets",
        part="more" if "after" in sent else "",
        rows=rows.rows,
        next=following(request, rows.next),
        title=_("Tickets: %(measure)s") % {"measure": measures()[sent["measure"]].label},
        back=builder_url(question),
    )
