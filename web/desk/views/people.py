"""Customers and colleagues: the list, one person with their tickets, and what agents may say of customers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.customers import add_customer, change_customer, customers_of
from accounts.finding import BY_NAME, by_name, people_with
from accounts.models import User
from core.pagination import page_of
from core.text import clean_line
from tickets.models import Ticket
from tickets.people import known_organisations, known_people, may_look_up, open_counts_of, tickets_of
from tickets.rights import rights_of
from web.common.access import agent_required
from web.desk.deadlines import with_deadlines
from web.desk.forms.people import Customer, NewCustomer
from web.desk.people import (
    chosen,
    clock_of,
    counts_of,
    customer_to_edit_or_404,
    following,
    page_or_part,
    person_or_404,
)

ROWS = 50
TICKETS = 25
KINDS = {
    "": (gettext_lazy("Customers"), {"is_customer": True, "is_active": True}),
    "vip": (gettext_lazy("VIP"), {"is_customer": True, "is_active": True, "is_vip": True}),
    "agents": (pgettext_lazy("people", "Colleagues"), {"is_agent": True, "is_active": True}),
    "inactive": (pgettext_lazy("people", "Inactive"), {"is_active": False}),
}


@require_safe
@agent_required
def people(request: HttpRequest) -> HttpResponse:
    """`?q=` finds by the beginnings of names and addresses, `?kind=` is one of KINDS."""
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    words = clean_line(request.GET.get("q", ""), 100)
    found = people_with(known_people(request.user).filter(**KINDS[kind][1]), words)
    rows = by_name(found).prefetch_related("memberships__organisation")
    page = page_of(rows, order=BY_NAME, cursor=request.GET.get("after", ""), size=ROWS)
    open_counts = open_counts_of(page.rows, request.user)
    context: dict[str, Any] = {
        "people": [(person, open_counts.get(person.pk, 0)) for person in page.rows],
        "words": words,
        "kinds": [{"key": key, "label": label, "current": key == kind} for key, (label, _q) in KINDS.items()],
        "kind": kind,
        "next": following(request, page.next),
        "may_add": may_add(request.user),
    }
    return page_or_part(request, "desk/people.html", context, part="more" if "after" in request.GET else "list")


@require_safe
@agent_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """`?show=` is open (without it), closed or all. A merged duplicate leads to the one it is now."""
    found = _survivor_or_person(request, pk)
    if found.pk != pk:
        return redirect("desk:person_page", found.pk)
    everything = tickets_of(found, request.user)
    show, tickets = chosen(request, everything)
    shown = Ticket.objects.select_related("state", "queue", "owner")
    order = ("-changed_at", "-id")
    page = page_of(tickets, order=order, cursor=request.GET.get("after", ""), size=TICKETS, shown=shown)
    context: dict[str, Any] = {
        "tickets": with_deadlines(page.rows),
        "next": following(request, page.next),
        "show": show,
    }
    if request.htmx and "after" in request.GET:
        return page_or_part(request, "desk/person.html", context, part="more")
    context |= {
        "person": found,
        "counts": counts_of(everything),
        "memberships": _memberships(found, request.user),
        "addresses": list(found.addresses.exclude(address=found.email).order_by("address")),
        "language": dict(settings.LANGUAGES).get(found.language, ""),
        "local_time": clock_of(found),
        "may_edit": customers_of(request.user).filter(pk=found.pk).exists(),
        "has_password": found.has_usable_password(),
        "may_open": bool(rights_of(request.user).queues["create"]) and found.is_active,
        "is_away": found.is_agent and found.is_away(timezone.localdate()),
    }
    return page_or_part(request, "desk/person.html", context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    """Quick create; who was found without success is filled in by `?q=`."""
    if not may_add(request.user):
        raise Http404
    data = request.POST if request.method == "POST" else None
    known = known_organisations(request.user)
    form = NewCustomer(data, organisations=known, initial=_begun(request.GET.get("q", "")), auto_id="person-%s")
    if data is not None and form.is_valid():
        made = _attempt(form, lambda: add_customer(form.facts(), by=request.user))
        if made is not None:
            messages.success(request, _("%(name)s is added.") % {"name": made})
            return redirect("desk:person_page", made.pk)
    context = {"form": form, "section": "people"}
    return render(request, "desk/person_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = customer_to_edit_or_404(request, pk)
    data = request.POST if request.method == "POST" else None
    known = known_organisations(request.user)
    form = Customer(data, person=found, organisations=known, auto_id="person-%s")
    if data is not None and form.is_valid():
        saved = _attempt(form, lambda: change_customer(found, form.facts(), by=request.user))
        if saved is not None:
            messages.success(request, _("%(name)s is saved.") % {"name": saved})
            return redirect("desk:person_page", saved.pk)
    context = {"form": form, "person": found, "section": "people"}
    return render(request, "desk/person_edit.html", context, status=422 if form.errors else 200)


def may_add(user: User) -> bool:
    """Who opens tickets makes customers anyway, by their addresses."""
    return may_look_up(user)


def _survivor_or_person(request: HttpRequest, pk: int) -> User:
    merged = User.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", flat=True).first()
    return person_or_404(request, merged or pk)


def _memberships(person: User, user: User) -> list[dict[str, Any]]:
    """With links where the organisation is known too."""
    rows = list(person.memberships.select_related("organisation").order_by("-is_primary", "organisation__name"))
    ids = [row.organisation_id for row in rows]
    known = set(known_organisations(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [
        {
            "name": row.organisation.name,
            "is_vip": row.organisation.is_vip,
            "sees_all": row.sees_all,
            "url": reverse("desk:organisation", args=[row.organisation_id]) if row.organisation_id in known else "",
        }
        for row in rows
    ]


def _begun(text: str) -> dict[str, str]:
    text = clean_line(text, 150)
    return {"email": text} if "@" in text else {"name": text}


def _attempt(form: BaseForm, act: Callable[[], User]) -> User | None:
    """What `act` made; None when it was refused, and then the form says why."""
    try:
        with transaction.atomic():
            return act()
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
    except IntegrityError:
        # somebody was faster between our look and our write
        form.add_error("email", _("Somebody has just saved this address. Look for it in the list."))
    return None
