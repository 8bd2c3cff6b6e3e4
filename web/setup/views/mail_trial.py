"""The tester: what would become of a message, without any effect."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mail.trial import try_out
from web.common.access import administrator_required
from web.setup.filter_tabs import tabs
from web.setup.forms.mail_trial import TrialForm
from web.setup.forms.problems import problems
from web.setup.mail_outcomes import shown
from web.setup.pages import form_page
from web.setup.sections import FILTERS


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def mail_trial(request: HttpRequest) -> HttpResponse:
    form = TrialForm(request.POST, request.FILES) if request.method == "POST" else TrialForm()
    outcome = None
    if form.is_bound and form.is_valid():
        outcome = shown(try_out(form.raw, form.arrival, by=request.user))
    wrong = problems(form) if form.is_bound else []
    if request.htmx and not request.htmx.history_restore_request:
        parts = {"outcome": outcome, "problems": wrong}
        return render(request, "setup/filters/outcome.html", parts, status=422 if wrong else 200)
    return form_page(
        request, "filters/trial", section=FILTERS, form=form, outcome=outcome, problems=wrong, tabs=tabs("mail_trial")
    )
