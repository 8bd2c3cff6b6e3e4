"""People: the list, one person, and the link by which somebody chooses a first password."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.administration import save_person, withdraw_password
from accounts.invitations import invitation_link
from accounts.models import ApiToken, EmailAddress, Organisation, User
from accounts.roles import set_roles_of
from accounts.tokens import revoke_token
from core.pagination import page_of
from core.text import clean_line
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.people import PersonForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, listing, standing
from web.setup.retiring import Dependent, before_retiring
from web.setup.sections import PEOPLE

MAX_SUGGESTIONS = 500
KINDS = {
    "": (pgettext_lazy("people", "All"), Q(is_active=True)),
    "agents": (gettext_lazy("Agents"), Q(is_active=True, is_agent=True)),
    "customers": (gettext_lazy("Customers"), Q(is_active=True, is_customer=True)),
    "administrators": (gettext_lazy("Administrators"), Q(is_active=True, is_administrator=True)),
    "inactive": (pgettext_lazy("people", "Inactive"), Q(is_active=False)),
}


@require_safe
@administrator_required
def people(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    words = clean_line(request.GET.get("q", ""), 100)
    rows = searched(_people().filter(KINDS[kind][1]), words).prefetch_related("memberships__organisation")
    found = page_of(rows, order=("name", "pk"), cursor=request.GET.get("cursor", ""))
    kinds = [{"key": key, "label": label, "current": key == kind} for key, (label, _q) in KINDS.items()]
    return listing(request, "people/list", found, section=PEOPLE, words=words, kind=kind, kinds=kinds)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def person_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(_people(), pk=pk))


@never_cache
@require_POST
@administrator_required
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to choose a password, shown this once. A password that is there stops working."""
    invited = get_object_or_404(_people().active().exclude(pk=request.user.pk), pk=pk)
    if invited.has_usable_password():
        withdraw_password(invited, by=request.user)
    return _edit_page(request, invited, PersonForm(None, person=invited), link=invitation_link(invited))


@require_POST
@administrator_required
def person_token_revoke(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    revoked = get_object_or_404(ApiToken, pk=token, user=pk)
    revoke_token(revoked, by=request.user)
    messages.success(request, _("The token %(token)s has stopped working.") % {"token": revoked.name})
    return done(request, "setup:person", pk)


def _deactivating(person: User) -> dict[str, str]:
    return {"url": reverse("setup:person_deactivate", args=[person.pk]), "label": _("Decide what becomes of them")}


def _people() -> QuerySet[User]:
    return User.objects.filter(system_key__isnull=True)


def searched(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those whose name or one of whose addresses holds each word."""
    for word in words.split()[:5]:
        address = EmailAddress.objects.filter(user=OuterRef("pk"), address__icontains=word)
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word) | Exists(address))
    return people


def _edit(request: HttpRequest, person: User | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, thing, leaning = PersonForm(data, person=person), person or User(), []
    if person is None and request.GET.get("kind") == "agent":
        form.initial |= {"is_agent": True, "is_customer": False}
    if data is not None and form.is_valid():
        leaning = before_retiring(thing, form, request)
        saved = None if leaning else attempt_on(thing, request, form, lambda: _save(person, form, request.user))
        if saved:
            messages.success(request, _("Saved: %(name)s") % {"name": saved})
            return redirect("setup:person", saved.pk)
    return _edit_page(request, person, form, leaning=leaning)


def _save(person: User | None, form: PersonForm, by: User) -> User:
    saved = save_person(person, form.facts, by=by)
    set_roles_of(saved, form.cleaned_data["roles"], shown=form.posted_roles_shown, by=by)
    return saved


def _edit_page(
    request: HttpRequest, person: User | None, form: PersonForm, *, link: str = "", leaning: Sequence[Dependent] = ()
) -> HttpResponse:
    tokens = ApiToken.objects.filter(user=person, revoked_at__isnull=True).order_by("-pk")[:20] if person else []
    return form_page(
        request,
        "people/edit",
        section=PEOPLE,
        person=person,
        form=form,
        problems=problems(form) if form.is_bound else [],
        link=link,
        days=settings.INVITATION_DAYS,
        tokens=tokens,
        dependents=leaning,
        elsewhere=_deactivating(person) if leaning and person else None,
        history=history_of(person or User()),
        **standing(request, person or User(), form),
        organisations=Organisation.objects.order_by("name").values_list("name", flat=True)[:MAX_SUGGESTIONS],
    )
