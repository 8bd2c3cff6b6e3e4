"""Filters of incoming mail: in their order, each with its conditions and what it does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail.filters import move_filter, remove_filter
from mail.models import Filter
from tickets.options import junk_queue
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.filter_tabs import tabs
from web.setup.filter_words import told
from web.setup.forms.filters import FilterPage
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.sections import FILTERS

# What a new filter for spam begins with, for those whose mail server writes a score.
SPAM = [{"part": "header", "header": "X-Spam-Score", "test": "at_least", "value": "5"}]


@require_safe
@administrator_required
def filters(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def filter_new(request: HttpRequest) -> HttpResponse:
    """`?spam` begins with the score of a spam filter."""
    one = Filter()
    if request.method != "POST" and "spam" in request.GET:
        one.name, one.conditions, one.action = _("Spam by its score"), SPAM, Filter.Action.JUNK
    return _edit(request, one)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def filter_row(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Filter, pk=pk))


@require_POST
@administrator_required
def filter_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: of two that fit, the lower one has the last word."""
    moved = get_object_or_404(Filter, pk=pk)
    move_filter(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:filters")


@require_POST
@administrator_required
def filter_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Filter, pk=pk)
    name = one.name
    remove_filter(one, by=request.user)
    messages.success(request, _("The filter %(name)s is gone.") % {"name": name})
    return done(request, "setup:filters")


def _list(request: HttpRequest) -> HttpResponse:
    rows = told(Filter.objects.select_related("queue", "priority", "type"))
    return page(request, "filters/list", section=FILTERS, rows=rows, tabs=tabs("filters"))


def _edit(request: HttpRequest, one: Filter) -> HttpResponse:
    title, is_new = one.name if one.pk else "", one.pk is None
    shown = FilterPage(one, request.POST if request.method == "POST" else None, add=request.POST.get("more", ""))
    if (
        shown.form.is_bound
        and shown.is_valid()
        and attempt_on(one, request, shown.form, lambda: shown.save(by=request.user))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": one})
        return redirect("setup:filters")
    if is_new:
        one.pk = None  # a refused save has given it one
    context = {"title": title, "pk": one.pk, "shown": shown, "form": shown.form, "problems": shown.problems()}
    context |= {"history": history_of(one), "has_junk": junk_queue() is not None, **standing(request, one, shown.form)}
    return form_page(request, "filters/edit", section=FILTERS, **context)
