"""One's own API tokens: the secret is shown once, when it is made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ApiToken
from accounts.tokens import LIFETIME, issue_token, revoke_token
from web.common.access import administrator_required
from web.setup.forms.problems import problems
from web.setup.forms.tokens import TokenForm
from web.setup.pages import done, form_page
from web.setup.sections import TOKENS

MAX_SHOWN = 100


@require_safe
@administrator_required
def tokens(request: HttpRequest) -> HttpResponse:
    return _page(request, TokenForm(label_suffix=""))


@never_cache
@require_POST
@administrator_required
def token_new(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, form)
    token, secret = issue_token(request.user, name=form.cleaned_data["name"], scope=form.cleaned_data["scope"])
    return _page(request, TokenForm(label_suffix=""), made=token, secret=secret)


@require_POST
@administrator_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    revoke_token(token, by=request.user)
    messages.success(request, _("The token %(token)s has stopped working.") % {"token": token.name})
    return done(request, "setup:tokens")


def _page(request: HttpRequest, form: TokenForm, *, made: ApiToken | None = None, secret: str = "") -> HttpResponse:
    mine = ApiToken.objects.filter(user=request.user, revoked_at__isnull=True).order_by("-pk")[:MAX_SHOWN]
    wrong = problems(form) if form.is_bound else []
    context = {"form": form, "tokens": mine, "made": made, "secret": secret, "problems": wrong, "days": LIFETIME.days}
    return form_page(request, "tokens", section=TOKENS, **context)
