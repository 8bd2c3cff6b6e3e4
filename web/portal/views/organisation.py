"""The people of an organisation, for those who manage them: invite, say what they see, let go."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.managing import (
    change_member,
    invite,
    open_invitations,
    organisations_of_manager,
    remove_member,
    revoke,
)
from accounts.models import Membership, Organisation
from mail.account_letters import ask_to_join
from web.common.access import customer_required
from web.common.errors import too_many_requests
from web.common.limits import HOUR, Limit
from web.portal.organisation_forms import InviteForm

MOST_SHOWN = 200
# By one manager; who invites a whole company asks us for its domain.
INVITATIONS = Limit("invitations", most=30, seconds=HOUR)


@require_safe
@customer_required
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _managed(request, pk), InviteForm())


@require_POST
@customer_required
def organisation_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Says the same whether the address is known or not."""
    managed = _managed(request, pk)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, managed, form, status=422)
    if not INVITATIONS.take(request.user.pk):
        return too_many_requests(request)
    try:
        invitation = invite(form.guest(), managed, brand=request.brand, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, managed, form, status=422)
    ask_to_join(invitation, language=get_language() or "en")
    messages.success(request, _("An invitation is on its way to %(address)s.") % {"address": invitation.address})
    return redirect("portal:organisation", pk)


@require_POST
@customer_required
def organisation_revoke(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    managed = _managed(request, pk)
    revoke(get_object_or_404(managed.invitations, pk=invitation), by=request.user)
    messages.success(request, _("The invitation does not work any more."))
    return redirect("portal:organisation", pk)


@require_POST
@customer_required
def organisation_member(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Whether a member sees all requests of the organisation, or his own."""
    membership = _member(request, pk, member)
    change_member(membership, sees_all=request.POST.get("sees_all") == "on", by=request.user)
    messages.success(request, _("Saved: %(name)s") % {"name": membership.user})
    return redirect("portal:organisation", pk)


@require_POST
@customer_required
def organisation_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    membership = _member(request, pk, member)
    try:
        remove_member(membership, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        words = {"name": membership.user, "organisation": membership.organisation}
        messages.success(request, _("%(name)s does not belong to %(organisation)s any more.") % words)
    target = reverse("portal:organisation", args=[pk])
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _managed(request: HttpRequest, pk: int) -> Organisation:
    """404 for those whose people somebody else manages."""
    return get_object_or_404(organisations_of_manager(request.user), pk=pk)


def _member(request: HttpRequest, pk: int, member: int) -> Membership:
    members = Membership.objects.filter(organisation=_managed(request, pk)).select_related("user", "organisation")
    return get_object_or_404(members, user=member)


def _page(request: HttpRequest, managed: Organisation, form: InviteForm, *, status: int = 200) -> HttpResponse:
    members = Membership.objects.filter(organisation=managed, user__is_active=True).select_related("user")
    context = {
        "portal_section": "organisation",
        "organisation": managed,
        "members": members.order_by("user__name", "user_id")[:MOST_SHOWN],
        "invitations": open_invitations(managed),
        "domains": managed.domains.all(),
        "form": form,
    }
    return render(request, "portal/organisation.html", context, status=status)
