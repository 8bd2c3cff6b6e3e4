"""Custom fields of tickets."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.choices import still_chosen
from tickets.fielddefinitions import move_field, save_field
from tickets.fieldindex import ready_indexes
from tickets.models import FieldDefinition
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.fields import FieldForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.retiring import Dependent, before_retiring
from web.setup.sections import FIELDS


@require_safe
@administrator_required
def fields(request: HttpRequest) -> HttpResponse:
    rows = list(FieldDefinition.objects.prefetch_related("queues", "types"))
    return page(request, "fields/list", section=FIELDS, fields=rows, ready=ready_indexes(), last=len(rows))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def field_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, FieldDefinition())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def field(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(FieldDefinition, pk=pk))


@require_POST
@administrator_required
def field_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down in the order."""
    moved = get_object_or_404(FieldDefinition, pk=pk)
    move_field(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return done(request, "setup:fields")


def _edit(request: HttpRequest, definition: FieldDefinition) -> HttpResponse:
    title, dependents = definition.label, []
    form = FieldForm(request.POST if request.method == "POST" else None, instance=definition)
    if form.is_bound and form.is_valid():
        dependents = [*before_retiring(definition, form, request), *_of_choices(form, request)]
        if not dependents and attempt_on(definition, request, form, lambda: _save(form, request)):
            messages.success(request, _("Saved: %(name)s") % {"name": definition})
            return redirect("setup:fields")
    context = {"form": form, "title": title, "history": history_of(definition), **standing(request, definition, form)}
    wrong = problems(form) if form.is_bound else []
    return form_page(request, "fields/edit", section=FIELDS, problems=wrong, dependents=dependents, **context)


def _save(form: FieldForm, request: HttpRequest) -> FieldDefinition:
    sets = {name: form.cleaned_data[name] for name in ("queues", "types")}
    return save_field(form.instance, sets, by=request.user)


def _of_choices(form: FieldForm, request: HttpRequest) -> Iterable[Dependent]:
    field, removed = form.instance, form.removed_choices()
    if field.pk is None or not removed or "confirmed" in request.POST:
        return []
    return [Dependent(text) for text in still_chosen(field, removed)]
