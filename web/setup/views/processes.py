"""Processes: the list, a new one from nothing, from a template or from a file, and one as it is worked on."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from processes.actions import configuring
from processes.checking import problems_of
from processes.models import Process, Run, Version
from processes.plans import drawing_of
from processes.ready import from_template, offers
from processes.refusals import Refused
from processes.wiring import KINDS
from processes.xml import Unreadable
from web.common.access import administrator_required
from web.common.diagrams import drawn, picture_of
from web.setup.changes import history_of
from web.setup.forms.problems import problems
from web.setup.forms.processes import ImportForm, NewProcess, ProcessForm
from web.setup.pages import attempt, attempt_on, done, form_page, page, standing
from web.setup.process_conditions import ProcessChoices
from web.setup.process_page import described, lines_of, versions_of, worked_on
from web.setup.process_words import designer_words, tools
from web.setup.sections import PROCESSES

LATEST = 50


@require_safe
@administrator_required
def processes(request: HttpRequest) -> HttpResponse:
    going = Q(versions__runs__ended_at__isnull=True, versions__runs__isnull=False)
    stuck = Q(versions__runs__state=Run.State.STUCK)
    found = Process.objects.select_related("active").annotate(
        going=Count("versions__runs", filter=going, distinct=True),
        stuck=Count("versions__runs", filter=stuck, distinct=True),
        drafts=Count("versions", filter=Q(versions__state=Version.State.DRAFT), distinct=True),
    )
    return page(request, "processes/processes", section=PROCESSES, rows=found)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def process_new(request: HttpRequest) -> HttpResponse:
    form = NewProcess(request.POST if request.method == "POST" else None, initial={"template": ""})
    if form.is_valid() and (made := attempt(form, lambda: _made(request, form))):
        return redirect("setup:process", made.pk)
    return _new(request, form, ImportForm())


@require_POST
@administrator_required
def process_import(request: HttpRequest) -> HttpResponse:
    """A file of this or any other tool becomes a process with a draft; what cannot run is named there."""
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = configuring.import_drawing(form.cleaned_data["file"], by=request.user)
        except Unreadable as error:
            for problem in error.problems:
                where = f"{problem.element}: " if problem.element else ""
                form.add_error("file", f"{where}{problem.text}")
        else:
            messages.success(request, _("%(name)s was read in as a draft.") % {"name": made})
            return redirect("setup:process", made.pk)
    return _new(request, NewProcess(initial={"template": ""}), form)


@require_safe
@administrator_required
def process(request: HttpRequest, pk: int) -> HttpResponse:
    """`?view=list` shows the steps as a list, which does without drawing; `?element=` is chosen at once."""
    one = get_object_or_404(Process, pk=pk)
    version = worked_on(one)
    drawing = drawing_of(version)
    found = problems_of(drawing, process=one)
    is_list = request.GET.get("view") == "list"
    context: dict[str, Any] = {
        "process": one,
        "version": version,
        "is_list": is_list,
        "problems": described(drawing, found),
        "going": Run.objects.active().filter(version__process=one).count(),
        "picture": picture_of(drawn(version), name=one.shown_name) if is_list else None,
        "lines": lines_of(drawing, found, ProcessChoices(request.user, drawing)) if is_list else [],
        "element": request.GET.get("element", "")[:100],
        "words": designer_words(),
        "tools": tools(),
        "addable": KINDS,
    }
    return page(request, "processes/list" if is_list else "processes/designer", section=PROCESSES, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def process_about(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name, who starts it, and its versions."""
    one = get_object_or_404(Process, pk=pk)
    title = one.shown_name
    form = ProcessForm(request.POST if request.method == "POST" else None, instance=one)
    if form.is_valid() and attempt_on(one, request, form, lambda: _save(request, form)):
        messages.success(request, _("Saved: %(name)s") % {"name": one})
        return redirect("setup:process_about", pk)
    context: dict[str, Any] = {
        "process": one,
        "title": title,
        "form": form,
        "versions": versions_of(one),
        "has_runs": Run.objects.filter(version__process=one).exists(),
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(one),
        **standing(request, one, form),
    }
    return form_page(request, "processes/about", section=PROCESSES, **context)


@require_safe
@administrator_required
def process_runs(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest; `?state=` shows those of one kind."""
    one = get_object_or_404(Process, pk=pk)
    runs = Run.objects.filter(version__process=one).select_related("version", "ticket", "started_by")
    state = request.GET.get("state", "")
    if state in Run.State.values:
        runs = runs.filter(state=state)
    states = [("", _("All")), *Run.State.choices]
    context = {"process": one, "runs": runs[:LATEST], "states": states, "state": state, "most": LATEST}
    return page(request, "processes/runs", section=PROCESSES, **context)


def _made(request: HttpRequest, form: NewProcess) -> Process:
    given = form.cleaned_data
    if given["template"]:
        return from_template(given["template"], by=request.user)
    return configuring.create(Process(name=given["name"], key=given["key"]), by=request.user)


def _save(request: HttpRequest, form: ProcessForm) -> bool:
    given = form.cleaned_data
    configuring.save_process(form.instance, queues=given["queues"], services=given["services"], by=request.user)
    return True


def _new(request: HttpRequest, form: NewProcess, file: ImportForm) -> HttpResponse:
    found = problems(form, file) if form.is_bound or file.is_bound else []
    context = {"form": form, "file": file, "templates": offers(), "problems": found}
    return form_page(request, "processes/new", section=PROCESSES, **context)


@require_POST
@administrator_required
def process_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Process, pk=pk)
    try:
        configuring.remove(one, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.text)
        return done(request, "setup:process_about", pk)
    messages.success(request, _("The process %(name)s is gone.") % {"name": one.name})
    return done(request, "setup:processes")


@require_safe
@administrator_required
def process_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version as a picture, with what it is made of."""
    version = get_object_or_404(Version.objects.select_related("process"), process=pk, number=number)
    drawing = drawing_of(version)
    context = {
        "process": version.process,
        "version": version,
        "picture": picture_of(drawn(version), name=version.process.shown_name),
        "lines": lines_of(drawing, (), ProcessChoices(request.user, drawing)),
        "back": reverse("setup:process_about", args=[pk]),
    }
    return page(request, "processes/version", section=PROCESSES, **context)
