"""Answering the customer, writing notes for colleagues, passing a message on, and taking one back before it leaves."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mail.withdrawing import take_back as take_mail_back
from tickets.actions import replying
from tickets.actions.replying import NotYours, TooLate
from tickets.events import Refused
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from web.common.access import agent_required
from web.desk import answers
from web.desk.answering import Place, answer_customer, is_worrying, say
from web.desk.forms.writing import Forward, Note
from web.desk.page import Shown, Written, composer, conversation, head
from web.desk.tickets import article_or_404, ticket_or_404
from web.desk.timeline import said_by
from web.desk.unsent import drafts_of, keep_taken_back


@require_POST
@agent_required
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """An email to the customer; 409 when the customer or a colleague wrote meanwhile, and the text is kept."""
    ticket = ticket_or_404(request, number, "write")
    place = Place(
        page=lambda ticket, shown: conversation(request, ticket, shown),
        conflict=lambda ticket, conflict: answers.parts(request, ticket, status=409, reply_conflict=conflict),
        sent=lambda article: _said(request, ticket, article, part="reply", done=_("Your answer is on its way.")),
    )
    return answer_customer(request, ticket, place)


@require_POST
@agent_required
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Words that only the team can read."""
    ticket = ticket_or_404(request, number, "note")
    form = Note(request.POST, request.FILES, ticket=ticket, agent=request.user, auto_id="note-%s")
    if not form.is_valid():
        return _again(request, ticket, Written(note=form), part="note")
    article = say(request, ticket, "note", lambda: replying.add_note(ticket, form.message(), by=request.user))
    return _said(request, ticket, article, part="note", done=_("Your note is added."))


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def forward(request: HttpRequest, number: str) -> HttpResponse:
    """A message passed on by email; `?of=` is the message, else what was begun, or the newest one of the customer."""
    ticket = ticket_or_404(request, number, "write")
    draft = drafts_of(request.user, ticket).content("forward") if "of" not in request.GET else None
    article = None if draft and request.method != "POST" else _message_to_forward(request, ticket)
    about = {"ticket": ticket, "agent": request.user, "article": article, "auto_id": "forward-%s"}
    if request.method != "POST":
        return _forward_form(request, ticket, Forward(**about, draft=draft))
    form = Forward(request.POST, request.FILES, **about)
    if not form.is_valid() or is_worrying(form):
        return _again(request, ticket, Written(forward=form), part="forward")
    try:
        act = lambda: replying.forward(ticket, form.message(), by=request.user)  # noqa: E731
        sent = say(request, ticket, "forward", act)
    except Refused as refused:
        form.add_error("text", str(refused))
        return _again(request, ticket, Written(forward=form), part="forward")
    return _said(request, ticket, sent, part="forwarded", done=_("The message is on its way."))


@require_POST
@agent_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The message does not leave, and its words are back in the box; 409 when the mail has left already."""
    article = article_or_404(request, pk, "write")
    ticket = ticket_or_404(request, article.ticket.number, "write")
    part = "reply" if article.visible_to_customer else "forward"
    try:
        with transaction.atomic():
            if take_mail_back(article, by=request.user):
                keep_taken_back(article, part, by=request.user)
    except NotYours as error:
        raise Http404 from error
    except TooLate:
        return _too_late(request, ticket)
    fresh = ticket_or_404(request, ticket.number)
    article.refresh_from_db()
    is_own = article.author_id == request.user.pk
    done = _("Your message was not sent. You can go on writing.")
    done = done if is_own else _("The message was not sent. You can go on writing.")
    context = {"taken_back": said_by(article, reader=request.user), "back": part, "woken": True}
    box = composer(request, fresh, Written()) if request.htmx else {}
    return answers.went_well(request, fresh, done, anchor="#composer", **box, **context)


def _message_to_forward(request: HttpRequest, ticket: Ticket) -> Article | None:
    articles = ticket.articles.select_related("author").prefetch_related("attachments")
    wanted = answers.number_in(request, "of")
    if wanted:
        found = articles.filter(pk=wanted).first()
        if found is None:
            raise Http404
        return found
    if request.method == "POST":
        return None
    return articles.filter(sender=Sender.CUSTOMER).order_by("-created_at", "-id").first()


def _forward_form(request: HttpRequest, ticket: Ticket, form: Forward) -> HttpResponse:
    written = Written(forward=form)
    if not request.htmx:
        return conversation(request, ticket, Shown(written=written))
    context = head(ticket, request.user) | composer(request, ticket, written) | {"woken": True}
    response = render(request, "desk/composer.html#forward", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _again(request: HttpRequest, ticket: Ticket, written: Written, *, part: str) -> HttpResponse:
    """422: the form as it was sent, with what is to be mended or decided."""
    if not request.htmx:
        return conversation(request, ticket, Shown(status=422, written=written))
    context = head(ticket, request.user) | composer(request, ticket, written)
    return render(request, f"desk/composer.html#{part}", context, status=422)


def _said(request: HttpRequest, ticket: Ticket, article: Article, *, part: str, done: str) -> HttpResponse:
    """A fresh box in place of the sent one, the message in the conversation, and for a while the way back."""
    box = composer(request, ticket, Written()) if request.htmx else {}
    seconds = request.user.undo_seconds if article.send_at else 0
    undo = {"undo_url": reverse("desk:take_back", args=[article.pk]), "undo_seconds": seconds} if seconds else {}
    return answers.went_well(
        request, ticket, done, first=f"desk/composer.html#{part}", anchor=f"#a-{article.pk}", **box, **undo
    )


def _too_late(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    reason = _("It is too late to take the message back, its email is on its way.")
    if request.htmx:
        return answers.parts(request, ticket, status=409, refused=reason)
    messages.error(request, reason)
    return redirect("desk:ticket", ticket.number)
