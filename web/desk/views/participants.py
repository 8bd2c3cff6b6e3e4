"""Who is kept in copy on the customer's side, and ending links that open the request without signing in."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mail.recipients import everybody_else
from tickets.actions import participants as verbs
from tickets.participation import people_in_copy
from tickets.secret_links import revoke, usable
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.forms.copying import Copied
from web.desk.tickets import ticket_or_404


@ask_or_change
@agent_required
def participants(request: HttpRequest, number: str) -> HttpResponse:
    """Keep somebody in copy, who then sees this request in the portal."""
    ticket = ticket_or_404(request, number, "write")
    form = Copied(request.POST if request.method == "POST" else None, auto_id="copied-%s")
    if form.is_bound and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            verbs.add_address(ticket, address, by=request.user)
        except ValidationError as error:
            form.add_error("address", error)
        else:
            return answers.went_well(request, ticket, _("%(address)s is in copy now.") % {"address": address})
    known = {one.user.email for one in people_in_copy(ticket)}
    question = Question(
        url=reverse("desk:participants", args=[ticket.number]),
        title=_("Keep somebody in copy"),
        button=_("Keep in copy"),
        form=form,
        body="desk/ask/copy.html",
        more={"seen": [one["address"] for one in everybody_else(ticket) if one["address"] not in known]},
    )
    return ask(request, ticket, question)


@require_POST
@agent_required
def remove_participant(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    found = ticket.participants.select_related("user").filter(pk=pk).first()
    if found is None:
        return answers.went_well(request, ticket, "")
    verbs.remove(ticket, found.user, by=request.user)
    return answers.went_well(request, ticket, _("%(address)s is no longer in copy.") % {"address": found.user.email})


@require_POST
@agent_required
def revoke_link(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    link = ticket.secret_links.filter(pk=pk).first()
    done = revoke(link, by=request.user) if link is not None else None
    return answers.went_well(request, ticket, _("The link no longer works.") if done else "")


@require_POST
@agent_required
def revoke_links(request: HttpRequest, number: str) -> HttpResponse:
    """All of this ticket that still open something."""
    ticket = ticket_or_404(request, number, "write")
    done = [revoke(link, by=request.user) for link in usable().filter(ticket=ticket)]
    return answers.went_well(request, ticket, _("The links no longer work.") if any(done) else "")
