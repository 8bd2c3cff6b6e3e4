"""What processes ask of agents: the list of one's own tasks, their forms, and approvals."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from processes.actions import working
from processes.forms import form_of
from processes.models import Decision, Task
from processes.refusals import Refused
from tickets.models import Ticket
from web.common.access import agent_required
from web.common.process_decisions import DecisionForm
from web.common.process_forms import TaskForm
from web.common.process_tasks import asked_by, titled
from web.desk import answers
from web.desk.asking import Question, ask
from web.desk.choosing import ask_or_change
from web.desk.side import side_of

MOST = 100
FORM = "desk/processes/ask_form.html"


@require_safe
@agent_required
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for this agent, the most urgent first."""
    soon = F("due_at").asc(nulls_last=True)
    mine = list(Task.objects.of_agent(request.user).for_page().order_by(soon, "pk")[:MOST])
    asked = list(Decision.objects.of(request.user).for_page().order_by("task__due_at", "pk")[:MOST])
    context = {
        "tasks": titled(mine),
        "decisions": list(zip(asked, titled(one.task for one in asked), strict=True)),
        "section": "tickets",
        "side": side_of(request.user),
    }
    return render(request, "desk/processes/tasks.html", context)


@ask_or_change
@agent_required
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one task over its ticket; `?draw` draws it as it is typed, and `draft` keeps it for later."""
    one = get_object_or_404(Task.objects.of_agent(request.user).for_page(), pk=pk)
    ticket, step = _ticket(request, one), form_of(one)
    if request.method != "POST":
        return ask(request, ticket, _question(one, step, TaskForm(step, ticket)))
    if "draw" in request.GET:
        return _drawn(request, one, TaskForm(step, ticket, typed=request.POST))
    form, refused = TaskForm(step, ticket, request.POST), ""
    try:
        if "draft" in request.POST:
            working.save_draft(one, form.sent(), by=request.user)
            return answers.went_well(request, ticket, _("Kept for later."))
        working.complete(one, form.sent(), by=request.user)
    except ValidationError as error:
        form.blame(error)
    except Refused as refusal:
        refused = refusal.text
    else:
        return answers.went_well(request, ticket, _("Done: %(task)s") % {"task": titled([one])[0].title})
    return ask(request, ticket, _question(one, step, form, refused=refused))


@require_POST
@agent_required
def task_take(request: HttpRequest, pk: int) -> HttpResponse:
    """One of many takes what any of them could do."""
    one = get_object_or_404(Task.objects.of_agent(request.user).for_page(), pk=pk)
    ticket = _ticket(request, one)
    try:
        working.take(one, by=request.user)
    except Refused as refusal:
        return answers.refused(request, ticket, refusal.text)
    if not request.htmx:
        return redirect("desk:tasks")
    return answers.went_well(request, ticket, _("You do it."))


@ask_or_change
@agent_required
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision that this agent is asked for; being asked is the right to it, also where he reads no ticket."""
    decision = get_object_or_404(Decision.objects.of(request.user).for_page(), pk=pk)
    facts = asked_by(decision)
    form = DecisionForm(request.POST if request.method == "POST" else None, may_delegate=facts.may_delegate)
    refused = ""
    if form.is_bound and form.is_valid():
        try:
            said = form.decide(decision, way="desk")
        except Refused as refusal:
            refused = refusal.text
        else:
            return _decided(request, decision.task.ticket, said)
    ticket = decision.task.ticket
    url = reverse("desk:ticket", args=[ticket.number]) if ticket.allows(request.user, "read") else ""
    context = {
        "ticket_url": url,
        "decision": decision,
        "facts": facts,
        "form": form,
        "refused": refused,
        "section": "tickets",
    }
    status = 422 if form.errors or refused else 200
    return render(request, "desk/processes/approval.html", context, status=status)


def _decided(request: HttpRequest, ticket: Ticket, said: str) -> HttpResponse:
    if ticket.allows(request.user, "read"):
        return answers.went_well(request, ticket, said)
    messages.success(request, said)
    return redirect("desk:tasks")


def _ticket(request: HttpRequest, one: Task) -> Ticket:
    return get_object_or_404(Ticket.objects.allowing(request.user, "read"), pk=one.ticket_id)


def _question(one: Task, step: Any, form: TaskForm, *, refused: str = "") -> Question:
    url = reverse("desk:task", args=[one.pk])
    more = {"form": form, "step": step, "draw_url": f"{url}?draw", "keeps": bool(step.entries), "hidden": []}
    title = titled([one])[0].title
    button = _("Hand in") if step.entries else pgettext("button", "Done")
    return Question(url, title, button, body=FORM, form=form, refused=refused, more=more)


def _drawn(request: HttpRequest, one: Task, form: TaskForm) -> HttpResponse:
    context = {"form": form, "draw_url": f"{reverse('desk:task', args=[one.pk])}?draw"}
    response = render(request, "desk/processes/fields.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
