"""What processes ask of customers: forms on their requests, and approvals, by a link or signed in."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from processes.actions import working
from processes.forms import form_of
from processes.links import decision_of
from processes.models import Decision, Task
from processes.refusals import Refused
from tickets.events import PORTAL
from web.common.access import View, customer_required
from web.common.errors import too_many_requests
from web.common.limits import HOUR, Limit
from web.common.process_decisions import DecisionForm
from web.common.process_forms import TaskForm
from web.common.process_tasks import asked_by, titled
from web.portal.readers import Reader, signed_in_reader
from web.portal.views.survey import language_for

# By the link of one approval: each may bring a mail to somebody else, or try one address more.
ANSWERS = Limit("approval-answers", most=20, seconds=HOUR)
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@BOTH
@signed_in_reader
def task(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """A form to be filled in by the customer; `?draw` draws its fields as they are typed."""
    ticket = reader.ticket
    one = get_object_or_404(Task.objects.of_customer(reader.user).for_page(), pk=pk, ticket=ticket)
    step = form_of(one)
    if request.method == "POST" and "draw" in request.GET and request.htmx:
        context = {"form": TaskForm(step, ticket, typed=request.POST), "draw_url": f"{request.path}?draw"}
        response = render(request, "desk/processes/fields.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    form, refused = TaskForm(step, ticket), ""
    if request.method == "POST" and "draw" in request.GET:
        form = TaskForm(step, ticket, typed=request.POST)
    elif request.method == "POST":
        form = TaskForm(step, ticket, request.POST)
        try:
            said = _hand_in(request, one, form)
        except ValidationError as error:
            form.blame(error)
        except Refused as refusal:
            refused = refusal.text
        else:
            messages.success(request, said)
            return redirect("portal:request", ticket.number)
    context = {
        "ticket": ticket,
        "one": titled([one])[0],
        "form": form,
        "step": step,
        "refused": refused,
        "draw_url": f"{request.path}?draw",
        "portal_section": "requests",
    }
    return render(request, "portal/task.html", context, status=422 if form.errors or refused else 200)


def by_link(view: View) -> View:
    """Whoever has the link may decide, in the approver's language unless another is chosen; 410 for any other link."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        decision = decision_of(token)
        if decision is None or not decision.approver.is_active:
            return render(request, "portal/approve_over.html", status=410)
        with override(language_for(request, decision.approver.language or get_language() or "en")):
            return view(request, decision)

    return guarded


@BOTH
@by_link
def approve(request: HttpRequest, decision: Decision) -> HttpResponse:
    """To look decides nothing, because programs follow links in mails before people do."""
    if request.method == "POST" and not ANSWERS.take(decision.pk):
        return too_many_requests(request)
    return _page(request, decision, way="link", here=request.path)


@BOTH
@customer_required
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for a customer who has signed in and is asked."""
    decision = get_object_or_404(Decision.objects.of(request.user).for_page(), pk=pk)
    return _page(request, decision, way="portal", here=reverse("portal:home"))


def _page(request: HttpRequest, decision: Decision, *, way: str, here: str) -> HttpResponse:
    if decision.answer or not decision.task.is_open:
        return render(request, "portal/approve_done.html", {"decision": decision, "ticket": decision.task.ticket})
    facts = asked_by(decision)
    form = DecisionForm(request.POST if request.method == "POST" else None, may_delegate=facts.may_delegate)
    refused = ""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, form.decide(decision, way=way))
        except Refused as refusal:
            refused = refusal.text
        else:
            return redirect(here)
    context = {
        "decision": decision,
        "ticket": decision.task.ticket,
        "facts": facts,
        "form": form,
        "refused": refused,
    }
    return render(request, "portal/approve.html", context, status=422 if form.errors or refused else 200)


def _hand_in(request: HttpRequest, one: Task, form: TaskForm) -> str:
    if "draft" in request.POST:
        working.save_draft(one, form.sent(), by=request.user)
        return _("Kept for later.")
    working.complete(one, form.sent(), by=request.user, cause=PORTAL)
    return _("Thank you. We go on with your request.")
