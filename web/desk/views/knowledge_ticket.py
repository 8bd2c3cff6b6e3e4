"""Articles and one ticket: what may answer it, what stands in a reply or solved it, and a new article made of it."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core.text import clean_line
from knowledge.actions.using import draft_from_ticket, drop_use, use_in_ticket, words_from_ticket
from knowledge.models import Use
from knowledge.rights import may_write
from tickets.models import Ticket
from web.common.access import agent_required
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.forms.articles import ArticleOfTicket
from web.desk.knowledge.offers import HOW, LINK, found, suggestions, to_be_sent, used_on
from web.desk.tickets import ticket_or_404

MOST = 20
PLAIN = "text/plain; charset=utf-8"


@require_safe
@agent_required
def articles(request: HttpRequest, number: str) -> HttpResponse:
    """For the details beside the ticket; as a page with a search by `?q=`."""
    ticket = ticket_or_404(request, number)
    asked = clean_line(request.GET.get("q", ""), 200)
    if request.htmx and not request.htmx.history_restore_request and "q" not in request.GET:
        return _panel(request, ticket)
    rows = found(ticket, request.user, asked, limit=MOST) if asked else suggestions(ticket, request.user)
    context = _context(request, ticket) | {"rows": rows, "words": asked, "section": "tickets"}
    part = "#list" if request.htmx and not request.htmx.history_restore_request else ""
    response = render(request, f"desk/knowledge/of_ticket.html{part}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def words(request: HttpRequest, number: str, article: int) -> HttpResponse:
    """What is put into the reply: `?how=` is link or text, `?as=html` the form that the editor takes."""
    ticket = ticket_or_404(request, number, "write")
    one = to_be_sent(ticket, request.user, article)
    how = request.GET.get("how", LINK)
    if one is None or how not in HOW or not one.may_be_sent:
        raise Http404
    if request.GET.get("as") == "html":
        return HttpResponse(one.html(how))
    return HttpResponse(one.text(how), content_type=PLAIN)


@require_POST
@agent_required
def use(request: HttpRequest, number: str, article: int) -> HttpResponse:
    """It was put into the reply (`how` is link or text), solved the ticket (`solved`), or did not after all."""
    ticket = ticket_or_404(request, number, "write")
    one = to_be_sent(ticket, request.user, article)
    how = request.POST.get("how") or request.GET.get("how", "")
    if one is None:
        raise Http404
    if how == "not_solved":
        for row in ticket.knowledge_uses.filter(article=one.article, how=Use.How.SOLVED):
            drop_use(row, by=request.user)
    elif how == "solved" or (how in HOW and one.may_be_sent):
        kind = HOW.get(how, Use.How.SOLVED)
        use_in_ticket(one.article, ticket, kind, language=one.translation.language, by=request.user)
    else:
        raise Http404
    return _panel(request, ticket) if request.htmx else redirect("desk:ticket", ticket.number)


@ask_or_change
@agent_required
def new(request: HttpRequest, number: str) -> HttpResponse:
    """A draft from what was asked and answered, for agents alone until somebody has taken the names out."""
    ticket = ticket_or_404(request, number)
    if not may_write(request.user):
        raise Http404
    data = request.POST if request.method == "POST" else None
    begun = {"title": ticket.title, "language": ticket.language or get_language()}
    form = ArticleOfTicket(data, auto_id="article-%s", initial=begun)
    if form.is_bound and form.is_valid():
        facts = form.cleaned_data
        said = replace(words_from_ticket(ticket), title=facts["title"])
        made = draft_from_ticket(ticket, facts["category"], language=facts["language"], by=request.user, words=said)
        target = reverse("desk:knowledge_write", args=[made.number, facts["language"]])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    question = Question(
        url=reverse("desk:ticket_article_new", args=[ticket.number]),
        title=_("Make an article of this ticket"),
        button=_("Write the article"),
        form=form,
    )
    return ask(request, ticket, question)


def _panel(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    context = _context(request, ticket) | {"rows": suggestions(ticket, request.user)}
    response = render(request, "desk/knowledge/of_ticket.html#panel", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: HttpRequest, ticket: Ticket) -> dict[str, object]:
    return {
        "ticket": ticket,
        "used": used_on(ticket, request.user),
        "may_write": may_write(request.user),
        "may_reply": ticket.allows(request.user, "write") and not ticket.merged_into_id and not ticket.is_removed,
    }
