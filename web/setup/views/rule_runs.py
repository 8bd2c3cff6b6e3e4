"""What a rule did: its last runs, each with the outcome of every condition and effect."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from automation.models import Rule, RuleRun
from automation.traces import runs_of, try_again
from core.pagination import page_of
from tickets.models import Ticket
from web.common.access import administrator_required
from web.common.rule_traces import told
from web.setup.pages import listing
from web.setup.rule_conditions import RuleChoices
from web.setup.rule_rows import FAILURES
from web.setup.sections import RULES

SIZE = 25


@require_safe
@administrator_required
def rule_runs(request: HttpRequest, pk: int) -> HttpResponse:
    """`?only=failed` leaves out where all went well."""
    one, only = get_object_or_404(Rule, pk=pk), request.GET.get("only", "")
    found = runs_of(one).filter(outcome__in=FAILURES) if only == "failed" else runs_of(one)
    shown = page_of(found, order=["-id"], cursor=request.GET.get("cursor", ""), size=SIZE)
    readable = Ticket.objects.allowing(request.user, "read").filter(pk__in=[run.ticket_id for run in shown.rows])
    context = {
        "rule": one,
        "runs": told(shown.rows, RuleChoices(request.user)),
        "readable": set(readable.values_list("pk", flat=True)),
        "only": only,
        "tabs": _tabs(one, only),
    }
    return listing(request, "automation/runs", shown, section=RULES, **context)


@require_POST
@administrator_required
def rule_run_again(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """Effects of this run that were given up are tried again."""
    number = try_again(get_object_or_404(RuleRun, pk=run, rule=pk))
    if number:
        words = ngettext("%(number)s effect is tried again.", "%(number)s effects are tried again.", number)
        messages.success(request, words % {"number": number})
    else:
        messages.warning(request, _("There is nothing that was given up."))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back) if is_ours and back.startswith("/") else redirect("setup:rule_runs", pk)


def _tabs(one: Rule, only: str) -> list[dict]:
    url = reverse("setup:rule_runs", args=[one.pk])
    return [
        {"label": _("All runs"), "url": url, "current": only != "failed"},
        {"label": _("Only with failures"), "url": f"{url}?only=failed", "current": only == "failed"},
    ]
