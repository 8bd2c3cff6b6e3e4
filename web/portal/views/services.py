"""The request catalogue: topics, and the form of each service. What somebody is not offered is not there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from tickets.actions.opening import open_ticket
from tickets.catalogue import Catalogue
from tickets.events import PORTAL
from tickets.models import Article, Service
from web.common.access import customer_required, sign_in_first
from web.common.custom_fields import add_errors
from web.portal.service_form import ServiceRequest, catalogue_of

# More of them beside each other and the form would stand too far down.
MOST_BESIDE = 9


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Everything at the top; who is not signed in sees what is for everybody, and signs in where there is nothing."""
    catalogue = catalogue_of(request)
    if not catalogue:
        return redirect("portal:new") if request.user.is_authenticated else sign_in_first(request)
    return _private(request, render(request, "portal/services.html", in_catalogue(catalogue, None)))


@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """A topic with what it holds, or a service with its form. Who is not signed in and does not find it signs in: what
    there is for others looks like what there is not."""
    catalogue = catalogue_of(request)
    if not request.user.is_authenticated and (catalogue.get(pk) is None or request.method == "POST"):
        return sign_in_first(request)
    chosen = _chosen(catalogue, pk)
    if request.method == "POST" and chosen.is_topic:
        return redirect("portal:service", pk)
    context = in_catalogue(catalogue, chosen)
    if chosen.is_topic or not request.user.is_authenticated:
        return _private(request, render(request, "portal/services.html", context))
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ServiceRequest(*data, service=chosen, by=request.user)
    more = form.is_bound and form.has_unseen
    if more:
        form = ServiceRequest(service=chosen, by=request.user, typed=request.POST)
    elif form.is_bound and form.is_valid() and (article := _open(request, form)):
        messages.success(request, _("Your request was sent."))
        target = reverse("portal:request", args=[article.ticket.number])
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    template = "portal/service.html#form" if request.htmx else "portal/service.html"
    context |= {"form": form, "more": more, "lost_files": more and bool(request.FILES)}
    response = render(request, template, context, status=422 if more or form.errors else 200)
    patch_vary_headers(response, ["HX-Request"])
    return _private(request, response)


@require_POST
@customer_required
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions that follow from the answers so far; nothing is kept."""
    chosen = _chosen(catalogue_of(request), pk)
    if chosen.is_topic:
        raise Http404
    form = ServiceRequest(service=chosen, by=request.user, typed=request.POST)
    return render(request, "portal/service.html#questions", {"form": form, "chosen": chosen})


def in_catalogue(catalogue: Catalogue, chosen: Service | None) -> dict[str, Any]:
    """What stands beside each other: in a topic what it holds, at a service what lies where it does."""
    topic = chosen if chosen is None or chosen.is_topic else catalogue.get(chosen.parent_id or 0)
    shown = catalogue.inside(topic)
    return {
        "portal_section": "new",
        "catalogue": catalogue,
        "chosen": chosen,
        "topic": topic,
        "above": [*catalogue.above(topic), topic] if topic else [],
        "shown": shown,
        "are_few": len(shown) < MOST_BESIDE,
    }


def _chosen(catalogue: Catalogue, pk: int) -> Service:
    chosen = catalogue.get(pk)
    if chosen is None:
        raise Http404
    return chosen


def _open(request: HttpRequest, form: ServiceRequest) -> Article | None:
    try:
        return open_ticket(form.opening(), form.first_message(), by=request.user, cause=PORTAL)
    except ValidationError as error:
        add_errors(form, error)
        return None


def _private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What somebody may request is theirs to know: kept by no proxy."""
    response.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Cookie"])
    return response
