"""Closing a ticket from wherever an agent does it; fields that closing takes are asked for in a dialog."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tickets import options
from tickets.actions.closing import close
from tickets.actions.progress import ClosingFieldsMissing, missing_to_close
from tickets.models import State, StateType, Ticket
from web.common.custom_fields import add_errors, values_of
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.forms.properties import Closing

# The answer to the dialog carries it.
ANSWERED = "closing"


def close_as(request: HttpRequest, ticket: Ticket, state: State) -> HttpResponse:
    """Close it, or ask for what is missing."""
    form = form_for(ticket, state, request.POST if ANSWERED in request.POST else None)
    if form.is_bound and not form.is_valid():
        return _ask(request, ticket, form)
    try:
        return answers.change(request, ticket, _closing(request, ticket, state, form), done=_("The ticket is closed."))
    except ClosingFieldsMissing:
        return ask_for_fields(request, ticket, state)
    except ValidationError as error:
        add_errors(form, error)
        return _ask(request, ticket, form)


def ask_for_fields(request: HttpRequest, ticket: Ticket, state: State) -> HttpResponse:
    """422 with the dialog: nothing has changed. Other doors call it when closing takes fields that are empty."""
    question = _question(ticket, form_for(ticket, state, None))
    if request.htmx:
        return render(request, "desk/ask_over.html", {"ticket": ticket, "question": question}, status=422)
    return render(request, "desk/ask.html", {"ticket": ticket, "question": question, "section": "tickets"}, status=422)


def form_for(ticket: Ticket, state: State, data: Any) -> Closing:
    """As what it is closed may still be changed there."""
    closed = [one for one in options.states(ticket) if one.type == StateType.CLOSED]
    states = [state, *(one for one in closed if one.pk != state.pk)]
    return Closing(data, states=states, definitions=missing_to_close(ticket), auto_id="close-%s")


def _closing(request: HttpRequest, ticket: Ticket, state: State, form: Closing) -> Callable[[int | None], object]:
    values = values_of(form) if form.is_bound else {}
    return lambda seen: close(ticket, state, fields=values, by=request.user, seen=seen)


def _ask(request: HttpRequest, ticket: Ticket, form: Closing) -> HttpResponse:
    return ask(request, ticket, _question(ticket, form))


def _question(ticket: Ticket, form: Closing) -> Question:
    return Question(
        url=reverse("desk:close", args=[ticket.number]),
        title=_("Close the ticket"),
        button=_("Close the ticket"),
        body="desk/ask/closing.html",
        form=form,
    )
