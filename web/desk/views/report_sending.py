"""Reports that leave the desk: as files, which take their time, and as mails at their times."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.exporting import exports_of, remove_export, start_export
from reports.mailing import subscribe, subscriptions_of, unsubscribe
from reports.models import Export, Format, Report, Subscription
from reports.questions import QuestionError, read
from reports.saved import reports_for
from web.common.access import agent_required
from web.common.files import send_blob
from web.desk.forms.reports import MailForm, mail_form
from web.desk.reports.addresses import data_in
from web.desk.reports.page import named, page, report_or_404

ask_or_change = require_http_methods(["GET", "HEAD", "POST"])
MOST_OF_NAME = 100


@require_POST
@agent_required
def export(request: HttpRequest) -> HttpResponse:
    """The question of the form as a file: `format`, `content` (the table, or the tickets behind it), `name`."""
    sent = request.POST
    format, content = sent.get("format", Format.CSV), sent.get("content", Export.Content.TABLE)
    if format not in Format.values or content not in Export.Content.values:
        raise Http404
    try:
        question = read(data_in(sent), request.user)
    except QuestionError as error:
        messages.error(request, str(error))
        return redirect("desk:reports")
    name = sent.get("name", "")[:MOST_OF_NAME] or _("Report")
    language = get_language() or "en"
    try:
        start_export(question, name=name, content=content, format=format, by=request.user, language=language)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("desk:report_exports")


@require_safe
@agent_required
def exports(request: HttpRequest) -> HttpResponse:
    found = list(exports_of(request.user)[:50])
    return page(request, "exports", part="exports", exports=found, is_waiting=any(_waits(one) for one in found))


@require_safe
@agent_required
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, to whom it was made for; the bytes are sent by the async side (web/common/sendfile.py)."""
    found = _own_or_404(request, pk)
    if not found.is_ready:
        raise Http404
    return send_blob(found.digest, content_type=found.content_type, name=found.file_name)


@require_POST
@agent_required
def export_remove(request: HttpRequest, pk: int) -> HttpResponse:
    remove_export(_own_or_404(request, pk), by=request.user)
    return redirect("desk:report_exports")


@ask_or_change
@agent_required
def mails(request: HttpRequest, pk: int) -> HttpResponse:
    """When a report goes out by mail, and to whom. Whoever is sent one finds his mails here, seen or not."""
    if request.method in ("GET", "HEAD") and not _is_seen(request, pk):
        report = get_object_or_404(Report, pk__in=_own_mails(request).values("report"), pk=pk)
        return page(request, "mails", one=named(report), subscriptions=subscriptions_of(report, request.user))
    one = report_or_404(request, pk)
    assert one.report is not None
    form = mail_form(request.POST) if request.method == "POST" else MailForm(initial={"people": [request.user]})
    if form.is_valid() and _is_planned(request, one.report, form):
        return redirect("desk:report_mails", pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    found = subscriptions_of(one.report, request.user)
    return page(request, "mails", one=one, form=form, subscriptions=found, status=status)


@require_POST
@agent_required
def mail_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever made it ends it for all, anybody else for himself."""
    found = get_object_or_404(_own_mails(request), pk=pk)
    report = found.report_id
    unsubscribe(found, by=request.user)
    messages.success(request, _("It is no longer sent."))
    has_page = _is_seen(request, report) or _own_mails(request).filter(report=report).exists()
    return redirect("desk:report_mails", report) if has_page else redirect("desk:reports")


def _is_planned(request: HttpRequest, report: Report, form: MailForm) -> bool:
    try:
        subscribe(report, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("“%(name)s” goes out by mail from now on.") % {"name": report.name})
    return True


def _is_seen(request: HttpRequest, report: int) -> bool:
    return reports_for(request.user).filter(pk=report).exists()


def _own_mails(request: HttpRequest) -> QuerySet[Subscription]:
    """Those that somebody has planned or is sent."""
    return Subscription.objects.filter(Q(owner=request.user) | Q(people=request.user)).distinct()


def _own_or_404(request: HttpRequest, pk: int) -> Export:
    found = exports_of(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _waits(one: Export) -> bool:
    return not one.is_ready and not one.has_failed
