"""One message becomes a ticket of its own, linked with the old one."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from core.html import excerpt
from tickets import options
from tickets.actions.splitting import split
from tickets.models import Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.forms.splitting import Split
from web.desk.tickets import article_or_404, ticket_or_404

SHOWN = 20


@require_safe
@agent_required
def messages_to_split(request: HttpRequest, number: str) -> HttpResponse:
    """Which message: the newest ones."""
    ticket = ticket_or_404(request, number, "write")
    articles = ticket.articles.select_related("author").order_by("-created_at", "-id")[:SHOWN]
    rows = [{"article": article, "excerpt": excerpt(article.body, 90)} for article in articles]
    question = Question(
        url=reverse("desk:split", args=[number]),
        title=_("Which message becomes a ticket of its own?"),
        body="desk/ask/messages.html",
        more={"rows": rows},
    )
    return ask(request, ticket, question)


@ask_or_change
@agent_required
def message(request: HttpRequest, pk: int) -> HttpResponse:
    article = article_or_404(request, pk)
    ticket = ticket_or_404(request, article.ticket.number, "write")
    if not options.queues_to_open_in(request.user).exists():
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = Split(data, article=article, agent=request.user, auto_id="split-%s")
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            copy = split(article, form.opening(), submission=form.cleaned_data["submission"], by=request.user)
        return _opened(request, ticket, copy.ticket)
    question = Question(
        url=reverse("desk:split_message", args=[pk]),
        title=_("A ticket of its own"),
        button=_("Open ticket"),
        form=form,
        body="desk/ask/split.html",
        more={"article": article, "excerpt": excerpt(article.body, 200)},
    )
    return ask(request, ticket, question)


def _opened(request: HttpRequest, ticket: Ticket, new: Ticket) -> HttpResponse:
    """To the new ticket, or back to the old one from a queue whose tickets the agent does not see."""
    done = _("Ticket #%(number)s is open.") % {"number": new.number}
    if not new.allows(request.user, "read"):
        return answers.went_well(request, ticket, done)
    messages.success(request, done)
    target = reverse("desk:ticket", args=[new.number])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
