"""Whose word counts about a sender, and where special headers are obeyed: for each mailbox and each door of ours."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mail.models import Account, Trust
from mail.trust import save_trust, trust_of_account, trust_of_door
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.filter_tabs import tabs
from web.setup.forms.problems import problems
from web.setup.forms.trust import TrustForm
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.sections import FILTERS


@require_safe
@administrator_required
def trust_list(request: HttpRequest) -> HttpResponse:
    doors = {trust.door: trust for trust in Trust.objects.exclude(door="")}
    rows = [(label, reverse("setup:trust_door", args=[key]), doors.get(key)) for key, label in Trust.Door.choices]
    for account in Account.objects.select_related("trust").order_by("name"):
        rows.append((account.name, reverse("setup:trust_account", args=[account.pk]), getattr(account, "trust", None)))
    return page(request, "filters/trust_list", section=FILTERS, rows=rows, tabs=tabs("trust_list"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def trust_account(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, trust_of_account(get_object_or_404(Account, pk=pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def trust_door(request: HttpRequest, key: str) -> HttpResponse:
    if key not in Trust.Door.values:
        raise Http404
    return _edit(request, trust_of_door(key))


def _edit(request: HttpRequest, trust: Trust) -> HttpResponse:
    form = TrustForm(request.POST if request.method == "POST" else None, instance=trust)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(trust, request, form, lambda: save_trust(form.instance, by=request.user))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": trust})
        return redirect("setup:trust_list")
    context = {"form": form, "title": str(trust), "problems": problems(form) if form.is_bound else []}
    context |= {"history": history_of(trust), **standing(request, trust, form)}
    return form_page(request, "filters/trust", section=FILTERS, **context)
