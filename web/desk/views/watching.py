"""Who follows a ticket. Watching is for oneself with a read right; to add colleagues takes the right to write."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from tickets import options
from tickets.actions import taking_part
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change, chosen_from
from web.desk.tickets import ticket_or_404


@require_POST
@agent_required
def watch(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    done = _("You watch this ticket now.") if taking_part.watch(ticket, request.user, by=request.user) else ""
    return answers.went_well(request, ticket, done)


@require_POST
@agent_required
def unwatch(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    done = _("You no longer watch this ticket.") if taking_part.unwatch(ticket, request.user, by=request.user) else ""
    return answers.went_well(request, ticket, done)


@ask_or_change
@agent_required
def watchers(request: HttpRequest, number: str) -> HttpResponse:
    """Add a colleague, who must be able to see the ticket: watching grants nothing."""
    ticket = ticket_or_404(request, number, "write")
    watching = set(ticket.watchers.values_list("user", flat=True))
    people = [person for person in options.owners(ticket) if person.pk not in watching]
    chosen = chosen_from(request, "watcher", people)
    if chosen is not None:
        added = taking_part.watch(ticket, chosen, by=request.user)
        return answers.went_well(request, ticket, _("%(name)s watches it now.") % {"name": chosen} if added else "")
    named = request.method == "POST" and request.POST.get("watcher", "")
    if named and named.isdecimal() and int(named[:18]) in watching:
        return answers.went_well(request, ticket, "")
    question = Question(
        url=reverse("desk:watchers", args=[ticket.number]),
        title=_("Add a watcher"),
        body="desk/ask/people.html",
        refused=_("Choose somebody who may see this ticket.") if request.method == "POST" else "",
        more={"groups": [{"options": [_option(person) for person in people]}], "name": "watcher"},
    )
    return ask(request, ticket, question)


@require_POST
@agent_required
def remove_watcher(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    if pk != request.user.pk and not ticket.allows(request.user, "write"):
        raise Http404
    watcher = ticket.watchers.select_related("user").filter(user=pk).first()
    if watcher is not None:
        taking_part.unwatch(ticket, watcher.user, by=request.user)
    return answers.went_well(request, ticket, "")


def _option(person: User) -> dict[str, object]:
    return {"value": person.pk, "label": str(person), "person": person}
