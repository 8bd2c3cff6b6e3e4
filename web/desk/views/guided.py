"""Guided mode: the next ticket, why it is this one, and the few things to do with it. Then the next one.

That it is locked and whose it is stands on the ticket; the session remembers which one, and why it was that one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from automation.notices.bell import mark_seen
from core.clock import now
from tickets import guidance, vocabulary
from tickets.actions import progress, replying, routing
from tickets.changes import Stale
from tickets.events import Refused
from tickets.messages import Message
from tickets.models import Article, StateType, Ticket
from tickets.reading import mark_read
from tickets.sentences import sentence_of
from tickets.views import counted
from web.common.access import agent_required
from web.common.toasts import Undo, say
from web.desk.answering import Place, answer_customer
from web.desk.answers import number_in, undo_url
from web.desk.deadlines import with_deadlines
from web.desk.editors import choices_of_people
from web.desk.forms.guided import LATER, REASONS, Later, PassOn, Skip
from web.desk.page import Conflict, Written, composer
from web.desk.people import capped, clock_of
from web.desk.said import Said
from web.desk.tickets import SHOWN_WITH, ticket_or_404
from web.desk.timeline import timeline_of

REMEMBERED = "guided"
UPCOMING = 3


@require_safe
@agent_required
def guided(request: HttpRequest) -> HttpResponse:
    """The ticket in hand, or the way to begin."""
    ticket = _in_hand(request)
    return _work(request, ticket) if ticket else _begin(request)


@require_POST
@agent_required
def proceed(request: HttpRequest) -> HttpResponse:
    """Take the next one; what is in hand stays there until something was done with it."""
    if _in_hand(request) is None:
        _take(request)
    return redirect("desk:guided")


@require_POST
@agent_required
def stop(request: HttpRequest) -> HttpResponse:
    """Enough for now: what was not worked on goes back to where it was."""
    ticket = _in_hand(request)
    if ticket is not None:
        guidance.give_back(ticket, by=request.user)
    request.session.pop(REMEMBERED, None)
    return redirect("desk:home")


@require_POST
@agent_required
def answer(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    place = Place(
        page=lambda ticket, shown: _work(request, ticket, status=shown.status, written=shown.written),
        conflict=lambda ticket, conflict: _conflict(request, ticket, conflict),
        sent=lambda article: _sent(request, ticket, article),
        context=lambda: _box(ticket),
    )
    return answer_customer(request, ticket, place)


@require_POST
@agent_required
def solve(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    state = vocabulary.first_state(StateType.CLOSED)

    def act(seen: int | None) -> object:
        return progress.set_state(ticket, state, by=request.user, seen=seen)

    return _done(request, ticket, act, _("The ticket is solved."))


@require_POST
@agent_required
def later(request: HttpRequest, number: str) -> HttpResponse:
    """Put it off: it comes back when the time is over."""
    ticket = ticket_or_404(request, number, "write")
    form = Later(request.POST)
    if not form.is_valid():
        return _work(request, ticket, status=422, refused=_("Choose until when it waits."))
    state = vocabulary.first_state(StateType.PENDING_REMINDER)
    until = now() + timedelta(days=form.cleaned_data["days"])

    def act(seen: int | None) -> object:
        return progress.set_state(ticket, state, until=until, by=request.user, seen=seen)

    return _done(request, ticket, act, _("The ticket waits."))


@require_POST
@agent_required
def pass_on(request: HttpRequest, number: str) -> HttpResponse:
    """To a colleague; the note, for which another right is needed, comes first."""
    ticket = ticket_or_404(request, number, "owner")
    form = PassOn(request.POST, ticket=ticket, agent=request.user)
    if not form.is_valid():
        return _work(request, ticket, status=422, refused=_("Choose who gets the ticket."))

    def act(seen: int | None) -> object:
        if form.cleaned_data["note"] and ticket.allows(request.user, "note"):
            replying.add_note(ticket, Message(text=form.cleaned_data["note"]), by=request.user)
        routing.unlock(ticket, by=request.user)
        return routing.assign(ticket, form.person, by=request.user, seen=seen)

    return _done(request, ticket, act, _("%(name)s has the ticket now.") % {"name": form.person})


@require_POST
@agent_required
def skip(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    form = Skip(request.POST)
    if not form.is_valid():
        return _work(request, ticket, status=422, refused=_("Say why you skip it."))
    guidance.pass_over(ticket, form.cleaned_data["words"], by=request.user)
    _take(request)
    return redirect("desk:guided")


def _done(request: HttpRequest, ticket: Ticket, act: Callable[[int | None], object], done: str) -> HttpResponse:
    """Call the verb, then on to the next ticket; or stay, when somebody was faster or it cannot be."""
    try:
        with transaction.atomic():
            happened = act(number_in(request, "seen"))
    except Stale as stale:
        return _work(request, ticket_or_404(request, ticket.number), status=409, stale=stale)
    except progress.ClosingFieldsMissing as missing:
        names = ", ".join(field.shown_label for field in missing.fields)
        text = _("Before it can be closed, fill in: %(fields)s") % {"fields": names}
        return _work(request, ticket, status=422, refused=text)
    except Refused as refused:
        return _work(request, ticket, status=422, refused=str(refused))
    back = undo_url(happened)
    return _go_on(request, ticket, done, undo=Undo(back) if back else None)


def _go_on(request: HttpRequest, ticket: Ticket, done: str, *, undo: Undo | None = None) -> HttpResponse:
    """What was done is said on the page of the next ticket."""
    guidance.let_go(ticket, by=request.user)
    say(request, f"#{ticket.number}: {done}", undo=undo)
    _take(request, done=1)
    target = reverse("desk:guided")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _sent(request: HttpRequest, ticket: Ticket, article: Article) -> HttpResponse:
    """While its email waits it can be taken back, on the page of its ticket."""
    undo = Undo(reverse("desk:take_back", args=[article.pk]), request.user.undo_seconds) if article.send_at else None
    return _go_on(request, ticket, _("Your answer is on its way."), undo=undo)


def _conflict(request: HttpRequest, ticket: Ticket, conflict: Conflict) -> HttpResponse:
    context = {"ticket": ticket, "reply_conflict": conflict, **_box(ticket)}
    return render(request, "desk/guided_conflict.html", context, status=409)


def _box(ticket: Ticket) -> dict[str, Any]:
    """What the form of an answer needs here besides what it needs on the page of the ticket."""
    page = reverse("desk:ticket", args=[ticket.number])
    return {"answer_url": reverse("desk:guided_answer", args=[ticket.number]), "answer_only": True, "thread_url": page}


def _take(request: HttpRequest, *, done: int = 0) -> None:
    """The next ticket into the hand, or nothing when none waits."""
    known = request.session.get(REMEMBERED, {})
    offer = guidance.take_next(request.user)
    request.session[REMEMBERED] = {
        "ticket": offer.ticket.number if offer else "",
        # as it was when it was taken: since then it is the agent's own
        "reasons": offer.reasons if offer else [],
        "done": known.get("done", 0) + done,
        "since": known.get("since") or now().isoformat(),
    }
    if offer:
        mark_read(offer.ticket, by=request.user)
        mark_seen(offer.ticket, by=request.user)


def _in_hand(request: HttpRequest) -> Ticket | None:
    """What this agent holds: the one the session names, or after another sign-in the most urgent one.

    Where nothing is locked, what the session names while it is still this agent's and open.
    """
    named = _named(request)
    if named is not None and named.is_locked:
        return named
    return guidance.held_by(request.user).select_related(*SHOWN_WITH).first() or named


def _named(request: HttpRequest) -> Ticket | None:
    number = request.session.get(REMEMBERED, {}).get("ticket", "")
    if not number:
        return None
    mine = Ticket.objects.allowing(request.user, "owner").open().filter(owner=request.user, number=number)
    return mine.select_related(*SHOWN_WITH).first()


def _begin(request: HttpRequest) -> HttpResponse:
    waiting = counted([guidance.waiting_for(request.user)])[0]
    context = {"waiting": waiting, "shown": capped(waiting), "progress": _progress(request, waiting)}
    return render(request, "desk/guided_begin.html", context | {"section": "tickets"})


def _work(
    request: HttpRequest,
    ticket: Ticket,
    *,
    status: int = 200,
    written: Written | None = None,
    refused: str = "",
    stale: Stale | None = None,
) -> HttpResponse:
    agent, known = request.user, request.session.get(REMEMBERED, {})
    timeline = timeline_of(ticket, read_at=None, reader=agent)
    said = [item for item in timeline.items if isinstance(item, Said)]
    waiting = counted([guidance.waiting_for(agent)])[0]
    colleagues = [person for person in PassOn(ticket=ticket, agent=agent).people.values() if person != agent]
    upcoming = guidance.waiting_for(agent).select_related("state")[:UPCOMING]
    _ticket, *upcoming = with_deadlines([ticket, *upcoming])
    context: dict[str, Any] = composer(request, ticket, written or Written(), newest=timeline.newest) | {
        **_box(ticket),
        "ticket": ticket,
        "section": "tickets",
        "palette_about": f"#{ticket.number}",
        "reasons": known["reasons"] if known.get("ticket") == ticket.number else guidance.reasons_for(ticket),
        "message": next((one for one in reversed(said) if not one.is_note and not one.is_automatic), None),
        "note": said[-1] if said and said[-1].is_note and said[-1].article.author_id != agent.pk else None,
        "others": len(said) - 1 if not timeline.earlier else None,
        "later": LATER.items(),
        "skip_reasons": REASONS.items(),
        "people": choices_of_people(colleagues, None, me=agent)[1:],
        "may_write": ticket.allows(agent, "write"),
        "may_note": ticket.allows(agent, "note"),
        "local_time": clock_of(ticket.customer),
        "upcoming": upcoming,
        "progress": _progress(request, waiting),
        "left": capped(waiting),
        "refused": refused,
        "sentences": [sentence_of(event) for event in stale.events] if stale else [],
        "is_stale": stale is not None,
    }
    return render(request, "desk/guided.html", context, status=status)


def _progress(request: HttpRequest, waiting: int) -> dict[str, Any]:
    """What was done since the agent began, and how much of it all that is (per cent, for the meter)."""
    known = request.session.get(REMEMBERED, {})
    done, since = known.get("done", 0), known.get("since")
    minutes = int((now() - datetime.fromisoformat(since)).total_seconds() // 60) if since else 0
    words = ngettext("%(number)s done in %(minutes)s min", "%(number)s done in %(minutes)s min", done)
    return {
        "done": done,
        "place": done + 1,
        "all": capped(done + waiting + 1),
        "part": round(100 * done / (done + waiting + 1)),
        "words": words % {"number": done, "minutes": minutes} if done else "",
    }
