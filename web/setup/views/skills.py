"""Skills: the table of agents and skills, and one skill."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from automation.assignment_setup import Changed, LevelsChanged, change_levels, remove_skill, save_skill
from automation.models import AgentSkill, Skill
from core.text import clean_line
from web.common.access import administrator_required
from web.setup.assignment_tabs import tabs
from web.setup.changes import history_of
from web.setup.forms.problems import Problem, problems
from web.setup.forms.skill_matrix import SkillMatrix
from web.setup.forms.skills import SkillForm
from web.setup.pages import attempt_on, done, form_page, standing
from web.setup.sections import ASSIGNMENT
from web.setup.views.people import searched

# More are found by their name.
MAX_AGENTS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def assignment(request: HttpRequest) -> HttpResponse:
    """Only what was touched is saved, and refused where somebody else has touched it meanwhile."""
    words = clean_line(request.GET.get("q", ""), 100)
    found = searched(User.objects.agents(), words).order_by("name", "pk")[: MAX_AGENTS + 1]
    people, skills = list(found), list(Skill.objects.active())
    hidden = len(people) > MAX_AGENTS
    people = people[:MAX_AGENTS]
    data = request.POST if request.method == "POST" else None
    rows = AgentSkill.objects.filter(user__in=people, skill__in=skills).values_list("user", "skill", "level")
    matrix = SkillMatrix(people, skills, {(user, skill): level for user, skill, level in rows}, data)
    here = _address(words)
    changed: list[Changed] = []
    if data is not None and not matrix.wrong:
        try:
            number = change_levels(matrix.wanted, shown=matrix.shown, by=request.user)
        except LevelsChanged as error:
            changed = error.changed
            matrix.accept_news()
        else:
            _say(request, number)
            return HttpResponseRedirect(here)
    context = {
        "matrix": matrix,
        "conflicts": [_conflict(one) for one in changed],
        "problems": [Problem(_("Levels go from 1 to 5."))] if matrix.wrong else [],
        "words": words,
        "hidden": hidden,
        "here": here,
        "tabs": tabs("assignment"),
        "inactive": Skill.objects.filter(is_active=False),
    }
    return form_page(request, "assignment/skills", section=ASSIGNMENT, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def skill_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Skill())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def skill(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Skill, pk=pk))


@require_POST
@administrator_required
def skill_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Skill, pk=pk)
    name = one.name
    remove_skill(one, by=request.user)
    messages.success(request, _("The skill %(name)s is gone.") % {"name": name})
    return done(request, "setup:assignment")


def _edit(request: HttpRequest, one: Skill) -> HttpResponse:
    title, is_new = one.name if one.pk else "", one.pk is None
    form = SkillForm(request.POST if request.method == "POST" else None, instance=one)
    if form.is_bound and form.is_valid() and attempt_on(one, request, form, lambda: _save(one, request.user)):
        messages.success(request, _("Saved: %(name)s") % {"name": one})
        return redirect("setup:assignment")
    if is_new:
        one.pk = None  # a refused save has given it one
    context = {
        "title": title,
        "pk": one.pk,
        "form": form,
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(one),
        **standing(request, one, form),
    }
    return form_page(request, "assignment/skill", section=ASSIGNMENT, **context)


def _save(one: Skill, by: User) -> Skill:
    save_skill(one, by=by)
    return one


def _conflict(one: Changed) -> str:
    words = {"name": one.person, "skill": one.skill, "level": one.level}
    if not one.level:
        return _("%(name)s does not have the skill %(skill)s any more.") % words
    return _("%(name)s has the skill %(skill)s at level %(level)s now.") % words


def _address(words: str) -> str:
    return f"{reverse('setup:assignment')}?{urlencode({'q': words})}" if words else reverse("setup:assignment")


def _say(request: HttpRequest, number: int) -> None:
    if number:
        words = ngettext("%(number)s level was changed.", "%(number)s levels were changed.", number)
        messages.success(request, words % {"number": number})
    else:
        messages.info(request, _("Nothing was changed."))
