"""The mail servers that take what we send."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mail.connections import try_server
from mail.models import Consent, Server, ServerState
from mail.way_troubles import Trial, sentence_of_last
from mail.ways import ENVIRONMENT, environment, save_server
from web.common.access import administrator_required
from web.setup.email_tabs import tabs
from web.setup.forms.problems import problems
from web.setup.forms.servers import ServerForm
from web.setup.pages import attempt_on, form_page, page, standing
from web.setup.sections import EMAIL


@require_safe
@administrator_required
def servers(request: HttpRequest) -> HttpResponse:
    states = {state.key: state for state in ServerState.objects.all()}
    rows = Server.objects.prefetch_related("queues", "addresses").order_by("name")
    shown = [(server, _told(states.get(f"server {server.pk}"), server.host)) for server in rows]
    default = environment()
    default_state = _told(states.get(ENVIRONMENT), default.host) if default else None
    context = {"servers": shown, "default": default, "default_state": default_state}
    return page(request, "email/servers", section=EMAIL, tabs=tabs("servers"), **context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def server_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Server())


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def server(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Server, pk=pk))


@sensitive_post_parameters("password")
@require_POST
@administrator_required
def server_test_new(request: HttpRequest) -> HttpResponse:
    return _test(request, Server())


@sensitive_post_parameters("password")
@require_POST
@administrator_required
def server_test(request: HttpRequest, pk: int) -> HttpResponse:
    return _test(request, get_object_or_404(Server, pk=pk))


def _edit(request: HttpRequest, server: Server) -> HttpResponse:
    title = server.name
    form = ServerForm(request.POST if request.method == "POST" else None, instance=server)
    if form.is_bound and form.is_valid():
        sets = {name: list(form.cleaned_data[name]) for name in ("queues", "addresses")}
        if attempt_on(server, request, form, lambda: save_server(form.instance, **sets, by=request.user)):
            messages.success(request, _("Saved: %(name)s") % {"name": server})
            if server.consent is not None and not Consent.objects.get(pk=server.consent_id).is_granted:
                return redirect("setup:account_consent", server.consent.account_id)
            return redirect("setup:server", server.pk)
    return _edit_page(request, form, title)


def _test(request: HttpRequest, server: Server) -> HttpResponse:
    """Try what is in the form without saving it; no message is sent."""
    title = server.name
    form = ServerForm(request.POST, instance=server)
    trial = None
    if form.can_be_tried:
        trial = try_server(form.instance)
    if request.htmx:
        parts = {"trial": trial, "problems": [] if trial else problems(form)}
        return render(request, "setup/email/trial.html", parts, status=200 if trial else 422)
    return _edit_page(request, form, title, trial=trial)


def _edit_page(request: HttpRequest, form: ServerForm, title: str, *, trial: Trial | None = None) -> HttpResponse:
    wrong = problems(form) if form.is_bound else []
    found = ServerState.objects.filter(key=f"server {form.instance.pk}").first() if form.instance.pk else None
    state = _told(found, form.instance.host)
    context = {"form": form, "title": title, "server": form.instance, "state": state, "trial": trial, "problems": wrong}
    context |= standing(request, form.instance, form)
    return form_page(request, "email/server", section=EMAIL, **context)


def _told(state: ServerState | None, host: str) -> ServerState | None:
    """With `words` for people about its last error."""
    if state is not None:
        state.words = sentence_of_last(state.last_error, host)
    return state
