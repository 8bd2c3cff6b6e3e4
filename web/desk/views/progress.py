"""How far a ticket is and who is at it: taking, locking, status, waiting, closing, impact and urgency."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tickets import matrix, options, vocabulary
from tickets.actions import progress, routing
from tickets.guidance import may_choose
from tickets.models import Level, StateType, Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change, chosen_from
from web.desk.closing import close_as
from web.desk.editors import Editor, choices_of_rows, editor
from web.desk.forms.properties import Later, Until
from web.desk.tickets import ticket_or_404

# Where nobody chooses (tickets/guidance.py).
GUIDED = gettext_lazy("Tickets of this queue are given in turn. Start guided mode to get the next one.")


@require_POST
@agent_required
def take(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    if not may_choose(request.user, ticket.queue):
        return answers.refused(request, ticket, str(GUIDED))
    return answers.change(
        request,
        ticket,
        lambda seen: routing.assign(ticket, request.user, by=request.user, seen=seen),
        done=_("The ticket is yours now."),
    )


@require_POST
@agent_required
def lock(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever works it now says so: it becomes theirs."""
    ticket = ticket_or_404(request, number, "owner")
    if ticket.owner != request.user and not may_choose(request.user, ticket.queue):
        return answers.refused(request, ticket, str(GUIDED))
    return answers.change(
        request,
        ticket,
        lambda seen: routing.lock(ticket, by=request.user, seen=seen),
        done=_("The ticket is yours and locked."),
    )


@require_POST
@agent_required
def unlock(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    return answers.change(
        request,
        ticket,
        lambda seen: routing.unlock(ticket, by=request.user, seen=seen),
        done=_("The ticket is unlocked."),
    )


@ask_or_change
@agent_required
def state(request: HttpRequest, number: str) -> HttpResponse:
    """A status that waits takes the time of the same form, else three days from now."""
    ticket = ticket_or_404(request, number, "write")
    states = options.states(ticket)
    if request.method != "POST":
        form = Until(waits_until=ticket.pending_until)
        return editor(
            request, ticket, Editor("state", _("Status"), groups=choices_of_rows(states, ticket.state), form=form)
        )
    chosen, form = chosen_from(request, "state", states), Until(request.POST, waits_until=ticket.pending_until)
    if chosen is None:
        return answers.refused(request, ticket, _("This status cannot be chosen any more."))
    if chosen.type == StateType.CLOSED:
        return close_as(request, ticket, chosen)
    if chosen.is_pending and not form.is_valid():
        return answers.refused(request, ticket, " ".join(" ".join(errors) for errors in form.errors.values()))
    until = form.moment() if chosen.is_pending else None
    return answers.change(
        request,
        ticket,
        lambda seen: progress.set_state(ticket, chosen, until=until, by=request.user, seen=seen),
        done=_("The status is changed."),
    )


@ask_or_change
@agent_required
def later(request: HttpRequest, number: str) -> HttpResponse:
    """Put it off: it waits until a time, and then reminds or goes on."""
    ticket = ticket_or_404(request, number, "write")
    states = [one for one in options.states(ticket) if one.is_pending]
    data = request.POST if request.method == "POST" else None
    form = Later(data, states=states, waits_until=ticket.pending_until, auto_id="later-%s")
    if form.is_bound and form.is_valid():
        chosen, until = form.chosen(), form.moment()
        return answers.change(
            request,
            ticket,
            lambda seen: progress.set_state(ticket, chosen, until=until, by=request.user, seen=seen),
            done=_("The ticket is put off."),
        )
    question = Question(
        url=reverse("desk:later", args=[ticket.number]),
        title=_("Put off"),
        button=_("Put off"),
        form=form,
        body="desk/ask/later.html",
        more={"offered": form.offered()},
    )
    return ask(request, ticket, question)


@require_POST
@agent_required
def close(request: HttpRequest, number: str) -> HttpResponse:
    """As solved, unless the dialog says otherwise."""
    ticket = ticket_or_404(request, number, "write")
    closed = [one for one in options.states(ticket) if one.type == StateType.CLOSED]
    wanted = chosen_from(request, "state", closed) or vocabulary.first_state(StateType.CLOSED)
    return close_as(request, ticket, wanted)


@ask_or_change
@agent_required
def rating(request: HttpRequest, number: str) -> HttpResponse:
    """Impact and urgency, chosen together in the matrix, give the priority."""
    ticket = ticket_or_404(request, number, "priority")
    if request.method != "POST":
        return ask(request, ticket, _matrix(ticket))
    impact, urgency = _levels(request.POST.get("cell", ""))
    return answers.change(
        request,
        ticket,
        lambda seen: progress.rate(ticket, impact, urgency, by=request.user, seen=seen),
        done=_("Impact and urgency are changed."),
    )


def _levels(cell: str) -> tuple[int | None, int | None]:
    """ "3x1" is a high impact with a low urgency; anything else is neither."""
    impact, _x, urgency = cell.partition("x")
    known = {str(level.value): level.value for level in Level}
    return (known[impact], known[urgency]) if impact in known and urgency in known else (None, None)


def _matrix(ticket: Ticket) -> Question:
    cells = matrix.cells()
    levels = sorted(Level, reverse=True)
    rows = [
        {
            "impact": impact.label,
            "cells": [
                {
                    "value": f"{impact.value}x{urgency.value}",
                    "urgency": urgency.label,
                    "priority": cells.get((impact.value, urgency.value)),
                    "current": (ticket.impact, ticket.urgency) == (impact.value, urgency.value),
                }
                for urgency in levels
            ],
        }
        for impact in levels
    ]
    return Question(
        url=reverse("desk:rating", args=[ticket.number]),
        title=_("Impact and urgency"),
        body="desk/ask/rating.html",
        more={"rows": rows, "urgencies": [level.label for level in levels], "rated": ticket.impact is not None},
    )
