"""System health on one page, and another try for events that were given up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mail.alarms import troubles
from mail.fetching.health import health_of
from mail.models import Account
from mail.outbox_figures import sending
from reports import checking
from tickets.deliveries import retry_delivery
from tickets.models import Delivery
from web.common import machinery as facts
from web.common.access import administrator_required
from web.setup.alarms import alarms
from web.setup.pages import page
from web.setup.sections import HEALTH

MAX_PARKED, MAX_MAILBOXES = 50, 100


@never_cache
@require_safe
@administrator_required
def health(request: HttpRequest) -> HttpResponse:
    server, milliseconds = facts.database()
    accounts = Account.objects.filter(is_active=True).select_related("consent").order_by("name")
    leaving = sending()
    parked = Delivery.objects.parked().select_related("event").order_by("parked_at", "pk")[:MAX_PARKED]
    return page(
        request,
        "health",
        section=HEALTH,
        server=server,
        milliseconds=round(milliseconds, 1),
        redis=facts.redis_answers(),
        disk=facts.disk(),
        scanner=facts.scanner(),
        version=facts.version(),
        libraries=facts.libraries(),
        processes=facts.processes(),
        duties=facts.duties(),
        mailboxes=health_of(list(accounts)[:MAX_MAILBOXES]),
        parked=parked,
        alarms=list(alarms(troubles(accounts=accounts, failing=leaving.failing))),
        sending=leaving,
        counted=checking.latest(),
    )


@require_POST
@administrator_required
def delivery_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if retry_delivery(get_object_or_404(Delivery, pk=pk), by=request.user):
        messages.success(request, _("It is tried again."))
    else:
        messages.warning(request, _("There is nothing to try again."))
    return redirect("setup:health")
