"""Phone calls, in and out."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tickets import options
from tickets.actions import effort, replying
from tickets.actions.opening import submitted
from tickets.models import Article, Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.forms.calling import Call
from web.desk.tickets import ticket_or_404


@ask_or_change
@agent_required
def call(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    data = request.POST if request.method == "POST" else None
    form = Call(data, states=options.states(ticket), auto_id="call-%s", initial={"caller": request.GET.get("by")})
    if form.is_bound and form.is_valid():
        article = _write_down(request, ticket, form)
        return answers.went_well(request, ticket, _("The call is written down."), anchor=f"#a-{article.pk}")
    question = Question(
        url=reverse("desk:call", args=[ticket.number]),
        title=_("Write down a call"),
        button=_("Add call"),
        form=form,
    )
    return ask(request, ticket, question)


def _write_down(request: HttpRequest, ticket: Ticket, form: Call) -> Article:
    """The call, and the time it took; a second click writes neither again."""
    message, minutes = form.message(ticket), form.cleaned_data["minutes"]
    if earlier := submitted(message, by=request.user):
        return earlier
    with transaction.atomic():
        article = replying.log_call(
            ticket, message, caller=form.cleaned_data["caller"], then=form.then(), by=request.user
        )
        if minutes:
            effort.spend(ticket, minutes, note=_("Phone call"), by=request.user)
        return article
