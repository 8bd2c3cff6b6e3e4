"""Alert sources: which monitoring may open tickets where, how it is set up there, and what came of its posts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation.alert_reading import Malformed
from automation.alert_sources import remove_source, renew_secret, save_source
from automation.alert_trying import tried
from automation.models import AlertPost, AlertSource
from core.pagination import page_of
from web.common.access import administrator_required
from web.setup.alert_rows import mark, rows
from web.setup.alert_snippets import address_of, sample, snippets
from web.setup.changes import history_of
from web.setup.forms.alerts import AlertSourceForm, SampleForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, done, form_page, listing, page, standing
from web.setup.sections import ALERTS


@require_safe
@administrator_required
def alert_sources(request: HttpRequest) -> HttpResponse:
    return page(request, "alerts/list", section=ALERTS, rows=rows())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def alert_source_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, AlertSource())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def alert_source(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(AlertSource, pk=pk))


@never_cache
@require_POST
@administrator_required
def alert_source_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new address, shown on this one answer; the old one stops working."""
    one = get_object_or_404(AlertSource, pk=pk)
    return _address(request, one, renew_secret(one, by=request.user))


@require_POST
@administrator_required
def alert_source_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(AlertSource, pk=pk)
    name = one.name
    remove_source(one, by=request.user)
    messages.success(request, _("The alert source %(name)s is gone.") % {"name": name})
    return done(request, "setup:alert_sources")


@require_safe
@administrator_required
def alert_posts(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(AlertSource, pk=pk)
    found = page_of(AlertPost.objects.filter(source=one), order=("-pk",), cursor=request.GET.get("cursor", ""))
    mark(found.rows, request.user)
    return listing(request, "alerts/posts", found, section=ALERTS, source=one)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def alert_try(request: HttpRequest, pk: int) -> HttpResponse:
    """What would become of a post; nothing is kept of it."""
    one = get_object_or_404(AlertSource, pk=pk)
    data = request.POST if request.method == "POST" else None
    form = SampleForm(data, initial={"post": sample(one)}, label_suffix="")
    found = None
    if form.is_bound and form.is_valid():
        try:
            found = tried(one, form.cleaned_data["post"], request.user)
        except Malformed as error:
            form.add_error("post", str(error))
    wrong = problems(form) if form.is_bound else []
    context = {"source": one, "form": form, "tried": found, "problems": wrong}
    if request.htmx and form.is_bound:
        return render(request, "setup/alerts/tried.html", context, status=422 if wrong else 200)
    return form_page(request, "alerts/try", section=ALERTS, **context)


def _edit(request: HttpRequest, one: AlertSource) -> HttpResponse:
    title, is_new = one.name if one.pk else "", one.pk is None
    form = AlertSourceForm(request.POST if request.method == "POST" else None, instance=one)
    if form.is_bound and form.is_valid():
        secrets: list[str] = []
        if attempt_on(one, request, form, lambda: _save(form, secrets, request)):
            if secrets[0]:
                return _address(request, one, secrets[0])
            messages.success(request, _("Saved: %(name)s") % {"name": one})
            return redirect("setup:alert_source", one.pk)
    if is_new:
        one.pk = None  # a refused save has given it one
    context: dict[str, Any] = {
        "form": form,
        "source": one,
        "pk": one.pk,
        "title": title,
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(one),
        "snippets": snippets(one) if one.pk else [],
        "address": address_of(),
        **standing(request, one, form),
    }
    return form_page(request, "alerts/edit", section=ALERTS, **context)


def _save(form: AlertSourceForm, secrets: list[str], request: HttpRequest) -> bool:
    form.instance.customer = form.customer()
    secrets.append(save_source(form.instance, by=request.user))
    return True


def _address(request: HttpRequest, one: AlertSource, secret: str) -> HttpResponse:
    context = {"source": one, "address": address_of(secret), "snippets": snippets(one, secret)}
    return page(request, "alerts/address", section=ALERTS, **context)
