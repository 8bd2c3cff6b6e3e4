"""What the pages of reports share: a question that is answered, or why it is not, and the page around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

from accounts.models import User
from reports.asking import ask
from reports.measures import measures
from reports.models import Display, Report
from reports.questions import Question, QuestionError, read
from reports.ready import ready_reports
from reports.saved import reports_for
from web.common.choices import Choices
from web.common.condition_words import in_words
from web.desk.reports.addresses import builder_url, pairs_of, query_of
from web.desk.reports.drawing import Drawn, drawn
from web.desk.reports.shown import Shown
from web.desk.reports.side import panel_of, report_url


@dataclass(frozen=True)
class Named:
    """A report that has a name: one that somebody keeps, or one that is ready (`ready`: its key)."""

    title: str | Promise
    description: str | Promise
    data: Mapping[str, Any]
    display: str
    report: Report | None = None
    ready: str = ""


@dataclass(frozen=True)
class Answer:
    """`refusal` says why there is no answer."""

    question: Question | None = None
    shown: Shown | None = None
    drawn: Drawn | None = None
    refusal: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The question as hidden fields of a form."""
        return pairs_of(self.question) if self.question else []

    @property
    def has_tickets(self) -> bool:
        """Whether the tickets behind it can be had as a file: those of the first measure."""
        return bool(self.question and measures()[self.question.measures[0]].drills)

    @property
    def query(self) -> str:
        """What goes behind the address of a form that keeps it."""
        return f"?{query_of(self.question)}&display={self.shown.display}" if self.question and self.shown else ""

    @property
    def change_url(self) -> str:
        return builder_url(self.question, display=self.shown.display if self.shown else "") if self.question else ""


def answer_to(data: Mapping[str, Any], user: User, *, display: str) -> Answer:
    try:
        question = read(data, user)
        shown = Shown(ask(question, user), display if display in Display.values else Display.TABLE)
    except QuestionError as error:
        return Answer(refusal=str(error))
    return Answer(question, shown, drawn(shown))


def only_in_words(answer: Answer, choices: Choices) -> str:
    """The filter of an answer; empty where there is none."""
    condition = answer.question.condition if answer.question else {}
    return in_words([condition], choices)[0] if condition else ""


def ready_or_404(key: str) -> Named:
    found = ready_reports().get(key)
    if found is None:
        raise Http404
    return Named(found.label, found.description, found.question, found.display, ready=key)


def report_or_404(request: HttpRequest, pk: int) -> Named:
    found = reports_for(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return named(found)


def own_report_or_404(request: HttpRequest, pk: int) -> Report:
    found = reports_for(request.user).filter(pk=pk, owner=request.user).first()
    if found is None:
        raise Http404
    return found


def named(report: Report) -> Named:
    return Named(report.name, report.description, report.question, report.display, report=report)


def url_of(one: Named) -> str:
    """Of a report that somebody keeps."""
    return report_url(one.report) if one.report else ""


def page(request: HttpRequest, template: str, *, part: str = "", status: int = 200, **context: Any) -> HttpResponse:
    """The whole page, or its part for htmx."""
    is_part = bool(part and request.htmx and not request.htmx.history_restore_request)
    if not is_part:
        context["panel"] = panel_of(request.user, here=request.path)
    name = f"desk/reports/{template}.html{f'#{part}' if is_part else ''}"
    response = render(request, name, {"section": "reports", **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
