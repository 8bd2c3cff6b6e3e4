"""Everything that ever happened to a ticket, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tickets.customfields import labels
from web.common.access import agent_required
from web.desk.page import head
from web.desk.panel import panel_of
from web.desk.past import CUSTOM, FIELDS, KINDS, narrowed_by, page_of_history, people_in
from web.desk.tickets import ticket_or_404


@require_safe
@agent_required
def history(request: HttpRequest, number: str) -> HttpResponse:
    """`?show=` a kind, `?person=`, `?field=` narrow it; `?after=` goes on."""
    ticket, narrowed, after = ticket_or_404(request, number), narrowed_by(request), request.GET.get("after", "")
    rows, following = page_of_history(ticket, narrowed, after=after, day=request.GET.get("day", ""))
    context = {"ticket": ticket, "rows": rows, "next": following}
    if request.htmx and after:
        return render(request, "desk/history.html#more", context)
    others = {name: value for name, value in narrowed.query.items() if name != "show"}
    context |= head(ticket, request.user, tab="history") | {
        "panel": panel_of(ticket, request.user),
        "narrowed": narrowed,
        "kinds": [
            {"label": label, "query": urlencode(({"show": key} if key else {}) | others), "on": key == narrowed.kind}
            for key, (label, _beginnings) in KINDS.items()
        ],
        "people": people_in(ticket),
        "fields": [*FIELDS.items(), *((f"{CUSTOM}{key}", label) for key, label in sorted(labels().items()))],
    }
    response = render(request, "desk/history.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
