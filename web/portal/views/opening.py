"""A new request about nothing of the catalogue (web/portal/views/services.py); customers never see queues."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from tickets.actions.opening import Opening, open_ticket
from tickets.catalogue import Catalogue
from tickets.events import PORTAL
from tickets.models import Article, Queue
from tickets.models.ticket import Channel
from web.common.access import customer_required
from web.common.custom_fields import add_errors, bound_fields, values_of
from web.portal.forms import NewRequest
from web.portal.requests import queue_for_new
from web.portal.service_form import catalogue_of
from web.portal.views.services import in_catalogue

# Asked for by who finds nothing that fits.
OTHER = "other"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Where there is a catalogue one begins there, signed in or not."""
    catalogue = catalogue_of(request)
    if catalogue and request.method != "POST" and request.GET.get("topic") != OTHER:
        return redirect("portal:services")
    return _form(request, catalogue)


@customer_required
def _form(request: HttpRequest, catalogue: Catalogue) -> HttpResponse:
    queue = queue_for_new(request.brand)
    if queue is None:
        return render(request, "portal/new_closed.html", {"portal_section": "new"}, status=503)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewRequest(*data, queue=queue)
    if form.is_bound and form.is_valid() and (article := _open(request, form, queue)):
        messages.success(request, _("Your request was sent."))
        target = reverse("portal:request", args=[article.ticket.number])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    context = {**in_catalogue(catalogue, None), "is_other": True, "form": form, "custom": bound_fields(form)}
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
