"""An answer to the customer, from the ticket's page or guided mode: what stops it and what sends it is the same."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tickets.actions import replying, routing
from tickets.actions.progress import ClosingFieldsMissing
from tickets.changes import Stale
from tickets.drafts import discard_draft
from tickets.events import Refused
from tickets.models import Article, Ticket
from web.desk.forms.writing import Reply, Sent
from web.desk.page import Conflict, Shown, Written, composer, head, remember_way
from web.desk.tickets import ticket_or_404
from web.desk.worries import worry_of


@dataclass(frozen=True)
class Place:
    """Where the answer is written, and how that place shows what became of it.

    `page` is the whole page with the form as it was sent, `conflict` the part that says who wrote meanwhile (409),
    `sent` what comes after. `context` is what the form needs there besides its own.
    """

    page: Callable[[Ticket, Shown], HttpResponse]
    conflict: Callable[[Ticket, Conflict], HttpResponse]
    sent: Callable[[Article], HttpResponse]
    context: Callable[[], dict[str, object]] = dict


def answer_customer(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """422 when something is to be mended or decided, 409 when somebody wrote meanwhile: the text stays."""
    form = Reply(request.POST, request.FILES, ticket=ticket, agent=request.user, auto_id="reply-%s")
    if not form.is_valid() or is_worrying(form):
        return _again(request, ticket, form, place)
    state, until = form.next_state()

    def act() -> Article:
        takes = form.cleaned_data["take"] and form.may_take
        said = replying.reply(ticket, form.message(), by=request.user, based_on=form.seen, then=state, until=until)
        if takes:
            routing.claim(ticket, by=request.user)
        return said

    try:
        article = say(request, ticket, "reply", act)
    except Stale as stale:
        return _answered_meanwhile(request, ticket, form, stale, place)
    except ClosingFieldsMissing as missing:
        names = ", ".join(field.shown_label for field in missing.fields)
        form.add_error("text", _("Before it can be closed, fill in: %(fields)s") % {"fields": names})
        return _again(request, ticket, form, place)
    except Refused as refused:
        form.add_error("text", str(refused))
        return _again(request, ticket, form, place)
    remember_way(request, ticket, form.cleaned_data["then"])
    return place.sent(article)


def is_worrying(form: Sent) -> bool:
    """Something about it is to be asked first, and nobody has said yet that it may leave as it is."""
    data = form.cleaned_data
    form.worry = worry_of(form.ticket, data["text"], has_files=form.has_files(), overlooked=data["overlook"])
    return form.worry is not None


def say(request: HttpRequest, ticket: Ticket, form: str, act: Callable[[], Article]) -> Article:
    """The message and the end of its draft are one."""
    with transaction.atomic():
        article = act()
        discard_draft(request.user, ticket, form)
        return article


def _again(request: HttpRequest, ticket: Ticket, form: Reply, place: Place) -> HttpResponse:
    written = Written(reply=form)
    if not request.htmx:
        return place.page(ticket, Shown(status=422, written=written))
    context = head(ticket, request.user) | composer(request, ticket, written) | place.context()
    return render(request, "desk/composer.html#reply", context, status=422)


def _answered_meanwhile(request: HttpRequest, ticket: Ticket, form: Reply, stale: Stale, place: Place) -> HttpResponse:
    newest = ticket.articles.order_by("-id").values_list("pk", flat=True).first()
    data, fresh = form.cleaned_data, ticket_or_404(request, ticket.number)
    conflict = Conflict(
        articles=stale.articles,
        newest=newest,
        then=data["then"],
        wait=str(data["wait"]),
        overlook=data["overlook"],
    )
    if request.htmx:
        return place.conflict(fresh, conflict)
    return place.page(fresh, Shown(status=409, written=Written(reply=form, conflict=conflict)))
