"""Forms in other websites: made here, put there by one line, and what came through them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import page_of
from tickets.models import WebForm, WebFormPost
from tickets.options import junk_queue
from tickets.webforms import remove_form, save_form
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.forms.problems import problems
from web.setup.forms.web_forms import WebFormForm
from web.setup.pages import attempt_on, done, form_page, listing, page, standing
from web.setup.sections import WEB_FORMS
from web.setup.web_form_rows import address_of, frame, mark, rows, snippet


@require_safe
@administrator_required
def web_forms(request: HttpRequest) -> HttpResponse:
    return page(request, "web_forms/list", section=WEB_FORMS, rows=rows())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def web_form_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, WebForm())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def web_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(WebForm.objects.select_related("queue__brand"), pk=pk))


@require_POST
@administrator_required
def web_form_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(WebForm, pk=pk)
    name = one.name
    remove_form(one, by=request.user)
    messages.success(request, _("The web form %(name)s is gone.") % {"name": name})
    return done(request, "setup:web_forms")


@require_safe
@administrator_required
def web_form_posts(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(WebForm, pk=pk)
    sent = WebFormPost.objects.filter(form=one).select_related("ticket")
    found = page_of(sent, order=("-pk",), cursor=request.GET.get("cursor", ""))
    mark(found.rows, request.user)
    return listing(request, "web_forms/posts", found, section=WEB_FORMS, web_form=one)


def _edit(request: HttpRequest, one: WebForm) -> HttpResponse:
    title, is_new = one.name if one.pk else "", one.pk is None
    form = WebFormForm(request.POST if request.method == "POST" else None, instance=one)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(one, request, form, lambda: save_form(form.instance, form.chosen(), by=request.user))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": one})
        return redirect("setup:web_form", one.pk)
    if is_new:
        one.pk = None  # a refused save has given it one
    context: dict[str, Any] = {
        "form": form,
        "web_form": one,
        "pk": one.pk,
        "title": title,
        "problems": problems(form) if form.is_bound else [],
        "history": history_of(one),
        "has_junk": junk_queue() is not None,
        **standing(request, one, form),
    }
    if one.pk:
        context |= {"address": address_of(one), "snippet": snippet(one), "frame": frame(one)}
    return form_page(request, "web_forms/edit", section=WEB_FORMS, **context)
