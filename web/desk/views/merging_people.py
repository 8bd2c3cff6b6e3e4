"""Two entries for one person: which may be, what merging would do, and the merging itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.customers import customers_of
from accounts.duplicates import NotMergeable, likely_duplicates
from accounts.finding import BY_NAME, by_name, people_with
from accounts.models import User
from core.text import clean_line
from tickets.actions.people import merge_people
from tickets.people import tickets_of
from web.common.access import agent_required
from web.desk.answers import number_in
from web.desk.people import counts_of, customer_to_edit_or_404

FOUND = 10


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` stays; `?duplicate=` is looked at before, and posted it is merged. `?q=` finds others."""
    kept = customer_to_edit_or_404(request, pk)
    number = number_in(request, "duplicate")
    others = customers_of(request.user).exclude(pk=kept.pk)
    duplicate = others.filter(pk=number).first() if number else None
    if request.method == "POST":
        return _merge(request, kept, duplicate)
    return _ask(request, kept, duplicate)


def _merge(request: HttpRequest, kept: User, duplicate: User | None) -> HttpResponse:
    if duplicate is None:
        return _ask(request, kept, None, refused=_("Choose whom to merge with."))
    try:
        merge_people(duplicate, kept, by=request.user)
    except NotMergeable as error:
        return _ask(request, kept, None, refused=error.text)
    messages.success(request, _("%(one)s and %(other)s are one person now.") % {"one": duplicate, "other": kept})
    return redirect("desk:person_page", kept.pk)


def _ask(request: HttpRequest, kept: User, duplicate: User | None, *, refused: str = "") -> HttpResponse:
    words = clean_line(request.GET.get("q", ""), 100)
    others = customers_of(request.user).exclude(pk=kept.pk)
    found = by_name(people_with(others, words)).order_by(*BY_NAME)[:FOUND] if words else []
    context = {
        "person": kept,
        "duplicate": duplicate,
        "sides": [_side(request, kept), _side(request, duplicate)] if duplicate else [],
        "likely": likely_duplicates(kept, others) if duplicate is None and not words else [],
        "found": found,
        "words": words,
        "refused": refused,
        "section": "people",
    }
    return render(request, "desk/person_merge.html", context, status=422 if refused else 200)


def _side(request: HttpRequest, person: User) -> dict:
    """One of the two, with the tickets that the reader may see."""
    return {
        "person": person,
        "addresses": list(person.addresses.order_by("address").values_list("address", flat=True)),
        "organisations": [row.organisation.name for row in person.memberships.select_related("organisation")],
        "tickets": counts_of(tickets_of(person, request.user)).all,
    }
