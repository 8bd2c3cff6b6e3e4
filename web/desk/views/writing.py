"""Answering the customer, and writing notes for colleagues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions import replying
from tickets.changes import Stale
from tickets.events import Refused
from tickets.models import Article, Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.forms.writing import Note, Reply
from web.desk.page import Conflict, Shown, Written, composer, conversation, remember_way
from web.desk.tickets import ticket_or_404


@require_POST
@agent_required
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """An email to the customer; 409 when the customer or a colleague wrote meanwhile, and the text is kept."""
    ticket = ticket_or_404(request, number, "write")
    form = Reply(request.POST, request.FILES, ticket=ticket, auto_id="reply-%s")
    if not form.is_valid():
        return _again(request, ticket, Written(reply=form), status=422)
    state, until = form.next_state()
    try:
        article = replying.reply(ticket, form.message(), by=request.user, based_on=form.seen, then=state, until=until)
    except Stale as stale:
        return _answered_meanwhile(request, ticket, form, stale)
    except Refused as refused:
        form.add_error("text", str(refused))
        return _again(request, ticket, Written(reply=form), status=422)
    remember_way(request, ticket, form.cleaned_data["then"])
    return _said(request, ticket, article, part="reply", done=_("Your answer is on its way."))


@require_POST
@agent_required
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Words that only the team can read."""
    ticket = ticket_or_404(request, number, "note")
    form = Note(request.POST, request.FILES, auto_id="note-%s")
    if not form.is_valid():
        return _again(request, ticket, Written(note=form), status=422)
    article = replying.add_note(ticket, form.message(), by=request.user)
    return _said(request, ticket, article, part="note", done=_("Your note is added."))


def _again(request: HttpRequest, ticket: Ticket, written: Written, *, status: int) -> HttpResponse:
    if not request.htmx:
        return conversation(request, ticket, Shown(status=status, written=written))
    part = "reply" if written.reply else "note"
    context = {"ticket": ticket} | composer(request, ticket, None, written)
    return render(request, f"desk/composer.html#{part}", context, status=status)


def _answered_meanwhile(request: HttpRequest, ticket: Ticket, form: Reply, stale: Stale) -> HttpResponse:
    newest = ticket.articles.order_by("-id").values_list("pk", flat=True).first()
    then, wait = form.cleaned_data["then"], str(form.cleaned_data["wait"])
    conflict = Conflict(articles=stale.articles, newest=newest, then=then, wait=wait)
    if not request.htmx:
        written = Written(reply=form, conflict=conflict)
        return conversation(request, ticket_or_404(request, ticket.number), Shown(status=409, written=written))
    fresh = ticket_or_404(request, ticket.number)
    return answers.parts(request, fresh, status=409, reply_conflict=conflict)


def _said(request: HttpRequest, ticket: Ticket, article: Article, *, part: str, done: str) -> HttpResponse:
    """A fresh box in place of the sent one, and the message in the conversation."""
    box = composer(request, ticket, article.pk, Written()) if request.htmx else {}
    return answers.went_well(
        request, ticket, done, first=f"desk/composer.html#{part}", anchor=f"#a-{article.pk}", **box
    )
