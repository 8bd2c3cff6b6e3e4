"""Brands: their portals' names, colours, texts and rules for signing up."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.brands import palette_of
from accounts.models import Brand
from core.links import absolute
from web.common.access import administrator_required
from web.common.brands import logo_url
from web.setup.changes import history_of
from web.setup.forms.brands import BrandForm, Shown, preview_of
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.sections import BRANDS


@require_safe
@administrator_required
def brands(request: HttpRequest) -> HttpResponse:
    rows = Brand.objects.annotate(number=Count("queues"))
    return page(request, "brands/list", section=BRANDS, rows=[(row, palette_of(row).brand.light) for row in rows])


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def brand_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Brand())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def brand(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Brand, pk=pk))


@require_safe
@administrator_required
def brand_preview(request: HttpRequest) -> HttpResponse:
    """How colours would look that are not saved: a part of the page."""
    form = Shown(request.GET or {"colour": Brand().colour})
    if not form.is_valid():
        return HttpResponse(status=422)
    return render(request, "setup/brands/preview.html", form.context())


def _edit(request: HttpRequest, shown: Brand) -> HttpResponse:
    title, is_new, logo, colours = shown.name, shown.pk is None, logo_url(shown), (shown.colour, shown.accent)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BrandForm(*data, instance=shown)
    if form.is_bound and form.is_valid() and attempt_on(shown, request, form, lambda: form.save_all(by=request.user)):
        messages.success(request, _("Saved: %(name)s") % {"name": shown.name})
        if palette_of(shown).moved and colours[0] != shown.colour:
            messages.info(request, _("The colour was too bright for white words on it, so a darker shade is shown."))
        return redirect("setup:brand", shown.pk)
    if is_new:
        shown.pk = None  # a refused save has given it one
    context = {
        "form": form,
        "title": title,
        "pk": shown.pk,
        "brand": shown,
        "logo": logo,
        "address": "" if is_new else absolute("/kb/", host=shown.host),
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(shown),
        **preview_of(*colours),
        **standing(request, shown, form),
    }
    return form_page(request, "brands/edit", section=BRANDS, **context)
