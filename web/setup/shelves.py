"""Plain settings: kinds of rows that need a list and a form and nothing more, drawn by one pair of pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import save_with_rows
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.retiring import before_retiring
from web.setup.sections import Section

Text = str | Promise
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Shelf:
    """`columns` are what the list shows beside the name: a heading, and what a row says there as plain text.

    `preview` makes what setup/parts/preview.html shows of the form as it was typed, unsaved; `retire` raises
    `ValidationError` for a row that cannot be spared; `save` saves the form where a row and its sets are not all.
    """

    section: Section
    model: type[models.Model]
    form: type[ModelForm]
    new: Text
    about: Text
    empty_title: Text
    empty_text: Text
    columns: Sequence[tuple[Text, Callable[[models.Model], Text]]] = ()
    preview: Callable[[HttpRequest], Any] | None = None
    retire: Callable[[Any], None] | None = None
    save: Callable[[Any, HttpRequest], object] | None = None

    @property
    def key(self) -> str:
        """Names the addresses: `key`, `key_new`, `key_row`."""
        return self.section.key

    @property
    def has_preview(self) -> bool:
        return self.preview is not None

    @property
    def url(self) -> str:
        return self.section.url

    @property
    def new_url(self) -> str:
        return reverse(f"setup:{self.key}_new")


def list_of(shelf: Shelf) -> View:
    """The page with all rows of the shelf."""

    @require_safe
    @administrator_required
    def view(request: HttpRequest) -> HttpResponse:
        rows = [
            {
                "row": row,
                "url": reverse(f"setup:{shelf.key}_row", args=[row.pk]),
                "cells": [(label, tell(row)) for label, tell in shelf.columns],
            }
            for row in shelf.model._default_manager.all()
        ]
        return page(request, "shelves/list", section=shelf.section, shelf=shelf, rows=rows)

    return view


def form_for(shelf: Shelf) -> View:
    """The page of a new row, or of the one named by `pk`."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @administrator_required
    def view(request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = get_object_or_404(shelf.model, pk=pk) if pk is not None else shelf.model()
        title = _(str(row)) if row.pk else ""
        if shelf.preview and "preview" in request.POST:
            return _tried(request, shelf, row, title)
        form = shelf.form(request.POST if request.method == "POST" else None, instance=row)
        context: dict[str, Any] = {}
        if form.is_bound and form.is_valid():
            context["dependents"] = before_retiring(row, form, request)
            if not context["dependents"] and attempt_on(row, request, form, lambda: _save(shelf, form, request)):
                messages.success(request, _("Saved: %(name)s") % {"name": row})
                return redirect(f"setup:{shelf.key}")
        context["problems"] = problems(form) if form.is_bound else []
        return _answer(request, shelf, row, title, form, context)

    return view


def _tried(request: HttpRequest, shelf: Shelf, row: models.Model, title: str) -> HttpResponse:
    """The form as it was typed, with its preview; nothing is checked and nothing saved."""
    fields, data = shelf.form.base_fields, request.POST
    typed = {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields.items()}
    form = shelf.form(initial=typed, instance=row)
    assert shelf.preview is not None
    return _answer(request, shelf, row, title, form, {"preview": shelf.preview(request)})


def _answer(
    request: HttpRequest, shelf: Shelf, row: models.Model, title: str, form: ModelForm, context: Mapping[str, Any]
) -> HttpResponse:
    shown = {"shelf": shelf, "form": form, "title": title, "history": history_of(row), **standing(request, row, form)}
    return form_page(request, "shelves/edit", section=shelf.section, **shown, **context)


def _save(shelf: Shelf, form: ModelForm, request: HttpRequest) -> models.Model:
    if shelf.retire and form.instance.pk and not form.instance.is_active:
        shelf.retire(form.instance)
    if shelf.save:
        shelf.save(form, request)
        return form.instance
    sets = {field.name: form.cleaned_data[field.name] for field in form.instance._meta.many_to_many}
    save_with_rows(form.instance, sets, by=request.user)
    return form.instance
