"""Webhooks: who is told of what, how they do, every message with its log, and the secret that signs them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation.endpoints import (
    make_test,
    remove_endpoint,
    replay,
    replay_failed,
    rotate_secret,
    save_endpoint,
)
from automation.models import Endpoint, WebhookDelivery
from automation.notices.bell import news_read
from automation.webhook_sending import send
from automation.webhook_troubles import sentence, trouble_of
from core.pagination import page_of
from core.work import run_leased
from web.common.access import administrator_required
from web.setup.admin_choices import AdminChoices
from web.setup.changes import history_of
from web.setup.endpoint_page import EndpointPage
from web.setup.endpoint_rows import mark, rows
from web.setup.pages import attempt_on, done, form_page, listing, page, standing
from web.setup.sections import WEBHOOKS

PARTS = {"rows": "_condition", "events": "_happenings"}
TEST_LEASE = timedelta(seconds=30)
LATEST = 5


@require_safe
@administrator_required
def webhooks(request: HttpRequest) -> HttpResponse:
    found = [(row, trouble_of(row.state.last_error) if row.state and row.state.last_error else "") for row in rows()]
    return page(request, "webhooks/list", section=WEBHOOKS, rows=found)


@never_cache
@sensitive_post_parameters("headers")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def webhook_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Endpoint())


@sensitive_post_parameters("headers")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """To open it is to have read what the bell told of it."""
    one = get_object_or_404(Endpoint, pk=pk)
    if request.method == "GET":
        news_read(request.user, request.path)
    return _edit(request, one)


@never_cache
@require_POST
@administrator_required
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown on this one answer; the old one signs for another day."""
    one = get_object_or_404(Endpoint, pk=pk)
    secret = rotate_secret(one, by=request.user)
    return page(request, "webhooks/secret", section=WEBHOOKS, endpoint=one, secret=secret, is_new=False)


@require_POST
@administrator_required
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an example to the saved address, wait for the answer and show it."""
    one = get_object_or_404(Endpoint, pk=pk)
    delivery = make_test(one)
    run_leased(WebhookDelivery, delivery.pk, send, lease=TEST_LEASE)
    attempt = delivery.tries.last()
    trouble = sentence(attempt.trouble) if attempt else _("There was no connection.")
    context = {"endpoint": one, "attempt": attempt, "trouble": trouble}
    if request.htmx:
        return render(request, "setup/webhooks/tested.html", context)
    return page(request, "webhooks/test", section=WEBHOOKS, **context)


@require_POST
@administrator_required
def webhook_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Endpoint, pk=pk)
    name = one.name
    remove_endpoint(one, by=request.user)
    messages.success(request, _("The webhook %(name)s is gone.") % {"name": name})
    return done(request, "setup:webhooks")


@require_safe
@administrator_required
def webhook_log(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Endpoint, pk=pk)
    state = request.GET.get("state", "")
    found = WebhookDelivery.objects.filter(endpoint=one).select_related("ticket")
    if state in WebhookDelivery.State:
        found = found.filter(state=state)
    shown = page_of(found, order=("-pk",), cursor=request.GET.get("cursor", ""))
    mark(shown.rows, request.user)
    states = [("", _("All")), *((value, label) for value, label in WebhookDelivery.State.choices)]
    return listing(request, "webhooks/log", shown, section=WEBHOOKS, endpoint=one, state=state, states=states)


@require_safe
@administrator_required
def webhook_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(WebhookDelivery.objects.select_related("endpoint", "ticket"), pk=pk)
    mark([row], request.user)
    tries = [(one, sentence(one.trouble)) for one in row.tries.all()]
    return page(request, "webhooks/delivery", section=WEBHOOKS, delivery=row, tries=tries)


@require_POST
@administrator_required
def webhook_replay(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(WebhookDelivery, pk=pk)
    if replay(row, by=request.user):
        messages.success(request, _("The message is on its way again."))
    else:
        messages.warning(request, _("The message is on its way just now."))
    return done(request, "setup:webhook_delivery", pk)


@require_POST
@administrator_required
def webhook_replay_failed(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was given up: after a long outage."""
    number = replay_failed(get_object_or_404(Endpoint, pk=pk), by=request.user)
    text = ngettext("%(number)s message is on its way again.", "%(number)s messages are on their way again.", number)
    messages.success(request, text % {"number": number})
    return done(request, "setup:webhook_log", pk)


def _edit(request: HttpRequest, one: Endpoint) -> HttpResponse:
    """`?draw` draws the page as it is typed, with a row more or less."""
    title, is_new = one.name if one.pk else "", one.pk is None
    shown = _page_of(request, one)
    if shown.form.is_bound and shown.is_valid() and _save(request, shown):
        if is_new:
            return page(request, "webhooks/secret", section=WEBHOOKS, endpoint=one, secret=one.secrets[0], is_new=True)
        messages.success(request, _("Saved: %(name)s") % {"name": one})
        return redirect("setup:webhook", one.pk)
    if is_new:
        one.pk = None  # a refused save has given it one
    context: dict[str, Any] = {
        "shown": shown,
        "form": shown.form,
        "endpoint": one,
        "pk": one.pk,
        "title": title,
        "top": shown.drawn_condition(),
        "fields": shown.choices.fields,
        "rows_url": f"{request.path}?draw=rows",
        "happenings_url": f"{request.path}?draw=events",
        "problems": shown.problems() if shown.form.is_bound else [],
        "history": history_of(one),
        **standing(request, one, shown.form),
    }
    part = request.GET.get("draw", "") if request.htmx and request.method == "POST" else ""
    if part in PARTS:
        response = render(request, f"setup/automation/{PARTS[part]}.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    return form_page(request, "webhooks/edit", section=WEBHOOKS, **context, **_latest(request, one))


def _latest(request: HttpRequest, one: Endpoint) -> dict[str, Any]:
    if one.pk is None:
        return {}
    latest = list(WebhookDelivery.objects.filter(endpoint=one).select_related("ticket").order_by("-pk")[:LATEST])
    mark(latest, request.user)
    state = getattr(one, "state", None)
    return {"latest": latest, "state": state, "trouble": trouble_of(state.last_error) if state else ""}


def _page_of(request: HttpRequest, one: Endpoint) -> EndpointPage:
    choices = AdminChoices(request.user)
    if request.method != "POST":
        return EndpointPage.of(one, choices)
    if "draw" in request.GET:
        return EndpointPage.typed(one, request.POST, choices)
    return EndpointPage.sent(one, request.POST, choices)


def _save(request: HttpRequest, shown: EndpointPage) -> bool:
    one, queues = shown.endpoint, shown.form.cleaned_data["queues"]
    return bool(attempt_on(one, request, shown.form, lambda: save_endpoint(one, queues=queues, by=request.user)))
