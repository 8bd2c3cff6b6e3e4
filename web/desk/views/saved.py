"""Saved views: making, changing and removing one. (Its list of tickets: lists.py.)"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from tickets.conditions import ConditionError
from tickets.finding import condition_of as meaning_of
from tickets.language import LanguageError
from tickets.models import SavedView
from tickets.saved import remove_view, save_view, tickets_in_saved, views_for
from tickets.views import OPEN, counted
from web.common.access import agent_required
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import Choices, spelt_out
from web.desk.answers import number_in
from web.desk.forms.saved import SavedViewForm, values_of

ask_or_change = require_http_methods(["GET", "HEAD", "POST"])


@ask_or_change
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    """`?q=` begins with the condition of a search, `?copy=` with another view."""
    view = SavedView(owner=request.user, condition={"all": [OPEN]})
    if request.method == "POST":
        return _save(request, view, done=_("The view is saved."))
    if copied := views_for(request.user).filter(pk=number_in(request, "copy") or 0).first():
        copied.pk = None
        view = copied
    elif query := request.GET.get("q", ""):
        view.condition = _meaning(query, request.user)
        view.name = query[:60]
    view.order = request.GET.get("order") or view.order
    view.group_by = request.GET.get("group", view.group_by)
    return _form(request, view, SavedViewForm(agent=request.user, initial=values_of(view)))


@ask_or_change
@agent_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own_or_404(request, pk)
    if request.method == "POST":
        return _save(request, view, done=_("The view is saved."))
    return _form(request, view, SavedViewForm(agent=request.user, initial=values_of(view)))


@require_POST
@agent_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own_or_404(request, pk)
    remove_view(view, by=request.user)
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return redirect("desk:tickets")


@require_POST
@agent_required
def rows(request: HttpRequest) -> HttpResponse:
    """The builder after a row was added, taken away or changed. Nothing is kept."""
    group = posted(request.POST)
    if "edit" in request.POST:
        group = edited(group, request.POST["edit"])
    pk = number_in(request, "view")
    view = _own_or_404(request, pk) if pk else SavedView(owner=request.user)
    form = SavedViewForm(agent=request.user, initial=_plain(request))
    return _form(request, view, form, group=group, condition=_condition(group, Choices(request.user)))


def _own_or_404(request: HttpRequest, pk: int) -> SavedView:
    view = SavedView.objects.filter(pk=pk, owner=request.user).first()
    if view is None:
        raise Http404
    return view


def _plain(request: HttpRequest) -> dict[str, Any]:
    """What stands in the other fields, unchecked."""
    data = request.POST
    return {name: data.get(name, "") for name in ("name", "order", "group_by")} | {
        "columns": data.getlist("columns"),
        "roles": [pk for pk in data.getlist("roles") if pk.isdecimal()],
    }


def _meaning(query: str, user: User) -> Mapping[str, Any]:
    try:
        return meaning_of(query, user)
    except LanguageError:
        return {"all": []}


def _condition(group: Group, choices: Choices) -> Mapping[str, Any] | None:
    """None while the rows are not complete; why is only told to who wants to save them."""
    try:
        return condition_of(choices.settle(group), choices.known)
    except Unreadable:
        for leaf in leaves(group):
            leaf.error = ""
        return None


def _save(request: HttpRequest, view: SavedView, *, done: str) -> HttpResponse:
    form, group = SavedViewForm(request.POST, agent=request.user), posted(request.POST)
    choices = Choices(request.user)
    try:
        condition = condition_of(choices.settle(group), choices.known)
    except Unreadable:
        form.is_valid()
        return _form(request, view, form, group=group, status=422)
    if form.is_valid():
        try:
            view.condition = condition
            save_view(form.put_into(view), roles=form.cleaned_data["roles"], by=request.user)
        except ValidationError as error:
            for name, texts in getattr(error, "error_dict", {None: [error]}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, done)
            return redirect("desk:saved", view.pk)
    return _form(request, view, form, group=group, condition=condition, status=422)


def _form(
    request: HttpRequest,
    view: SavedView,
    form: SavedViewForm,
    *,
    group: Group | None = None,
    condition: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    choices = Choices(request.user)
    if group is None:
        condition, group = view.condition, rows_of(spelt_out(view.condition))
    context = {
        "form": form,
        "view": view,
        "fields": choices.fields,
        "top": choices.drawn(choices.settle(group)),
        "number": _number_of(condition, request.user) if condition is not None else None,
        "section": "tickets",
    }
    response = render(request, f"desk/saved_form.html{'#builder' if request.htmx else ''}", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _number_of(condition: Mapping[str, Any], user: User) -> int | None:
    """How many tickets fit now, counted no further than the counters count."""
    try:
        (number,) = counted([tickets_in_saved(SavedView(condition=condition), user)])
    except ConditionError:
        return None
    return number
