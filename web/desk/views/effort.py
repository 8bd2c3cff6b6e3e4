"""Time spent on a ticket, and its checklist."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions import effort
from tickets.models import ChecklistItem, Event, Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.forms.effort import Spent, Steps
from web.desk.once import fresh, is_repeated
from web.desk.tickets import ticket_or_404


@ask_or_change
@agent_required
def time(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "note")
    form = Spent(request.POST if request.method == "POST" else None, auto_id="time-%s")
    if form.is_bound and form.is_valid():
        if is_repeated(request):
            return answers.went_well(request, ticket, "")
        data = form.cleaned_data
        effort.spend(ticket, data["minutes"], note=data["note"], by=request.user)
        return answers.went_well(request, ticket, _("Your time is written down."))
    question = Question(
        url=reverse("desk:time", args=[ticket.number]),
        title=_("Write down time"),
        button=_("Add time"),
        form=form,
        body="desk/ask/once.html",
        more={"submission": fresh()},
    )
    return ask(request, ticket, question)


@require_POST
@agent_required
def remove_time(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One's own entry, or with the right to write anybody's."""
    ticket = ticket_or_404(request, number, "note")
    entry = ticket.time_entries.select_related("ticket").filter(pk=pk).first()
    if entry is None:
        return answers.went_well(request, ticket, "")
    if entry.user_id != request.user.pk and not ticket.allows(request.user, "write"):
        raise Http404
    effort.remove_time(entry, by=request.user)
    return answers.went_well(request, ticket, _("The time is taken back."))


@ask_or_change
@agent_required
def checklist(request: HttpRequest, number: str) -> HttpResponse:
    """Add steps: one's own, or those of a template."""
    ticket = ticket_or_404(request, number, "note")
    form = Steps(request.POST if request.method == "POST" else None, auto_id="steps-%s")
    if form.is_bound and form.is_valid():
        if is_repeated(request):
            return answers.went_well(request, ticket, "")
        try:
            effort.add_steps(ticket, form.lines(), by=request.user)
        except ValidationError as error:
            form.add_error("steps", error)
        else:
            return answers.went_well(request, ticket, _("The steps are added."))
    question = Question(
        url=reverse("desk:checklist", args=[ticket.number]),
        title=_("Add steps to the checklist"),
        button=_("Add steps"),
        form=form,
        body="desk/ask/once.html",
        more={"submission": fresh()},
    )
    return ask(request, ticket, question)


@require_POST
@agent_required
def tick(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _with_step(request, number, pk, effort.tick)


@require_POST
@agent_required
def untick(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _with_step(request, number, pk, effort.untick)


@require_POST
@agent_required
def step_up(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _with_step(request, number, pk, effort.move_step_up)


@require_POST
@agent_required
def step_down(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _with_step(request, number, pk, effort.move_step_down)


@require_POST
@agent_required
def remove_step(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _with_step(request, number, pk, effort.remove_step)


def _with_step(request: HttpRequest, number: str, pk: int, verb: Callable[..., Event | None]) -> HttpResponse:
    """A step that somebody has removed meanwhile is simply gone."""
    ticket = ticket_or_404(request, number, "note")
    step = _step(ticket, pk)
    if step is not None:
        verb(step, by=request.user)
    return answers.went_well(request, ticket, "")


def _step(ticket: Ticket, pk: int) -> ChecklistItem | None:
    return ticket.checklist.select_related("ticket").filter(pk=pk).first()
