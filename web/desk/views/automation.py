"""Everything that rules did on a ticket, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from automation.models import RuleRun
from automation.traces import runs_on
from core.pagination import page_of
from web.common.access import agent_required
from web.common.event_choices import EventChoices
from web.common.rule_traces import told_on
from web.desk.page import head
from web.desk.panel import panel_of
from web.desk.tickets import ticket_or_404

SIZE = 25


@require_safe
@agent_required
def automation(request: HttpRequest, number: str) -> HttpResponse:
    """`?rule=` shows what one rule did, `?cursor=` goes on."""
    ticket, text = ticket_or_404(request, number), request.GET.get("rule", "")
    rule = int(text) if text.isdecimal() and len(text) < 19 else None
    found = runs_on(ticket) if rule is None else runs_on(ticket).filter(rule=rule)
    shown = page_of(found, order=["-id"], cursor=request.GET.get("cursor", ""), size=SIZE)
    named = RuleRun.objects.filter(ticket=ticket, rule__isnull=False).order_by("rule__position", "rule")
    query = request.GET.copy()
    query["cursor"] = shown.next
    context = {
        "runs": told_on(ticket, shown.rows, EventChoices(request.user)),
        "more_url": f"?{query.urlencode()}" if shown.next else "",
        "rule": rule,
        "rules": list(named.values_list("rule", "rule__name").distinct()),
        "panel": panel_of(ticket, request.user),
        **head(ticket, request.user, tab="automation"),
    }
    response = render(request, "desk/automation.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
