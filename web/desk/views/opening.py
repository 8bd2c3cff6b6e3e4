"""A new ticket from the desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.people import person_with_address
from tickets.actions.opening import open_ticket
from tickets.events import Refused
from tickets.models import Article
from web.common.access import agent_required
from web.common.custom_fields import add_errors, bound_fields
from web.desk.forms.opening import NewTicket
from web.desk.lists import remembered


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = NewTicket(request.POST, request.FILES, agent=request.user)
    else:
        form = NewTicket(agent=request.user, initial=request.GET.dict())
    if form.is_bound and form.is_valid() and (article := _open(request, form)):
        return _opened(request, article)
    context = {"form": form, "custom": bound_fields(form), "section": "tickets", "listing": remembered(request)}
    template = "desk/new.html#form" if request.htmx else "desk/new.html"
    response = render(request, template, context, status=422 if form.errors else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def person(request: HttpRequest) -> HttpResponse:
    """Whose address `?customer=` is, for the form: the known person, or the field for a name."""
    known = person_with_address(request.GET.get("customer", "").strip())
    form = NewTicket(agent=request.user)
    return render(request, "desk/new.html#person", {"known": known, "form": form})


def _open(request: HttpRequest, form: NewTicket) -> Article | None:
    try:
        with transaction.atomic():
            opening = form.opening()
            return open_ticket(opening, form.message(opening), sender=form.sender, by=request.user)
    except ValidationError as error:
        add_errors(form, error)
    except Refused as refused:
        form.add_error(None, str(refused))
    return None


def _opened(request: HttpRequest, article: Article) -> HttpResponse:
    """To the ticket, or, from a queue whose tickets the agent does not see, back to the list."""
    ticket = article.ticket
    if ticket.allows(request.user, "read"):
        target = reverse("desk:ticket", args=[ticket.number])
    else:
        messages.success(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
        target = remembered(request).url
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
