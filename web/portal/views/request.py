"""One request: what was said, how far it is, answering, and saying that it is solved."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tickets.actions import progress
from tickets.actions.replying import receive
from tickets.models import Article
from tickets.models.ticket import Channel
from web.common.bodies import Body, body_of, whole_body_of
from web.common.errors import too_many_requests
from web.common.limits import HOUR, Limit
from web.portal.forms import Answer, InCopy, LastWord
from web.portal.readers import Reader, reader_of, reader_required
from web.portal.requests import takes_answers
from web.portal.thread import thread_of
from web.portal.waiting import waiting_for

# By one link; who has signed in is known by name.
ANSWERS = Limit("answers-by-link", most=30, seconds=HOUR)


@require_safe
@reader_required
def request_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    if request.resolver_match and request.resolver_match.kwargs.get("number") != reader.ticket.number:
        return redirect("portal:request", reader.ticket.number)
    return page(request, reader, Answer())


@require_safe
@reader_required
def print_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All of it on paper, without what can only be clicked."""
    thread = thread_of(reader.ticket, reader.user, whole=True, words=whole_body_of)
    context = {"ticket": reader.ticket, "reader": reader, "thread": thread}
    return render(request, "portal/request_print.html", context)


@require_POST
@reader_required
def answer(request: HttpRequest, reader: Reader) -> HttpResponse:
    ticket, form = reader.ticket, Answer(request.POST, request.FILES)
    if not takes_answers(ticket):
        return page(request, reader, form, status=409)
    if not form.is_valid():
        return page(request, reader, form, status=422)
    if reader.link is not None and not ANSWERS.take(reader.link.pk):
        return too_many_requests(request)
    article = _receive(form, reader)
    return _went_on(request, reader, article)


@require_POST
@reader_required
def solve(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Whose request it is says that it is solved; what stands in the answer box is sent along."""
    if not reader.may_solve:
        raise Http404
    form = LastWord(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, reader, form, status=422)
    if not reader.ticket.is_open and form.has_words:  # somebody was faster, and words would open it again
        form.add_error(None, _("This request was solved meanwhile, so what you wrote was not sent."))
        return page(request, reader, form, status=409 if not takes_answers(reader.ticket) else 422)
    if reader.ticket.is_open:
        if form.has_words:
            _receive(form, reader)
        progress.solve(reader.ticket, by=reader.user, cause=reader.cause)
    return _went_on(request, reader)


def page(
    request: HttpRequest,
    reader: Reader,
    form: Answer | LastWord,
    *,
    status: int = 200,
    in_copy: InCopy | None = None,
) -> HttpResponse:
    """The whole page; for htmx only its parts, or 204 when it shows what there is."""
    opened = _opened(request)

    def words(article: Article) -> Body:
        return whole_body_of(article) if article.pk == opened else body_of(article)

    thread = thread_of(reader.ticket, reader.user, whole="all" in request.GET, words=words)
    if request.htmx and request.GET.get("seen") == thread.mark:
        return HttpResponse(status=204)
    context = {
        "portal_section": "requests",
        "ticket": reader.ticket,
        "reader": reader,
        "thread": thread,
        "opened": opened,
        "form": form,
        "in_copy": in_copy or InCopy(),
        "status": status,
        "waiting": waiting_for(reader.user, reader.ticket) if reader.link is None else None,
    }
    response = render(request, _template(request), context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _opened(request: HttpRequest) -> int | None:
    """The message of which all words are asked for."""
    wanted = request.GET.get("words", "")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None


def _receive(form: LastWord, reader: Reader) -> Article:
    message = form.message(by=reader.user)
    return receive(reader.ticket, message, channel=Channel.WEB, by=reader.user, cause=reader.cause)


def _went_on(request: HttpRequest, reader: Reader, article: Article | None = None) -> HttpResponse:
    """Show what has become of it: the page itself, or the new request in which the conversation goes on."""
    number = reader.ticket.number
    if article is not None and article.ticket_id != reader.ticket.pk:
        messages.success(request, _("Your answer has opened a new request."))
        # the link of a mail opens the request it was made for, and no other
        target = reverse("portal:request", args=[number if reader.link else article.ticket.number])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    fresh = reader_of(request, number) if request.htmx else None
    return page(request, fresh, Answer()) if fresh else redirect("portal:request", number)


def _template(request: HttpRequest) -> str:
    if not request.htmx:
        return "portal/request.html"
    # who looks again keeps the box in which he writes; who sent something gets a fresh one
    return "portal/request.html#news" if request.method == "GET" else "portal/request.html#request"
