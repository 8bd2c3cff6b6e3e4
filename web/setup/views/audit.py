"""The audit log: who changed which setting when, and what it was before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import ConfigChange
from core.pagination import page_of
from web.common.access import administrator_required
from web.setup.changes import KINDS, described
from web.setup.pages import listing, page
from web.setup.sections import AUDIT


@require_safe
@administrator_required
def audit(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    rows = ConfigChange.objects.select_related("actor")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    found = page_of(rows, order=("-pk",), cursor=request.GET.get("cursor", ""))
    context = {"changes": [described(change) for change in found.rows], "kind": kind, "kinds": list(KINDS.items())}
    return listing(request, "audit/list", found, section=AUDIT, **context)


@require_safe
@administrator_required
def audit_change(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(ConfigChange.objects.select_related("actor"), pk=pk)
    return page(request, "audit/change", section=AUDIT, described=described(change))
