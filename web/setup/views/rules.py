"""Rules: in their order, each with when, if and then; written, tried on the past, published and paused."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation.models import Rule
from automation.rule_drafts import drop_draft, keep_draft, with_draft
from automation.ruling import move_rule, pause, publish, remove_rule, save_rule
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.effects_editor import drawn
from web.setup.finding import finding
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.rule_conditions import RuleChoices
from web.setup.rule_page import RulePage
from web.setup.rule_rows import latest_runs, place_of, rows, told_as_saved
from web.setup.rule_templates import template_named, templates
from web.setup.rule_trials import Tried, tried
from web.setup.sections import RULES

PARTS = {"rows": "_condition_drawn", "events": "_happenings_drawn"}


@require_safe
@administrator_required
def rules(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_safe
@administrator_required
def rule_choose(request: HttpRequest) -> HttpResponse:
    """Rules to start from."""
    return page(request, "automation/choose", section=RULES, templates=templates())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def rule_new(request: HttpRequest) -> HttpResponse:
    """`?template=` begins with a ready rule, `?copy=` with all of another one but its name."""
    text = request.GET.get("copy", "")
    copied = Rule.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if copied is None:
        template = template_named(request.GET.get("template", ""))
        return _edit(request, template.made() if template else Rule())
    queues = list(copied.queues.values_list("pk", flat=True))
    copied.pk, copied.status, copied.draft = None, Rule.Status.DRAFT, None
    copied.name = _("%(name)s (copy)") % {"name": copied.name[:90]}
    return _edit(request, copied, queues=queues)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Rule, pk=pk))


@require_POST
@administrator_required
def rule_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: each rule sees the ticket as those above have left it."""
    moved = get_object_or_404(Rule, pk=pk)
    move_rule(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:rules")


@require_POST
@administrator_required
def rule_publish(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Rule, pk=pk)
    _publish(request, one)
    return done(request, "setup:rule", pk)


@require_POST
@administrator_required
def rule_pause(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Rule, pk=pk)
    pause(one, by=request.user)
    messages.success(request, _("%(name)s is paused.") % {"name": one})
    return done(request, "setup:rule", pk)


@require_POST
@administrator_required
def rule_drop_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes that waited to be published are thrown away."""
    one = drop_draft(get_object_or_404(Rule, pk=pk), by=request.user)
    messages.success(request, _("The changes of %(name)s are thrown away. What ran before goes on.") % {"name": one})
    return done(request, "setup:rule", pk)


@require_POST
@administrator_required
def rule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Rule, pk=pk)
    name = one.name
    remove_rule(one, by=request.user)
    messages.success(request, _("The rule %(name)s is gone.") % {"name": name})
    return done(request, "setup:rules")


def _list(request: HttpRequest) -> HttpResponse:
    found = finding(request, rows(RuleChoices(request.user)), lambda row: row.text)
    context = {"finding": found, "rows": found.rows, "templates": [] if found.total else templates()}
    return page(request, "automation/rules", section=RULES, **context)


def _edit(request: HttpRequest, one: Rule, *, queues: list[int] | None = None) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row more or less; `preview` tries it on the past. Neither keeps
    anything. Where changes wait to be published, the page begins with these."""
    title, running = one.name if one.pk else "", one.draft is not None
    if request.method != "POST" and running:
        queues = with_draft(one)
    shown, trial = _page_of(request, one, queues), Tried()
    is_valid = shown.form.is_bound and shown.is_valid()
    if "preview" in request.POST:
        trial = tried(request.POST, one, shown.queue_ids(), reader=request.user, is_valid=is_valid)
    elif is_valid and _save(request, shown):
        return redirect("setup:rule", one.pk)
    elif not title:
        one.pk = None  # a refused save has given it one
    told = shown.told()
    context: dict[str, Any] = {
        "shown": shown,
        "form": shown.form,
        "rule": one,
        "pk": one.pk,
        "title": title,
        "is_new": one.pk is None,
        "place": place_of(one) if one.pk else "",
        "told": told,
        "editor": shown.editor,
        "top": shown.drawn_condition(),
        "field_groups": shown.choices.field_groups,
        "rows_url": f"{request.path}?draw=rows",
        "happenings_url": f"{request.path}?draw=events",
        "effects_url": f"{request.path}?draw=effects",
        "problems": shown.problems() if shown.form.is_bound else [],
        "history": history_of(one),
        "has_draft": running,
        "running": told_as_saved(one, shown.choices) if running else None,
        "tried": trial,
        "runs": latest_runs(one, request.user) if one.pk else [],
        **standing(request, one, shown.form),
    }
    part = request.GET.get("draw", "") if request.htmx and request.method == "POST" else ""
    if part == "effects":
        return drawn(request, shown.editor, context["effects_url"], told=told)
    if part in PARTS:
        response = render(request, f"setup/automation/{PARTS[part]}.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "automation/rule", section=RULES, **context)


def _page_of(request: HttpRequest, one: Rule, queues: list[int] | None) -> RulePage:
    choices = RuleChoices(request.user)
    if request.method != "POST":
        return RulePage.of(one, choices, queues=queues)
    if "draw" in request.GET:
        return RulePage.typed(one, request.POST, choices)
    return RulePage.sent(one, request.POST, choices)


def _save(request: HttpRequest, shown: RulePage) -> bool:
    one, queues = shown.rule, shown.form.cleaned_data["queues"]
    waits, pauses = "draft" in request.POST and one.is_active, request.POST.get("also") == "pause"

    def save() -> Rule:
        if waits:
            return keep_draft(one, queues, by=request.user)
        with transaction.atomic():  # what is paused with its changes never runs with them
            saved = save_rule(one, queues, by=request.user)
            return pause(saved, by=request.user) if pauses else saved

    was_active = one.is_active
    if not attempt_on(one, request, shown.form, save):
        return False
    if waits:
        said = _("The changes of %(name)s are kept as a draft. It goes on as it was until you publish them.")
    elif pauses:
        said = _("%(name)s is saved and paused.")
    elif "publish" in request.POST and not was_active:
        _publish(request, one)
        return True
    else:
        said = _("%(name)s works like this from now on.") if was_active else _("Saved: %(name)s")
    messages.success(request, said % {"name": one})
    return True


def _publish(request: HttpRequest, one: Rule) -> None:
    try:
        publish(one, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s is active from now on.") % {"name": one})
