"""A link by which a customer who is known only by mail chooses a first password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mail.account_letters import ask_for_first_password
from web.common.access import agent_required
from web.desk.people import customer_to_edit_or_404


@require_POST
@agent_required
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter alone has the link: agents never see it."""
    found = customer_to_edit_or_404(request, pk)
    words = {"name": found, "address": found.email}
    if found.has_usable_password() or not found.is_active:
        messages.warning(request, _("%(name)s has a password or is not active any more, so no link was sent.") % words)
    else:
        ask_for_first_password(found)
        messages.success(request, _("A link to choose a password is on its way to %(address)s.") % words)
    return redirect("desk:person_page", found.pk)
