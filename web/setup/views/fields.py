"""Custom fields of tickets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import save_audited
from accounts.models import User
from tickets.models import FieldDefinition
from web.common.access import administrator_required
from web.setup.forms.fields import FieldForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt, form_page, page
from web.setup.sections import FIELDS


@require_safe
@administrator_required
def fields(request: HttpRequest) -> HttpResponse:
    return page(request, "fields/list", section=FIELDS, fields=FieldDefinition.objects.order_by("position", "label"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def field_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, FieldDefinition())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def field(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(FieldDefinition, pk=pk))


def _edit(request: HttpRequest, definition: FieldDefinition) -> HttpResponse:
    title = definition.label
    form = FieldForm(request.POST if request.method == "POST" else None, instance=definition)
    if form.is_bound and form.is_valid() and attempt(form, lambda: _save(definition, request.user)):
        messages.success(request, _("Saved: %(name)s") % {"name": definition})
        return redirect("setup:fields")
    wrong = problems(form) if form.is_bound else []
    return form_page(request, "fields/edit", section=FIELDS, form=form, title=title, problems=wrong)


def _save(definition: FieldDefinition, by: User) -> FieldDefinition:
    save_audited(definition, by=by)
    return definition
