"""What is done with tickets selected in a list: asked for here, done by a job (tickets/bulk.py), told in jobs.py."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.bulk import run_job, start_job
from web.common.access import agent_required
from web.desk.bulk_actions import ACTION, PICK, Action
from web.desk.forms.bulk import BulkForm
from web.desk.lists import remembered
from web.desk.selection import Selection, selection_of
from web.desk.views.jobs import answer

# So many are done while somebody waits for the answer.
AT_ONCE = 20


@require_POST
@agent_required
def choose(request: HttpRequest) -> HttpResponse:
    """Without script: what to do stands in the form with the tickets."""
    return _ask(request, request.POST.get("do", ""))


@require_POST
@agent_required
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """What must be known first: a list to pick from, or a form. Posted, because it is about many tickets."""
    return _ask(request, key)


@require_POST
@agent_required
def start(request: HttpRequest, key: str) -> HttpResponse:
    action, selection = _action(key), selection_of(request)
    if not selection.number:
        return _nothing_selected(request)
    form = action.form(request.POST, agent=request.user, selection=selection)
    if not form.is_valid():
        return _form(request, action, selection, form, status=422)
    job = start_job(selection.tickets, form.steps(), by=request.user)
    if selection.number <= AT_ONCE:
        run_job(job)
    return answer(request, job)


def _action(key: str) -> Action:
    if key not in ACTION:
        raise Http404
    return ACTION[key]


def _ask(request: HttpRequest, key: str) -> HttpResponse:
    action, selection = _action(key), selection_of(request)
    if not selection.number:
        return _nothing_selected(request)
    return _form(request, action, selection, action.form(agent=request.user, selection=selection))


def _form(
    request: HttpRequest, action: Action, selection: Selection, form: BulkForm, *, status: int = 200
) -> HttpResponse:
    """A picker for the menu, a dialog over the list, or a page."""
    context = {"action": action, "selection": selection, "form": form, "section": "tickets", "is_dialog": False}
    template = "desk/bulk_ask.html"
    if request.htmx and action.way == PICK and status == 200 and request.GET.get("in") != "dialog":
        template = "desk/bulk_ask.html#picker"
    elif request.htmx:
        template, context["is_dialog"] = "desk/bulk_ask.html#over", True
    response = render(request, template, context | {"back": remembered(request).url}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _nothing_selected(request: HttpRequest) -> HttpResponse:
    text = _("Select some tickets first.")
    if request.htmx:
        return render(request, "desk/done.html", {"done": text, "icon": "warn"}, status=422)
    messages.error(request, text)
    return redirect(remembered(request).url)
