"""Agents: who works tickets and how much, what becomes of it when somebody leaves, and signing out everywhere."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.leaving import deactivate, sign_out_everywhere
from accounts.models import Role, User
from core.counting import capped
from core.pagination import page_of
from core.text import clean_line
from tickets.handover import count_open_tickets, hand_over
from web.common.access import administrator_required
from web.setup.forms.leaving import HEIR, STAY, LeavingForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, listing, standing
from web.setup.retiring import dependents
from web.setup.sections import AGENTS
from web.setup.views.people import searched


@require_safe
@administrator_required
def agents(request: HttpRequest) -> HttpResponse:
    words, show = clean_line(request.GET.get("q", ""), 100), request.GET.get("show", "")
    rows = _people().filter(is_agent=True, is_active=show != "inactive")
    role = request.GET.get("role", "")
    if role.isascii() and role.isdecimal() and len(role) < 10:
        rows = rows.filter(groups__role=int(role))
    groups = Prefetch("groups", Group.objects.select_related("role").order_by("name"))
    found = page_of(
        searched(rows, words).prefetch_related(groups), order=("name", "pk"), cursor=request.GET.get("cursor", "")
    )
    numbers = count_open_tickets([person.pk for person in found.rows])
    today = timezone.localdate()
    for person in found.rows:
        person.open_tickets = capped(numbers[person.pk])["number"]
        person.is_away_today = person.is_away(today)
    roles = Role.objects.select_related("group").order_by("group__name")
    return listing(
        request, "agents/list", found, section=AGENTS, words=words, show=show, role=role, roles=roles, today=today
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that leans on the person, and what becomes of it."""
    person = get_object_or_404(_people().active().exclude(pk=request.user.pk), pk=pk)
    form = LeavingForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_bound and form.is_valid() and attempt_on(person, request, form, lambda: _leave(person, form, request)):
        messages.success(request, _("%(name)s is deactivated and signed out.") % {"name": person})
        return redirect("setup:agents" if person.is_agent else "setup:people")
    context = {
        "person": person,
        "form": form,
        "leaning": dependents(person),
        "problems": problems(form) if form.is_bound else [],
        **standing(request, person, form),
    }
    return form_page(request, "agents/deactivate", section=AGENTS, **context)


@require_POST
@administrator_required
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(_people(), pk=pk)
    sign_out_everywhere(person, by=request.user)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person})
    return done(request, "setup:person", pk)


def _leave(person: User, form: LeavingForm, request: HttpRequest) -> bool:
    deactivate(person, by=request.user)
    chosen = form.cleaned_data["tickets"]
    if chosen != STAY:
        hand_over(person, form.cleaned_data["heir"] if chosen == HEIR else None, by=request.user)
    return True


def _people() -> QuerySet[User]:
    return User.objects.filter(system_key__isnull=True)
