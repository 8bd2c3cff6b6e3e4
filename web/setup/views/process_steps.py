"""Working on a drawing: keeping what was drawn, the settings of one step, and what becomes of the draft."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import Stale
from core.text import clean_line
from processes import wiring
from processes.actions import configuring
from processes.checking import problems_of
from processes.editing import laid_out
from processes.models import Process, Version
from processes.plans import drawing_of
from processes.refusals import NotPublishable, Refused
from processes.xml import Unreadable
from web.common.access import administrator_required
from web.setup.effects_editor import drawn
from web.setup.pages import done, page, seen_in
from web.setup.process_page import described, worked_on
from web.setup.process_step import AskedPanel, Panel, StepPanel, panel_for
from web.setup.sections import PROCESSES

XML = "application/xml; charset=utf-8"


@require_safe
@administrator_required
def process_source(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawing that is worked on, for the designer."""
    return HttpResponse(laid_out(worked_on(_process(pk)).xml), content_type=XML, headers={"Cache-Control": "no-store"})


@require_POST
@administrator_required
def process_save(request: HttpRequest, pk: int) -> HttpResponse:
    """What was drawn becomes the draft; problems are told and do not hinder."""
    one = _process(pk)
    try:
        version = configuring.save_draft(one, request.POST.get("xml", ""), seen=seen_in(request), by=request.user)
    except Unreadable as error:
        return _not_saved(request, [problem.text for problem in error.problems], status=422)
    except Stale:
        return _not_saved(request, [_stale()], status=409)
    return _saved(request, one, version)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def process_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The settings of `?element=`; `?draw=` draws them as they are typed, and keeps nothing."""
    one, element = _process(pk), request.GET.get("element", "")[:100]
    version = worked_on(one)
    panel = panel_for(request, drawing_of(version), element)
    if panel is None:
        return _nothing_chosen(request, one)
    if request.htmx and request.method == "POST" and (part := _part(request, one, panel)):
        return part
    error = ""
    if request.method == "POST" and "draw" not in request.GET and panel.is_valid():
        try:
            xml = panel.written(version.xml)
            saved = configuring.save_draft(one, xml, seen=seen_in(request), by=request.user)
        except Unreadable as unreadable:
            error = " ".join(problem.text for problem in unreadable.problems)
        except Stale:
            error = _stale()
        else:
            return _step_saved(request, one, saved, panel)
    return _panel(request, one, version, panel, error=error)


@require_POST
@administrator_required
def process_step_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new step on the way `flow`, in the list as in the picture; then to its settings."""
    one, data = _process(pk), request.POST
    version = worked_on(one)
    if data.get("flow") not in drawing_of(version).flow_by_id or data.get("kind") not in wiring.KINDS:
        raise Http404
    xml, made = wiring.with_step(version.xml, data["flow"], data["kind"], clean_line(data.get("name", ""), 300))
    if not _keep(request, one, xml):
        return done(request, "setup:process", pk)
    return redirect(f"{reverse('setup:process_step', args=[pk])}?{urlencode({'element': made})}")


@require_POST
@administrator_required
def process_step_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The step `element` goes, and the way before it leads on."""
    one, element = _process(pk), request.POST.get("element", "")
    version = worked_on(one)
    if element not in drawing_of(version).by_id:
        raise Http404
    try:
        xml = wiring.without_step(version.xml, element)
    except wiring.NotPossible:
        messages.warning(request, _("Several ways meet at this step. Take it out in the diagram."))
    else:
        _keep(request, one, xml)
    return redirect(f"{reverse('setup:process', args=[pk])}?view=list")


@require_POST
@administrator_required
def process_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on new runs take it; those that run keep their version."""
    one = _process(pk)
    try:
        version = configuring.publish(one, by=request.user)
    except NotPublishable as error:
        first = error.problems[0].text if error.problems else ""
        messages.warning(request, _("It cannot be published yet. %(problem)s") % {"problem": first})
    except Refused as refusal:
        messages.warning(request, refusal.text)
    else:
        said = _("Version %(number)s is published. Tickets that run on another keep theirs.")
        messages.success(request, said % {"number": version.number})
    return done(request, "setup:process", pk)


@require_POST
@administrator_required
def process_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing new begins; what runs goes on."""
    one = _process(pk)
    return _verb(request, one, configuring.retire, _("%(name)s cannot be started any more. What runs goes on."))


@require_POST
@administrator_required
def process_discard(request: HttpRequest, pk: int) -> HttpResponse:
    one = _process(pk)
    return _verb(request, one, configuring.discard_draft, _("The draft of %(name)s is gone."))


@require_safe
@administrator_required
def process_download(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The drawing as a file for other tools, byte for byte as it was drawn or read in."""
    version = get_object_or_404(Version.objects.select_related("process"), process=pk, number=number)
    name, content = configuring.export(version)
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _keep(request: HttpRequest, one: Process, xml: str) -> bool:
    """Whether it was saved; otherwise it is said why not."""
    try:
        configuring.save_draft(one, xml, seen=seen_in(request), by=request.user)
    except Stale:
        messages.warning(request, _stale())
    except Unreadable as error:
        messages.warning(request, " ".join(problem.text for problem in error.problems))
    else:
        return True
    return False


