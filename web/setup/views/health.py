"""System health on one page, and another try for events that were given up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mail.models import Account
from tickets.deliveries import retry_delivery
from tickets.models import Delivery
from web.common.access import administrator_required
from web.setup import health as facts
from web.setup.pages import page
from web.setup.sections import HEALTH

MAX_PARKED = 50


@never_cache
@require_safe
@administrator_required
def health(request: HttpRequest) -> HttpResponse:
    server, milliseconds = facts.database()
    parked = Delivery.objects.parked().select_related("event").order_by("parked_at", "pk")[:MAX_PARKED]
    return page(
        request,
        "health",
        section=HEALTH,
        server=server,
        milliseconds=round(milliseconds, 1),
        redis=facts.redis_answers(),
        disk=facts.disk(),
        version=facts.version(),
        libraries=facts.libraries(),
        processes=facts.processes(),
        duties=facts.duties(),
        accounts=Account.objects.filter(is_active=True).order_by("name")[:100],
        parked=parked,
    )


@require_POST
@administrator_required
def delivery_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if retry_delivery(get_object_or_404(Delivery, pk=pk), by=request.user):
        messages.success(request, _("It is tried again."))
    else:
        messages.warning(request, _("There is nothing to try again."))
    return redirect("setup:health")
