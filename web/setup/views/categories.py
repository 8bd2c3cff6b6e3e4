"""Categories of the knowledge base: the tree in which articles stand."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.categories import move_category, remove_category, save_category, tree
from knowledge.models import Category
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.categories import CategoryForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.sections import CATEGORIES


@require_safe
@administrator_required
def categories(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def category_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Category())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def category(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Category.objects.select_related("parent"), pk=pk))


@require_POST
@administrator_required
def category_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among those beside it."""
    moved = get_object_or_404(Category, pk=pk)
    move_category(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:categories")


@require_POST
@administrator_required
def category_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Only an empty one."""
    found = get_object_or_404(Category, pk=pk)
    name = found.name
    try:
        remove_category(found, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return done(request, "setup:category", pk)
    messages.success(request, _("The category %(name)s is gone.") % {"name": name})
    return done(request, "setup:categories")


def _list(request: HttpRequest) -> HttpResponse:
    rows = Category.objects.prefetch_related("brands").annotate(number=Count("articles"))
    return page(request, "categories/list", section=CATEGORIES, rows=list(_lines(tree(rows))))


def _lines(rows: list[tuple[int, Category]]) -> Iterable[tuple[Category, str, int, bool, bool]]:
    """Each with its name in the reader's language, its depth, and whether it is first and last of those beside it."""
    language = get_language() or ""
    beside: dict[int | None, list[int]] = {}
    for _depth, row in rows:
        beside.setdefault(row.parent_id, []).append(row.pk)
    for depth, row in rows:
        others = beside[row.parent_id]
        yield row, row.name_in(language), min(depth, 4), row.pk == others[0], row.pk == others[-1]


def _edit(request: HttpRequest, shown: Category) -> HttpResponse:
    title, is_new = shown.name if shown.pk else "", shown.pk is None
    form = CategoryForm(request.POST if request.method == "POST" else None, instance=shown)
    if form.is_bound and form.is_valid() and attempt_on(shown, request, form, lambda: _save(form, request)):
        messages.success(request, _("Saved: %(name)s") % {"name": shown.name})
        return redirect("setup:categories")
    if is_new:
        shown.pk = None  # a refused save has given it one
    context = {
        "form": form,
        "title": title,
        "pk": shown.pk,
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(shown),
        **standing(request, shown, form),
    }
    return form_page(request, "categories/edit", section=CATEGORIES, **context)


def _save(form: CategoryForm, request: HttpRequest) -> Category:
    return save_category(form.instance, brands=form.cleaned_data["brands"], by=request.user)
