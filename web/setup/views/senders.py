"""Addresses and domains whose mail is always wanted, junk or ignored."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pagination import page_of
from core.text import clean_line
from mail.filters import remove_known_sender, save_known_sender
from mail.models import KnownSender
from web.common.access import administrator_required
from web.setup.changes import history_of
from web.setup.filter_tabs import tabs
from web.setup.forms.problems import problems
from web.setup.forms.trust import KnownSenderForm
from web.setup.pages import attempt_on, done, form_page, listing, standing
from web.setup.sections import FILTERS


@require_safe
@administrator_required
def senders(request: HttpRequest) -> HttpResponse:
    words = clean_line(request.GET.get("q", ""), 100)
    rows = KnownSender.objects.filter(pattern__icontains=words) if words else KnownSender.objects.all()
    found = page_of(rows, order=("pattern",), cursor=request.GET.get("cursor", ""))
    return listing(request, "filters/senders", found, section=FILTERS, words=words, tabs=tabs("senders"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def sender_new(request: HttpRequest) -> HttpResponse:
    """`?pattern=` begins with an address, as from a message that came in."""
    return _edit(request, KnownSender(pattern=clean_line(request.GET.get("pattern", ""), 320)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def sender(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(KnownSender, pk=pk))


@require_POST
@administrator_required
def sender_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(KnownSender, pk=pk)
    pattern = row.pattern
    remove_known_sender(row, by=request.user)
    messages.success(request, _("%(name)s is off the list.") % {"name": pattern})
    return done(request, "setup:senders")


def _edit(request: HttpRequest, row: KnownSender) -> HttpResponse:
    title, pk = row.pattern if row.pk else "", row.pk
    form = KnownSenderForm(request.POST if request.method == "POST" else None, instance=row)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(row, request, form, lambda: save_known_sender(form.instance, by=request.user))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": row})
        return redirect("setup:senders")
    context = {"form": form, "title": title, "pk": pk, "problems": problems(form) if form.is_bound else []}
    row.pk = pk
    return form_page(
        request, "filters/sender", section=FILTERS, history=history_of(row), **context, **standing(request, row, form)
    )
