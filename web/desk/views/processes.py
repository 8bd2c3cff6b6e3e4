"""Processes on one ticket: starting one, where they are, cancelling, going on elsewhere."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from processes.actions import starting, steering
from processes.forms import start_form
from processes.models import Process, Run
from processes.refusals import Refused
from tickets.models import Ticket
from web.common.access import agent_required
from web.common.process_forms import TaskForm
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.processes import shown_on, startable
from web.desk.tickets import ticket_or_404

FORM = "desk/processes/ask_form.html"


class Reason(forms.Form):
    reason = forms.CharField(max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["reason"].label = _("Reason")
        self.fields["reason"].help_text = _("It stands in the history of the ticket.")


class Jump(Reason):
    to = forms.ChoiceField()

    field_order = ("to", "reason")

    def __init__(self, *args: Any, run: Run, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].label = _("Go on with")
        self.fields["to"].choices = [(one.id, one.shown_name) for one in steering.targets(run)]


@require_safe
@agent_required
def processes(request: HttpRequest, number: str) -> HttpResponse:
    """All processes of a ticket, the latest first, with picture and steps."""
    ticket = ticket_or_404(request, number)
    context = {"ticket": ticket, "shown": shown_on(ticket, request.user), "section": "tickets"}
    context["may_start"] = bool(startable(ticket, request.user))
    return render(request, "desk/processes/processes.html", context)


@ask_or_change
@agent_required
def process_start(request: HttpRequest, number: str) -> HttpResponse:
    """Which process first; then what it asks before it starts."""
    ticket = ticket_or_404(request, number, "write")
    offered = startable(ticket, request.user)
    chosen = request.POST.get("process") or request.GET.get("process", "")
    process = next((one for one in offered if str(one.pk) == chosen), None)
    url = reverse("desk:process_start", args=[number])
    if process is None:
        more = {"offered": offered}
        body = "desk/processes/ask_which.html"
        button = _("Go on") if offered else ""
        question = Question(url, _("Start a process"), button, body=body, more=more)
        return ask(request, ticket, question)
    return _start(request, ticket, process, url)


@ask_or_change
@agent_required
def process_cancel(request: HttpRequest, number: str, run: int) -> HttpResponse:
    ticket, one = _run(request, number, run)
    form = Reason(request.POST if request.method == "POST" else None)
    question = Question(
        reverse("desk:process_cancel", args=[number, run]),
        _("Cancel the process %(name)s") % {"name": one.version.process.shown_name},
        _("Cancel the process"),
        form=form,
    )
    return _steer(request, ticket, question, lambda: steering.cancel(one, by=request.user, **form.cleaned_data))


@ask_or_change
@agent_required
def process_jump(request: HttpRequest, number: str, run: int) -> HttpResponse:
    """On with another step, whatever the drawing says."""
    ticket, one = _run(request, number, run)
    form = Jump(request.POST if request.method == "POST" else None, run=one)
    url = reverse("desk:process_jump", args=[number, run])
    question = Question(url, _("Go on elsewhere"), _("Go on there"), form=form)

    def jump() -> object:
        given = form.cleaned_data
        return steering.jump(one, given["to"], reason=given["reason"], by=request.user)

    return _steer(request, ticket, question, jump)


@require_POST
@agent_required
def process_retry(request: HttpRequest, number: str, run: int) -> HttpResponse:
    """A run that is stuck tries the same step again."""
    ticket, one = _run(request, number, run)
    try:
        steering.retry(one, by=request.user)
    except Refused as refusal:
        return answers.refused(request, ticket, refusal.text)
    return answers.went_well(request, ticket, _("The process goes on."))


def _start(request: HttpRequest, ticket: Ticket, process: Process, url: str) -> HttpResponse:
    step = start_form(process, ticket)
    is_sent = request.method == "POST" and ("started" in request.POST or not step.entries)
    form = TaskForm(step, ticket, request.POST if is_sent else None)
    refused = ""
    if is_sent:
        try:
            starting.start(process, ticket, values=form.sent(), by=request.user)
        except ValidationError as error:
            form.blame(error)
        except Refused as refusal:
            refused = refusal.text
        else:
            return answers.went_well(request, ticket, _("%(name)s has begun.") % {"name": process.shown_name})
    more = {"form": form, "step": step, "hidden": [("process", process.pk), ("started", 1)]}
    question = Question(url, process.shown_name, _("Start"), body=FORM, form=form, refused=refused, more=more)
    return ask(request, ticket, question)


def _run(request: HttpRequest, number: str, pk: int) -> tuple[Ticket, Run]:
    ticket = ticket_or_404(request, number, "write")
    one = get_object_or_404(Run.objects.select_related("version__process"), pk=pk, ticket=ticket)
    if ticket.merged_into_id:
        raise Http404
    return ticket, one


def _steer(request: HttpRequest, ticket: Ticket, question: Question, act: Any) -> HttpResponse:
    form = question.form
    if form is None or not form.is_bound or not form.is_valid():
        return ask(request, ticket, question)
    try:
        act()
    except Refused as refusal:
        form.add_error(None, refusal.text)
        return ask(request, ticket, question)
    return answers.went_well(request, ticket, _("Done."))
