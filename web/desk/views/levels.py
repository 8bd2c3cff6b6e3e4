"""The service level of a ticket: how its clocks count, and choosing another SLA."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sla.actions import choose_policy, release_policy
from sla.models import Policy, TicketTargets
from sla.reasons import reason_for
from web.common.access import agent_required
from web.desk import answers
from web.desk.choosing import ask_or_change, chosen_from
from web.desk.editors import Editor, editor
from web.desk.levels import earlier_clocks, explained, people_told, reason_in_words
from web.desk.page import head
from web.desk.panel import panel_of
from web.desk.tickets import ticket_or_404

# Beside the SLAs: the conditions decide, or the ticket has none.
AUTOMATIC, NONE = "auto", "none"


@require_safe
@agent_required
def deadlines(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    reason, clocks = reason_for(ticket), explained(ticket)
    context = head(ticket, request.user, tab="deadlines") | {
        "panel": panel_of(ticket, request.user),
        "policy": reason.policy,
        "reason": reason_in_words(reason),
        "clocks": clocks,
        "earlier": earlier_clocks(ticket, clocks),
        "people": people_told(ticket),
    }
    response = render(request, "desk/clocks.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@ask_or_change
@agent_required
def level(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    policies = list(Policy.objects.active())
    if request.method != "POST":
        present = TicketTargets.objects.filter(ticket=ticket).first()
        return editor(request, ticket, Editor("level", _("SLA"), groups=_groups(policies, present)))
    chosen, value = chosen_from(request, "level", policies), request.POST.get("level")
    if chosen is None and value not in (AUTOMATIC, NONE):
        return answers.refused(request, ticket, _("This SLA cannot be chosen any more."))

    def act(seen: int | None) -> object:
        if value == AUTOMATIC:
            return release_policy(ticket, by=request.user, seen=seen)
        return choose_policy(ticket, chosen, by=request.user, seen=seen)

    return answers.change(request, ticket, act, done=_("The SLA is changed."))


def _groups(policies: list[Policy], present: TicketTargets | None) -> list[dict]:
    is_chosen = present is not None and present.is_chosen
    now = present.policy_id if present else None
    return [
        {
            "options": [
                {"value": AUTOMATIC, "label": _("As the conditions say"), "current": not is_chosen},
                {"value": NONE, "label": _("No SLA"), "current": is_chosen and now is None},
            ]
        },
        {
            "options": [
                {"value": policy.pk, "label": policy.name, "current": is_chosen and policy.pk == now}
                for policy in policies
            ]
        },
    ]
