"""A new request. There is one form until the service catalogue brings topics; customers never see queues."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from tickets.actions.opening import Opening, open_ticket
from tickets.events import PORTAL
from tickets.models import Article, Queue
from tickets.models.ticket import Channel
from web.common.access import customer_required
from web.common.custom_fields import add_errors, bound_fields, values_of
from web.portal.forms import NewRequest
from web.portal.requests import queue_for_new


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def new(request: HttpRequest) -> HttpResponse:
    queue = queue_for_new()
    if queue is None:
        return render(request, "portal/new_closed.html", {"portal_section": "requests"}, status=503)
    form = NewRequest(request.POST, request.FILES) if request.method == "POST" else NewRequest()
    if form.is_bound and form.is_valid() and (article := _open(request, form, queue)):
        target = reverse("portal:request", args=[article.ticket.number])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {"portal_section": "requests", "form": form, "custom": bound_fields(form)}
    template = "portal/new.html#form" if request.htmx else "portal/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _open(request: HttpRequest, form: NewRequest, queue: Queue) -> Article | None:
    subject = form.cleaned_data["subject"]
    opening = Opening(
        title=subject,
        queue=queue,
        customer=request.user,
        channel=Channel.WEB,
        language=get_language() or "",
        custom_fields=values_of(form),
    )
    try:
        return open_ticket(opening, form.message(by=request.user, subject=subject), by=request.user, cause=PORTAL)
    except ValidationError as error:
        add_errors(form, error)
        return None