def _process(pk: int) -> Process:
    return get_object_or_404(Process, pk=pk)


def _verb(request: HttpRequest, one: Process, verb: Any, said: str) -> HttpResponse:
    try:
        verb(one, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.text)
    else:
        messages.success(request, said % {"name": one.shown_name})
    return done(request, "setup:process", one.pk)


def _standing(one: Process, version: Version) -> dict[str, Any]:
    drawing = drawing_of(version)
    problems = described(drawing, problems_of(drawing, process=one))
    return {"process": one, "version": version, "problems": problems}


def _saved(request: HttpRequest, one: Process, version: Version) -> HttpResponse:
    response = render(request, "setup/processes/_saved.html", _standing(one, version))
    response["HX-Trigger"] = json.dumps({"process:saved": {"seen": version.pk}})
    return response


def _step_saved(request: HttpRequest, one: Process, version: Version, panel: Panel) -> HttpResponse:
    """Then back to it, from the condition of a field to its step, or on to the condition that was asked for."""
    field = request.POST.get("then", "")[:100]
    if not request.htmx:
        messages.success(request, _("Saved: %(name)s") % {"name": panel.title})
        to_step = field or isinstance(panel, AskedPanel)
        return redirect(_urls(one, panel.id, field)["step_url"] if to_step else _in_list(one, panel.id))
    fresh = panel_for(_as_read(request, field), drawing_of(version), panel.id)
    context = {"panel": fresh, **_standing(one, version), **_urls(one, panel.id, field), "is_saved": True}
    response = render(request, "setup/processes/_step_saved.html", context)
    told = {"process:saved": {"seen": version.pk}, "process:changed": {"element": panel.id}}
    response["HX-Trigger"] = json.dumps(told)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _in_list(one: Process, element: str) -> str:
    return f"{reverse('setup:process', args=[one.pk])}?view=list#step-{element}"


def _part(request: HttpRequest, one: Process, panel: Panel) -> HttpResponse | None:
    """Only the list of effects, or only the rows of the condition, where a button of theirs was pressed."""
    what, urls = request.GET.get("draw"), _urls_of(one, panel)
    if what == "effects" and isinstance(panel, StepPanel) and panel.effects is not None:
        return drawn(request, panel.effects, urls["effects_url"])
    if what == "rows" and not isinstance(panel, StepPanel):
        response = render(request, "setup/processes/_rows.html", {"panel": panel, **urls})
        patch_vary_headers(response, ["HX-Request"])
        return response
    return None


def _as_read(request: HttpRequest, field: str) -> HttpRequest:
    """The same, as if the page were only looked at."""
    read = HttpRequest()
    read.GET = QueryDict(urlencode({"field": field}))
    read.method, read.user = "GET", request.user
    return read


def _panel(request: HttpRequest, one: Process, version: Version, panel: Panel, *, error: str) -> HttpResponse:
    context = {"panel": panel, "process": one, "version": version, "error": error, **_urls_of(one, panel)}
    context["is_typed"] = request.method == "POST"
    status = 422 if panel.problems or error else 200
    if request.htmx:
        response = render(request, "setup/processes/_panel.html", context, status=status)
    else:
        response = page(request, "processes/step", section=PROCESSES, status=status, **context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _nothing_chosen(request: HttpRequest, one: Process) -> HttpResponse:
    """The designer shows what can be said of the whole."""
    if not request.htmx:
        return redirect("setup:process", one.pk)
    return render(request, "setup/processes/_nothing.html", {"process": one, **_standing(one, worked_on(one))})


def _urls_of(one: Process, panel: Panel) -> dict[str, str]:
    return _urls(one, panel.id, panel.field if isinstance(panel, AskedPanel) else "")


def _urls(one: Process, element: str, field: str) -> dict[str, str]:
    asked = {"element": element, **({"field": field} if field else {})}
    url = f"{reverse('setup:process_step', args=[one.pk])}?{urlencode(asked)}"
    drawn = {f"{name}_url": f"{url}&draw={name}" for name in ("effects", "rows", "draw")}
    return {"step_url": url, **drawn}


def _not_saved(request: HttpRequest, reasons: list[str], *, status: int) -> HttpResponse:
    return render(request, "setup/processes/_not_saved.html", {"reasons": reasons}, status=status)


def _stale() -> str:
    return _("Somebody else has saved this drawing meanwhile. Load the page again to go on with it.")
