"""One's own API tokens: a secret is shown once, when it is made or renewed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ApiToken
from accounts.tokens import OVERLAP, Ended, issue_token, revoke_token, rotate_token
from web.common.access import administrator_required
from web.setup.forms.problems import problems
from web.setup.forms.tokens import TokenForm
from web.setup.pages import done, form_page
from web.setup.sections import TOKENS
from web.setup.token_rows import rows_of


@require_safe
@administrator_required
def tokens(request: HttpRequest) -> HttpResponse:
    return _page(request, _new(request))


@never_cache
@require_POST
@administrator_required
def token_new(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST, person=request.user, label_suffix="")
    if not form.is_valid():
        return _page(request, form)
    token, secret = issue_token(
        request.user,
        name=form.cleaned_data["name"],
        scope=form.cleaned_data["scope"],
        limits=form.limits(),
        lifetime=form.lifetime(),
    )
    return _page(request, _new(request), made=token, secret=secret)


@never_cache
@require_POST
@administrator_required
def token_renew(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    try:
        new, secret = rotate_token(token, by=request.user)
    except Ended:
        messages.error(request, _("This token has been renewed or has ended already."))
        return done(request, "setup:tokens")
    return _page(request, _new(request), made=new, secret=secret, replaced=token)


@require_POST
@administrator_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    revoke_token(token, by=request.user)
    messages.success(request, _("The token %(token)s has stopped working.") % {"token": token.name})
    return done(request, "setup:tokens")


def _new(request: HttpRequest) -> TokenForm:
    return TokenForm(person=request.user, label_suffix="")


def _page(
    request: HttpRequest,
    form: TokenForm,
    *,
    made: ApiToken | None = None,
    secret: str = "",
    replaced: ApiToken | None = None,
) -> HttpResponse:
    wrong = problems(form) if form.is_bound else []
    shown = {"made": made, "secret": secret, "replaced": replaced, "overlap": OVERLAP.days, "problems": wrong}
    return form_page(request, "tokens", section=TOKENS, form=form, rows=rows_of(request.user), **shown)
