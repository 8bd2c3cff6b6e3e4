"""One request: what was said, how far it is, answering, and saying that it is solved."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tickets import vocabulary
from tickets.actions.progress import set_state
from tickets.actions.replying import receive
from tickets.events import PORTAL
from tickets.models import Article, StateType, Ticket
from tickets.models.ticket import Channel
from web.common.access import customer_required
from web.portal.forms import Answer, LastWord
from web.portal.requests import requests_of, takes_answers
from web.portal.thread import thread_of


@require_safe
@customer_required
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    ticket = _visible(request, number)
    if ticket.number != number:
        return redirect("portal:request", ticket.number)
    return _page(request, ticket, Answer())


@require_POST
@customer_required
def answer(request: HttpRequest, number: str) -> HttpResponse:
    ticket = _visible(request, number)
    form = Answer(request.POST, request.FILES)
    if not takes_answers(ticket):
        return _page(request, ticket, form, status=409)
    if not form.is_valid():
        return _page(request, ticket, form, status=422)
    article = receive(ticket, form.message(by=request.user), channel=Channel.WEB, by=request.user, cause=PORTAL)
    return _went_on(request, ticket, article)


@require_POST
@customer_required
def solve(request: HttpRequest, number: str) -> HttpResponse:
    """The customer says that it is solved; what stands in the answer box is sent along."""
    ticket = _visible(request, number)
    form = LastWord(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, form, status=422)
    if ticket.is_open:
        if form.has_words:
            receive(ticket, form.message(by=request.user), channel=Channel.WEB, by=request.user, cause=PORTAL)
        set_state(ticket, vocabulary.first_state(StateType.CLOSED), by=request.user, cause=PORTAL)
    return _went_on(request, ticket)


def _visible(request: HttpRequest, number: str) -> Ticket:
    """The request, or the one it was merged into; 404 for what is not there or somebody else's, alike (T42)."""
    ticket = requests_of(request.user).filter(number=number).first()
    if ticket and ticket.merged_into_id:
        ticket = requests_of(request.user).survivor_of(ticket)
    if ticket is None:
        raise Http404
    return ticket


def _page(request: HttpRequest, ticket: Ticket, form: Answer | LastWord, *, status: int = 200) -> HttpResponse:
    """The whole page; for htmx only its parts, or 204 when it shows what there is."""
    thread = thread_of(ticket, request.user, whole="all" in request.GET)
    if request.htmx and request.GET.get("seen") == thread.mark:
        return HttpResponse(status=204)
    context = {"portal_section": "requests", "ticket": ticket, "thread": thread, "form": form, "status": status}
    response = render(request, _template(request), context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _went_on(request: HttpRequest, ticket: Ticket, article: Article | None = None) -> HttpResponse:
    """Show what has become of it: the page itself, or the new request in which the conversation goes on."""
    if article is not None and article.ticket_id != ticket.pk:
        messages.success(request, _("Your answer has opened a new request."))
        target = reverse("portal:request", args=[article.ticket.number])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    if request.htmx:
        return _page(request, _visible(request, ticket.number), Answer())
    return redirect("portal:request", ticket.number)


def _template(request: HttpRequest) -> str:
    if not request.htmx:
        return "portal/request.html"
    # who looks again keeps the box in which he writes; who sent something gets a fresh one
    return "portal/request.html#news" if request.method == "GET" else "portal/request.html#request"
