"""Bulk work as its owner follows it: how far it is, what became of each ticket, and the way back."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.pagination import page_of
from tickets.bulk import NothingToUndo, run_job, undo_job
from tickets.models import Job, JobItem, Ticket
from web.common.access import agent_required
from web.desk.bulk_actions import reason, title, told
from web.desk.lists import remembered

PAGE = 100
# So many are taken back while somebody waits for the answer.
AT_ONCE = 20


@require_safe
@agent_required
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each ticket; `?show=failed` narrows it to those with which it was not possible."""
    found, show = _own_or_404(request, pk), request.GET.get("show", "")
    items = found.items.filter(state=JobItem.State.FAILED) if show == "failed" else found.items.all()
    page = page_of(items.select_related("ticket"), order=("id",), cursor=request.GET.get("after", ""), size=PAGE)
    seen = set(
        Ticket.objects.allowing(request.user, "read")
        .filter(pk__in=[item.ticket_id for item in page.rows])
        .values_list("pk", flat=True)
    )
    context = {
        "told": told(found),
        "title": title(found),
        "items": [(item, item.ticket_id in seen, reason(item.reason) if item.reason else "") for item in page.rows],
        "show": show,
        "next": page.next,
        "back": remembered(request),
        "section": "tickets",
    }
    response = render(request, f"desk/job.html{'#job' if request.htmx else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The toast of a job that goes on; when it is over, what came of it."""
    found = told(_own_or_404(request, pk))
    response = render(request, "desk/job_toast.html", {"told": found})
    if found.is_finished:
        response["HX-Trigger"] = "tick"
    return response


@require_POST
@agent_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_or_404(request, pk)
    try:
        back = undo_job(found, by=request.user)
    except NothingToUndo:
        return _too_late(request)
    if back.items.count() <= AT_ONCE:
        run_job(back)
    return answer(request, back)


def answer(request: HttpRequest, job: Job) -> HttpResponse:
    """A toast with what came of it or how far it is; the list asks what is new by itself after the event `tick`."""
    found = told(job)
    if not request.htmx:
        if not found.is_finished or found.failed:
            return redirect("desk:job", job.pk)
        messages.success(request, found.text)
        return redirect(remembered(request).url)
    response = render(request, "desk/job_started.html", {"told": found})
    response["HX-Trigger"] = json.dumps({"tick": {}, "close-dialog": {}, "bulk-done": {}})
    return response


def _own_or_404(request: HttpRequest, pk: int) -> Job:
    found = Job.objects.filter(pk=pk, owner=request.user).first()
    if found is None:
        raise Http404
    return found


def _too_late(request: HttpRequest) -> HttpResponse:
    text = _("This has been undone already, or cannot be undone.")
    if request.htmx:
        return render(request, "desk/done.html", {"done": text, "icon": "warn"}, status=409)
    messages.error(request, text)
    return redirect("desk:tickets")
