"""Roles: who is in them, and what they may do in each queue."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role, User
from accounts.roles import save_role
from tickets.grants import Table, grants_of, replace_grants_of
from tickets.models import Queue
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.people_field import suggestions
from web.setup.forms.problems import problems
from web.setup.forms.rights import RightsTable, Subject
from web.setup.forms.roles import RoleForm
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.sections import ROLES

# More agents than this are not offered while typing; they can still be written out.
MAX_SUGGESTIONS = 1000


@require_safe
@administrator_required
def roles(request: HttpRequest) -> HttpResponse:
    members = Count("group__user", filter=Q(group__user__is_agent=True, group__user__is_active=True))
    rows = Role.objects.select_related("group").annotate(members=members).order_by("group__name")
    return page(request, "roles/list", section=ROLES, roles=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def role_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def role(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Role.objects.select_related("group"), pk=pk))


def _edit(request: HttpRequest, role: Role | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, rights, thing = RoleForm(data, role=role), _rights_table(role, data), role or Role()
    valid = data is not None and form.is_valid()
    if valid and (saved := attempt_on(thing, request, form, lambda: _save(role, form, rights, request.user))):
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("setup:role", saved.pk)
    if getattr(form, "conflicts", None):
        rights.accept_news()
    agents = User.objects.agents().order_by("name", "pk")[:MAX_SUGGESTIONS]
    context = {
        "role": role,
        "form": form,
        "rights": rights,
        "agents": suggestions(agents),
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(thing),
        **standing(request, thing, form),
    }
    return form_page(request, "roles/edit", section=ROLES, **context)


def _save(role: Role | None, form: RoleForm, rights: RightsTable, by: User) -> Role:
    saved = save_role(role, form.facts, by=by)
    replace_grants_of(saved, rights.wanted, shown=rights.shown, by=by)
    return saved


def _rights_table(role: Role | None, data) -> RightsTable:
    """Queues times rights for this role, with what comes down the tree."""
    granted: Table = grants_of(role.group) if role else {}
    queues = {queue.pk: queue for queue in Queue.objects.order_by("path")}
    subjects = []
    for queue in queues.values():
        above = _above(queue, queues)
        inherited = [(one.place, granted[one.pk]) for one in above if one.pk in granted]
        subjects.append(Subject(queue.pk, queue.place, queue.pk, inherited, depth=min(len(above), 4)))
    return RightsTable(subjects, granted, data)


def _above(queue: Queue, queues: dict[int, Queue]) -> list[Queue]:
    found: list[Queue] = []
    while queue.parent_id and queue.parent_id in queues and queues[queue.parent_id] not in found:
        queue = queues[queue.parent_id]
        found.append(queue)
    return found
