"""A new ticket from the desk, or one for each of several customers."""

from typing import Any

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

from accounts.models import User
from accounts.people import person_with_address, primary_organisation
from tickets import options
from tickets.actions.opening import open_ticket
from tickets.events import Refused
from tickets.models import Article, Queue, Ticket
from tickets.wordings import fill
from web.common.access import agent_required
from web.common.custom_fields import add_errors, bound_fields
from web.desk.forms.addresses import LENGTH, AddressesField
from web.desk.forms.opening import ORDER, NewTicket
from web.desk.lists import remembered

# A form that carries one of these is not sent off yet.
AGAIN = frozenset({"insert", "refresh"})


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = NewTicket(request.POST, request.FILES, agent=request.user)
    else:
        form = NewTicket(agent=request.user, initial=request.GET.dict())
    if request.method == "POST" and AGAIN.intersection({*request.POST, *request.GET}):
        form = _filled_in(request)
    elif form.is_bound and form.is_valid() and (articles := _open(request, form)):
        return _opened(request, articles)
    return _page(request, form)


def _page(request: HttpRequest, form: NewTicket) -> HttpResponse:
    """The form, as it is begun or with its errors; or filled in further, where a script asked for that."""
    context = {"form": form, "custom": bound_fields(form), "section": "tickets", "listing": remembered(request)}
    context |= _people_named(str(form["customer"].value() or ""))
    first = "" if request.htmx or request.method == "POST" else form.first_to_fill
    context |= {"begins": {name: name == first for name in ORDER}}
    template = "desk/new.html#form" if request.htmx else "desk/new.html"
    response = render(request, template, context, status=422 if form.errors else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def person(request: HttpRequest) -> HttpResponse:
    """Whose addresses `?customer=` are, for the form: the known people, the field for a name, what several get."""
    form = NewTicket(agent=request.user)
    return render(request, "desk/new.html#person", {"form": form, **_people_named(request.GET.get("customer", ""))})


def _people_named(text: str) -> dict[str, Any]:
    """What the form says about the customers: those that are known, whether one is new, whether there are several."""
    try:
        people = AddressesField().clean(text[:LENGTH])
    except ValidationError:
        people = []
    found = [person_with_address(person["address"]) for person in people]
    known = [person for person in found if person is not None and not person.is_system]
    return {"known": known, "asks_name": len(people) < 2 and not known, "are_several": len(people) > 1}


def _filled_in(request: HttpRequest) -> NewTicket:
    """The form as it was, with the fields of the queue and type that are chosen now, and, where that was asked for,
    with the words of a template below what was written."""
    typed = request.POST.dict()
    several = {name: values for name, values in request.POST.lists() if len(values) > 1}
    form = NewTicket(agent=request.user, initial={**typed, **several})
    template = next((one for one in form.templates if str(one.pk) == typed.get("template")), None)
    if template is None or "insert" not in request.POST:
        return form
    about = _imagined(typed, agent=request.user)
    try:
        words = fill(template.body, about, request.user)
    except ValueError:
        return form
    form.initial["text"] = "\n\n".join(part for part in (typed.get("text", "").strip(), words) if part)
    form.initial["title"] = typed.get("title") or template.name
    return form


def _imagined(typed: dict[str, str], *, agent: User) -> Ticket:
    """The ticket that would be opened, never saved, for the placeholders."""
    people = _people_named(typed.get("customer", ""))["known"]
    queues = {str(queue.pk): queue for queue in options.queues_to_open_in(agent)}
    customer = people[0] if people else User(name=typed.get("name", ""), email="")
    organisation = primary_organisation(customer) if customer.pk else None
    queue = queues.get(typed.get("queue", "")) or Queue(name="")
    return Ticket(title=typed.get("title", ""), customer=customer, organisation=organisation, queue=queue)


def _open(request: HttpRequest, form: NewTicket) -> list[Article]:
    try:
        with transaction.atomic():
            return [
                open_ticket(opening, message, sender=form.sender, by=request.user)
                for opening, message in form.openings()
            ]
    except ValidationError as error:
        add_errors(form, error)
    except Refused as refused:
        form.add_error(None, str(refused))
    return []


def _opened(request: HttpRequest, articles: list[Article]) -> HttpResponse:
    """To the ticket; from several, or from a queue whose tickets the agent does not see, back to the list."""
    ticket = articles[0].ticket
    if len(articles) > 1:
        numbers = ", ".join(f"#{article.ticket.number}" for article in articles)
        messages.success(request, _("These tickets are open: %(numbers)s.") % {"numbers": numbers})
        target = remembered(request).url
    elif ticket.allows(request.user, "read"):
        target = reverse("desk:ticket", args=[ticket.number])
    else:
        messages.success(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
        target = remembered(request).url
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
