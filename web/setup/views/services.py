"""The request catalogue: topics and services as a tree, and what each of them is. Their forms: service_forms.py."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.models import Service
from tickets.servicedefinitions import move_service, save_service
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.problems import problems
from web.setup.forms.services import ServiceForm
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.retiring import before_retiring
from web.setup.sections import SERVICES
from web.setup.service_tabs import tabs


@require_safe
@administrator_required
def services(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def service_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Service(), is_topic=False)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def topic_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Service(), is_topic=True)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def service(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Service.objects.select_related("parent", "queue"), pk=pk)
    return _edit(request, found, is_topic=found.is_topic)


@require_POST
@administrator_required
def service_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among those beside it."""
    moved = get_object_or_404(Service, pk=pk)
    move_service(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:services")


def _list(request: HttpRequest) -> HttpResponse:
    rows = Service.objects.select_related("queue").prefetch_related("brands", "organisations")
    rows = list(rows.annotate(asks=Count("questions")).order_by(*Service._meta.ordering))
    return page(request, "services/list", section=SERVICES, rows=list(_tree(rows, None, 0)))


def _tree(rows: list[Service], parent: int | None, depth: int) -> Iterable[tuple[Service, int, bool, bool]]:
    """Each with its depth, and whether it is the first and the last of those beside it."""
    beside = [row for row in rows if row.parent_id == parent]
    for place, row in enumerate(beside):
        yield row, min(depth, 4), place == 0, place == len(beside) - 1
        yield from _tree(rows, row.pk, depth + 1)


def _edit(request: HttpRequest, shown: Service, *, is_topic: bool) -> HttpResponse:
    title, is_new, dependents = shown.name if shown.pk else "", shown.pk is None, []
    form = ServiceForm(request.POST if request.method == "POST" else None, instance=shown, is_topic=is_topic)
    if form.is_bound and form.is_valid():
        dependents = before_retiring(shown, form, request)
        if not dependents and attempt_on(shown, request, form, lambda: _save(form, request)):
            messages.success(request, _("Saved: %(name)s") % {"name": shown.name})
            return redirect("setup:service_form", shown.pk) if is_new and not is_topic else redirect("setup:services")
    if is_new:
        shown.pk = None  # a refused save has given it one
    context = {
        "form": form,
        "title": title,
        "is_topic": is_topic,
        "tabs": tabs(shown, "service") if shown.pk and not is_topic else [],
        "history": history_of(shown),
        **standing(request, shown, form),
    }
    wrong = problems(form) if form.is_bound else []
    return form_page(request, "services/edit", section=SERVICES, problems=wrong, dependents=dependents, **context)


def _save(form: ServiceForm, request: HttpRequest) -> Service:
    sets = {name: form.cleaned_data[name] for name in ("organisations", "brands")}
    return save_service(form.instance, sets, by=request.user)
