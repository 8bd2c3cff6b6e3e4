"""Organisations: the list, one with its people and tickets, and what agents may say of them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.customers import change_organisation
from accounts.finding import BY_NAME, by_name, organisations_with
from accounts.models import Membership, Organisation
from accounts.roles import may_edit_people
from core.pagination import page_of
from core.text import clean_line
from tickets.models import Ticket
from tickets.people import known_organisations, known_people, tickets_of_organisation
from web.common.access import agent_required
from web.desk.deadlines import with_deadlines
from web.desk.forms.people import OrganisationForm
from web.desk.people import (
    chosen,
    counts_of,
    following,
    organisation_or_404,
    organisation_to_edit_or_404,
    page_or_part,
)

ROWS = 50
TICKETS = 25
MEMBERS = 50
SUGGESTED = 10


@require_safe
@agent_required
def organisations(request: HttpRequest) -> HttpResponse:
    words = clean_line(request.GET.get("q", ""), 100)
    found = by_name(organisations_with(known_organisations(request.user), words))
    page = page_of(found, order=BY_NAME, cursor=request.GET.get("after", ""), size=ROWS)
    members = known_people(request.user).filter(is_active=True).values("pk")
    belong = Membership.objects.filter(organisation__in=[row.pk for row in page.rows], user__in=members)
    numbers = dict(belong.order_by().values_list("organisation").annotate(number=Count("pk")))
    context: dict[str, Any] = {
        "organisations": [(row, numbers.get(row.pk, 0)) for row in page.rows],
        "words": words,
        "next": following(request, page.next),
        "may_edit": may_edit_people(request.user),
    }
    return page_or_part(request, "desk/organisations.html", context, part="more" if "after" in request.GET else "list")


@require_safe
@agent_required
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """`?show=` is open (without it), closed or all."""
    found = organisation_or_404(request, pk)
    everything = tickets_of_organisation(found, request.user)
    show, tickets = chosen(request, everything)
    shown = Ticket.objects.select_related("state", "queue", "owner", "customer")
    order = ("-changed_at", "-id")
    page = page_of(tickets, order=order, cursor=request.GET.get("after", ""), size=TICKETS, shown=shown)
    context: dict[str, Any] = {
        "tickets": with_deadlines(page.rows),
        "next": following(request, page.next),
        "show": show,
        "with_customer": True,
    }
    if request.htmx and "after" in request.GET:
        return page_or_part(request, "desk/organisation.html", context, part="more")
    context |= {
        "organisation": found,
        "counts": counts_of(everything),
        "members": _members(request, found),
        "most": MEMBERS,
        "may_edit": may_edit_people(request.user),
    }
    return page_or_part(request, "desk/organisation.html", context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    if not may_edit_people(request.user):
        raise Http404
    return _edit(request, Organisation())


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, organisation_to_edit_or_404(request, pk))


@require_safe
@agent_required
def names(request: HttpRequest) -> HttpResponse:
    """Suggestions for a field that takes a name: `?organisation=` or `?join=` is what was typed."""
    words = clean_line(request.GET.get("organisation", "") or request.GET.get("join", ""), 100)
    found = by_name(organisations_with(known_organisations(request.user), words)).order_by(*BY_NAME)[:SUGGESTED]
    return render(request, "desk/organisation_names.html", {"names": [row.name for row in found] if words else []})


def _members(request: HttpRequest, organisation: Organisation) -> list[Membership]:
    """Those whom the reader knows; one more than are shown, when there are more."""
    known = known_people(request.user).filter(is_active=True).values("pk")
    rows = organisation.memberships.select_related("user").filter(user__in=known)
    return list(rows.order_by("user__name", "user_id")[: MEMBERS + 1])


def _edit(request: HttpRequest, found: Organisation) -> HttpResponse:
    title, pk = found.name, found.pk
    form = OrganisationForm(request.POST if request.method == "POST" else None, instance=found, auto_id="org-%s")
    if form.is_bound and form.is_valid() and _save(request, form):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("desk:organisation", form.instance.pk)
    context = {"form": form, "title": title, "pk": pk, "section": "people"}
    return render(request, "desk/organisation_edit.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: OrganisationForm) -> bool:
    try:
        with transaction.atomic():
            change_organisation(form.instance, by=request.user)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name, texts)
    except IntegrityError:
        form.add_error("name", _("There is already an organisation with this name."))
    return not form.errors
