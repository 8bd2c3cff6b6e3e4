"""Roles, queues and rights in one table."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from core.text import clean_line, fold
from tickets.grants import all_grants, change_grants
from tickets.models import Queue
from web.common.access import administrator_required
from web.setup.changes import conflicts_in_words
from web.setup.forms.rights_matrix import RightsMatrix
from web.setup.pages import attempt, form_page
from web.setup.sections import ROLES

# What fits beside each other; further roles and queues are chosen above the table.
MAX_ROLES = 5
MAX_QUEUES = 100


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def rights(request: HttpRequest) -> HttpResponse:
    """Only what was touched is saved, and refused where somebody else has touched it meanwhile."""
    roles, words = list(Role.objects.select_related("group").order_by("group__name")), _words(request)
    tree = {queue.pk: queue for queue in Queue.objects.order_by("path")}
    chosen, queues = _chosen(request, roles), [queue for queue in tree.values() if _fits(queue, words)]
    granted = all_grants([role.group_id for role in chosen])
    data = request.POST if request.method == "POST" else None
    matrix = RightsMatrix(chosen, queues[:MAX_QUEUES], tree, granted, data)
    form = forms.Form(data)
    if data is not None:
        number = attempt(form, lambda: change_grants(matrix.wanted, shown=matrix.shown, by=request.user))
        if number is not None:
            _say(request, number)
            return HttpResponseRedirect(_address(chosen, words))
        matrix.accept_news()
    context = {
        "matrix": matrix,
        "conflicts": conflicts_in_words(getattr(form, "conflicts", [])),
        "roles": [(role, role in chosen, _address(_toggled(chosen, role), words)) for role in roles],
        "words": words,
        "hidden_queues": max(0, len(queues) - MAX_QUEUES),
        "here": _address(chosen, words),
        "chosen": chosen,
    }
    return form_page(request, "roles/rights", section=ROLES, **context)


def _chosen(request: HttpRequest, roles: Sequence[Role]) -> list[Role]:
    """The roles in the address, or the first few."""
    wanted = set(request.GET.getlist("role"))
    return [role for role in roles if str(role.pk) in wanted][:MAX_ROLES] or list(roles[:MAX_ROLES])


def _toggled(chosen: Sequence[Role], role: Role) -> list[Role]:
    """With this role, or without it; of too many the first one goes."""
    others = [one for one in chosen if one != role]
    return others if len(others) < len(chosen) else [*chosen, role][-MAX_ROLES:]


def _words(request: HttpRequest) -> str:
    return clean_line(request.GET.get("q", ""), 100)


def _fits(queue: Queue, words: str) -> bool:
    return all(word in fold(queue.path) for word in fold(words).split())


def _address(roles: Sequence[Role], words: str) -> str:
    query = [("role", role.pk) for role in roles] + ([("q", words)] if words else [])
    return f"{reverse('setup:rights')}?{urlencode(query)}"


def _say(request: HttpRequest, number: int) -> None:
    if number:
        words = ngettext("%(number)s cell was changed.", "%(number)s cells were changed.", number)
        messages.success(request, words % {"number": number})
    else:
        messages.info(request, _("Nothing was changed."))
