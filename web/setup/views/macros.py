"""Macros: in the order in which agents find them, each with what it does and who is offered it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation.effects import sentence_of
from automation.macro_setup import move_macro, pause_macro, remove_macro, save_macro
from automation.models import Macro
from automation.naming import names_known
from web.common.access import administrator_required
from web.common.effect_words import named_in
from web.setup.changes import history_of
from web.setup.effect_asks import Offered
from web.setup.effects_editor import EffectsEditor, drawn
from web.setup.finding import finding
from web.setup.forms.macros import MacroForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.sections import MACROS

SEVERAL = ("roles", "queues")


@require_safe
@administrator_required
def macros(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def macro_new(request: HttpRequest) -> HttpResponse:
    """`?copy=` begins with all of another one but its name and its key."""
    text = request.GET.get("copy", "")
    copied = Macro.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if copied is None:
        return _edit(request, Macro())
    chosen = {name: list(getattr(copied, name).values_list("pk", flat=True)) for name in SEVERAL}
    copied.pk, copied.key = None, ""
    copied.name = _("%(name)s (copy)") % {"name": copied.name[:90]}
    return _edit(request, copied, chosen=chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def macro(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Macro, pk=pk))


@require_POST
@administrator_required
def macro_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down in the menus of agents."""
    moved = get_object_or_404(Macro, pk=pk)
    move_macro(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:macros")


@require_POST
@administrator_required
def macro_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, or offer it again."""
    one = get_object_or_404(Macro, pk=pk)
    if request.POST.get("to") != "on":
        pause_macro(one, by=request.user)
        messages.success(request, _("%(name)s is paused.") % {"name": one})
        return done(request, "setup:macro", pk)
    one.is_active = True
    try:
        save_macro(one, roles=one.roles.all(), queues=one.queues.all(), by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s is active from now on.") % {"name": one})
    return done(request, "setup:macro", pk)


@require_POST
@administrator_required
def macro_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Macro, pk=pk)
    name = one.name
    remove_macro(one, by=request.user)
    messages.success(request, _("The macro %(name)s is gone.") % {"name": name})
    return done(request, "setup:macros")


def _list(request: HttpRequest) -> HttpResponse:
    found = list(Macro.objects.prefetch_related("roles", "queues"))
    with names_known(named_in(values for one in found for values in one.effects)):
        rows = [(one, [sentence_of(values) for values in one.effects]) for one in found]
    found = finding(request, rows, lambda row: " ".join([row[0].name, *row[1]]))
    return page(request, "automation/macros", section=MACROS, finding=found, rows=found.rows)


def _edit(request: HttpRequest, one: Macro, *, chosen: dict[str, Sequence[int]] | None = None) -> HttpResponse:
    """`?draw=effects` draws the list of effects as it is typed, and keeps nothing."""
    title, was_active = one.name if one.pk else "", one.is_active
    form, editor = _typed(request, one, chosen)
    is_bound = form.is_bound
    if is_bound and all([form.is_valid(), editor.is_valid()]) and _save(request, one, form, editor):
        return redirect("setup:macros")
    if not title:
        one.pk = None  # a refused save has given it one
    effects_url = f"{request.path}?draw=effects"
    if request.htmx and request.GET.get("draw") == "effects" and request.method == "POST":
        return drawn(request, editor, effects_url)
    context: dict[str, Any] = {
        "form": form,
        "editor": editor,
        "effects_url": effects_url,
        "is_active": was_active,
        "pk": one.pk,
        "title": title,
        "is_new": one.pk is None,
        "problems": [*problems(form), *editor.problems()] if is_bound else [],
        "history": history_of(one),
        **standing(request, one, form),
    }
    return form_page(request, "automation/macro", section=MACROS, **context)


def _typed(
    request: HttpRequest, one: Macro, chosen: dict[str, Sequence[int]] | None
) -> tuple[MacroForm, EffectsEditor]:
    offered, data = Offered(), request.POST
    if request.method != "POST":
        form = MacroForm(instance=one, initial=dict(chosen or {}))
        return form, EffectsEditor.of(one.effects, offered, for_person=True)
    if "draw" in request.GET:
        values = {name: data.getlist(name) if name in SEVERAL else data.get(name, "") for name in MacroForm.base_fields}
        return MacroForm(instance=one, initial=values), EffectsEditor.typed(data, offered, for_person=True)
    return MacroForm(data, instance=one), EffectsEditor.sent(data, offered, for_person=True)


def _save(request: HttpRequest, one: Macro, form: MacroForm, editor: EffectsEditor) -> bool:
    """With the switch that was pressed, where it was."""
    one.effects = editor.effects
    given, also, was_active = form.cleaned_data, request.POST.get("also"), one.is_active
    one.is_active = also == "on" or (was_active and also != "off")

    def save() -> Macro:
        return save_macro(one, roles=given["roles"], queues=given["queues"], by=request.user)

    if attempt_on(one, request, form, save) is None:
        one.is_active = was_active
        return False
    said = _("%(name)s is saved and paused.") if was_active and not one.is_active else _("Saved: %(name)s")
    messages.success(request, said % {"name": one})
    return True
