"""Who gets the tickets of which queue; which tickets need which skills, and how much they weigh by priority."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import remove_audited
from automation.assignment_setup import move_skill_rule, save_skill_rule, save_weights
from automation.models import PriorityWeight, Skill, SkillRule
from web.common.access import administrator_required
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import spelt_out
from web.common.condition_words import in_words
from web.setup.admin_choices import AdminChoices
from web.setup.assignment_tabs import tabs
from web.setup.changes import history_of
from web.setup.forms.problems import Problem, problems
from web.setup.forms.skills import SkillRuleForm, WeightsForm
from web.setup.pages import attempt_on, done, form_page, page, standing
from web.setup.queue_policies import policies
from web.setup.sections import ASSIGNMENT

# What a new rule begins with: every ticket.
EVERYTHING: Mapping[str, Any] = {"all": []}


@require_safe
@administrator_required
def assignment_queues(request: HttpRequest) -> HttpResponse:
    """Who gets the tickets of each queue."""
    return page(request, "assignment/queues", section=ASSIGNMENT, tabs=tabs("assignment_queues"), policies=policies())


@require_safe
@administrator_required
def skill_rules(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def skill_rule_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, SkillRule(condition=dict(EVERYTHING)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def skill_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(SkillRule, pk=pk))


@require_POST
@administrator_required
def skill_rule_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down: of several, the first decides on the level of a skill."""
    moved = get_object_or_404(SkillRule, pk=pk)
    move_skill_rule(moved, -1 if request.POST.get("to") == "up" else 1, by=request.user)
    return _list(request) if request.htmx else done(request, "setup:skill_rules")


@require_POST
@administrator_required
def skill_rule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(SkillRule, pk=pk)
    name = rule.name
    remove_audited(rule, by=request.user)
    messages.success(request, _("The requirement %(name)s is gone.") % {"name": name})
    return done(request, "setup:skill_rules")


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def weights(request: HttpRequest) -> HttpResponse:
    form = WeightsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():

        def save() -> bool:
            save_weights(form.weights, by=request.user)
            return True

        if attempt_on(PriorityWeight, request, form, save):
            messages.success(request, _("The points of work are saved."))
            return redirect("setup:weights")
    wrong = problems(form) if form.is_bound else []
    context = {"form": form, "problems": wrong, "tabs": tabs("weights"), **standing(request, PriorityWeight, form)}
    return form_page(request, "assignment/weights", section=ASSIGNMENT, **context)


def _list(request: HttpRequest) -> HttpResponse:
    rules = list(SkillRule.objects.all())
    names = {str(skill.pk): skill.name for skill in Skill.objects.all()}
    words = in_words([rule.condition for rule in rules], AdminChoices(request.user))
    rows = [
        (rule, words[place], [(names[key], level) for key, level in rule.wants.items() if key in names])
        for place, rule in enumerate(rules)
    ]
    context = {"rows": rows, "languages": Skill.objects.active().exclude(language=""), "tabs": tabs("skill_rules")}
    return page(request, "assignment/rules", section=ASSIGNMENT, **context)


def _edit(request: HttpRequest, rule: SkillRule) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row of the condition more or less, and keeps nothing."""
    title, is_new, choices = rule.name if rule.pk else "", rule.pk is None, AdminChoices(request.user)
    form, group = _typed(request, rule)
    if form.is_bound and _is_valid(form, rule, group, choices) and _save(request, form, rule):
        messages.success(request, _("Saved: %(name)s") % {"name": rule})
        return redirect("setup:skill_rules")
    if is_new:
        rule.pk = None  # a refused save has given it one
    wrong = [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(group) if leaf.error]
    context: dict[str, Any] = {
        "title": title,
        "pk": rule.pk,
        "form": form,
        "top": choices.drawn(choices.settle(group)),
        "fields": choices.fields,
        "rows_url": f"{request.path}?draw=rows",
        "problems": [*problems(form), *wrong] if form.is_bound else [],
        "history": history_of(rule),
        **standing(request, rule, form),
    }
    if request.htmx and request.GET.get("draw") == "rows":
        response = render(request, "setup/assignment/rule.html#builder", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "assignment/rule", section=ASSIGNMENT, **context)


def _typed(request: HttpRequest, rule: SkillRule) -> tuple[SkillRuleForm, Group]:
    if request.method != "POST":
        return SkillRuleForm(instance=rule), rows_of(spelt_out(rule.condition))
    data = request.POST
    if "draw" not in request.GET:
        return SkillRuleForm(data, instance=rule), posted(data)
    form = SkillRuleForm(instance=rule)
    form.initial |= {name: data.get(name, "") for name in form.fields}
    return form, edited(posted(data), data.get("edit", ""))


def _is_valid(form: SkillRuleForm, rule: SkillRule, group: Group, choices: AdminChoices) -> bool:
    """Puts the condition and the skills into the rule, too."""
    is_valid = form.is_valid()
    if is_valid:
        rule.wants = dict(form.wants)
    try:
        rule.condition = dict(condition_of(choices.settle(group), choices.known))
    except Unreadable:
        return False
    return is_valid


def _save(request: HttpRequest, form: SkillRuleForm, rule: SkillRule) -> bool:
    def save() -> bool:
        save_skill_rule(rule, by=request.user)
        return True

    return bool(attempt_on(rule, request, form, save))
