"""Reports that are kept: saved under a name, shared by role, removed, pinned to a dashboard."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reports.models import Display, Report, Widget
from reports.questions import QuestionError, read, written
from reports.saved import add_widget, dashboards_for, remove_report, save_report
from web.common.access import agent_required
from web.common.toasts import say
from web.desk.answers import number_in
from web.desk.forms.reports import ReportForm
from web.desk.reports.addresses import builder_url, data_in, is_asked
from web.desk.reports.page import own_report_or_404, page, ready_or_404, report_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def save(request: HttpRequest) -> HttpResponse:
    """The question of the address under a name."""
    return _save(request, Report(owner=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and readers; the question too, where the address has one."""
    return _save(request, own_report_or_404(request, pk))


@require_POST
@agent_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    report = own_report_or_404(request, pk)
    remove_report(report, by=request.user)
    messages.success(request, _("The report “%(name)s” is gone.") % {"name": report.name})
    return redirect("desk:reports")


@require_POST
@agent_required
def pin(request: HttpRequest) -> HttpResponse:
    """A report (`report`, or `ready`: its key) onto one of one's own dashboards."""
    pk = number_in(request, "report")
    one = report_or_404(request, pk) if pk else ready_or_404(request.POST.get("ready", ""))
    mine = dashboards_for(request.user).filter(owner=request.user)
    dashboard = get_object_or_404(mine, pk=number_in(request, "dashboard"))
    width = Widget.Width.QUARTER if one.display == Display.NUMBER else Widget.Width.HALF
    what = {"report": one.report} if one.report else {"ready": one.ready}
    try:
        add_widget(dashboard, **what, display=one.display, width=width, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        say(request, _("“%(report)s” is on “%(dashboard)s” now.") % {"report": one.title, "dashboard": dashboard.name})
    return redirect("desk:dashboard", dashboard.pk)


def _save(request: HttpRequest, report: Report) -> HttpResponse:
    sent = request.POST if is_asked(request.POST) else request.GET
    try:
        question = read(data_in(sent, None if is_asked(sent) else report.question), request.user)
    except QuestionError as error:
        return page(request, "save", report=report, refusal=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    report.question = written(question)
    report.display = request.GET.get("display") if request.GET.get("display") in Display.values else report.display
    form = ReportForm(request.POST if request.method == "POST" else None, instance=report, agent=request.user)
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        return redirect("desk:report", form.instance.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    back = builder_url(question, report=report.pk or "", display=report.display)
    return page(request, "save", report=report, form=form, question=question, back=back, status=status)


def _kept(request: HttpRequest, form: ReportForm) -> bool:
    try:
        save_report(form.instance, roles=form.cleaned_data["roles"], by=request.user)
    except ValidationError as error:
        for name, texts in getattr(error, "error_dict", {None: [error]}).items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    messages.success(request, _("The report is saved."))
    return True
