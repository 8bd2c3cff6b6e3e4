"""Imports: those there have been, a new file, and one as it is checked, explained, imported and let go of."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import page_of
from imports.models import Import
from imports.starting import (
    DAYS,
    begin_import,
    cancel_import,
    choose_columns,
    imports_of,
    remove_import,
    start_import,
)
from web.common.access import administrator_required
from web.common.files import send_blob
from web.setup.forms.imports import ColumnsForm, NewImport
from web.setup.forms.problems import problems
from web.setup.import_page import OUTCOMES, context_of
from web.setup.pages import attempt, form_page, listing, page
from web.setup.sections import IMPORTS


@require_safe
@administrator_required
def imports(request: HttpRequest) -> HttpResponse:
    found = page_of(imports_of(request.user), order=("-id",), cursor=request.GET.get("cursor", ""))
    for job in found.rows:
        job.counts = [(getattr(job, key), words) for key, (words, _tone) in OUTCOMES.items() if getattr(job, key)]
    return listing(request, "imports/list", found, section=IMPORTS, days=DAYS)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def import_new(request: HttpRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewImport(*sent, by=request.user)
    if form.is_valid() and (job := attempt(form, lambda: _started(request, form))):
        return redirect("setup:import", job.pk)
    return form_page(
        request, "imports/new", section=IMPORTS, form=form, problems=problems(form) if form.is_bound else []
    )


@require_safe
@administrator_required
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """While it is worked on, the page asks for its inner part again and again."""
    context = context_of(_job(request, pk))
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "setup/imports/import.html#job", context)
    else:
        response = page(request, "imports/import", section=IMPORTS, **context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@administrator_required
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    form = ColumnsForm(request.POST, job=job)
    if form.is_valid() and attempt(form, lambda: _chosen(job, form)):
        return redirect("setup:import", pk)
    context = {**context_of(job, form), "problems": problems(form)}
    return form_page(request, "imports/import", section=IMPORTS, **context)


@require_POST
@administrator_required
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        begin_import(_job(request, pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("setup:import", pk)


@require_POST
@administrator_required
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    cancel_import(_job(request, pk))
    return redirect("setup:import", pk)


@require_POST
@administrator_required
def import_remove(request: HttpRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    try:
        remove_import(job)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("setup:import", pk)
    messages.success(request, _("Removed: %(name)s") % {"name": job.name})
    return redirect("setup:imports")


@require_safe
@administrator_required
def import_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with their reasons, to be mended and imported again."""
    job = _job(request, pk)
    if not job.refused_file:
        raise Http404
    return send_blob(job.refused_file, content_type="text/csv", name=f"{job.name}.refused.csv")


def _job(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(imports_of(request.user), pk=pk)


def _started(request: HttpRequest, form: NewImport) -> Import:
    given = form.cleaned_data
    how = {"what": given["what"], "zone": given["zone"], "dates": given["dates"]}
    file = given["file"]
    return start_import(file.file, name=file.name, language=get_language() or "en", by=request.user, **how)


def _chosen(job: Import, form: ColumnsForm) -> Import:
    given = form.cleaned_data
    return choose_columns(job, form.columns, zone=given["zone"], dates=given["dates"])
