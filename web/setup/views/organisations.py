"""Organisations and who belongs to them."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration import change_members, save_organisation
from accounts.domains import save_domains
from accounts.managing import set_managers
from accounts.models import Membership, Organisation, User
from core.pagination import page_of
from core.text import clean_line
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.organisations import OrganisationForm, managers, marks
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, listing, standing
from web.setup.sections import ORGANISATIONS

# So many members are shown with their marks; the others are found under People.
MAX_SHOWN = 100


@require_safe
@administrator_required
def organisations(request: HttpRequest) -> HttpResponse:
    words = clean_line(request.GET.get("q", ""), 100)
    rows = Organisation.objects.all()
    for word in words.split()[:5]:
        rows = rows.filter(name__icontains=word)
    found = page_of(rows, order=("name",), cursor=request.GET.get("cursor", ""))
    ids = [organisation.pk for organisation in found.rows]
    counted = Membership.objects.filter(organisation__in=ids).values("organisation").annotate(number=Count("pk"))
    numbers = dict(counted.values_list("organisation", "number"))
    for organisation in found.rows:
        organisation.number = numbers.get(organisation.pk, 0)
    return listing(request, "organisations/list", found, section=ORGANISATIONS, words=words)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def organisation_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Organisation())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Organisation, pk=pk))


def _edit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    title, pk = organisation.name, organisation.pk
    data = request.POST if request.method == "POST" else None
    form = OrganisationForm(data, instance=organisation)
    members = _members(pk)

    def save() -> Organisation:
        return _save(form, members, request.user)

    if data is not None and form.is_valid() and attempt_on(organisation, request, form, save):
        messages.success(request, _("Saved: %(name)s") % {"name": organisation})
        return redirect("setup:organisation", organisation.pk)
    managing = managers(data, members) if data is not None else {m.user_id: m.is_manager for m in members}
    seeing, leaving = marks(data, members) if data is not None else ({m.user_id: m.sees_all for m in members}, set())
    return form_page(
        request,
        "organisations/edit",
        section=ORGANISATIONS,
        title=title,
        pk=pk,
        form=form,
        problems=problems(form) if data is not None else [],
        members=[
            (m.user, seeing.get(m.user_id, False), managing.get(m.user_id, False), m.user_id in leaving)
            for m in members[:MAX_SHOWN]
        ],
        has_more=len(members) > MAX_SHOWN,
        history=history_of(organisation),
        **standing(request, organisation, form),
    )


def _save(form: OrganisationForm, members: list[Membership], by: User) -> Organisation:
    saved = save_organisation(form.instance, by=by)
    seeing, leaving = marks(form.data, members)
    change_members(saved, join=form.cleaned_data["join"], leave=leaving, sees_all=seeing, by=by)
    set_managers(saved, managers(form.data, members), by=by)
    sees_all = form.cleaned_data["domain_sees_all"]
    save_domains(saved, dict.fromkeys(form.cleaned_data["domains"], sees_all), by=by)
    return saved


def _members(pk: int | None) -> list[Membership]:
    if pk is None:
        return []
    rows = Membership.objects.select_related("user").filter(organisation=pk).order_by("user__name", "user_id")
    return list(rows[: MAX_SHOWN + 1])
