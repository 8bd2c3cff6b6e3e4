"""Connecting a mailbox with its provider: the application's facts, the way to the provider's page and back."""

import secrets
import time
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from mail.accounts import connect, save_consent
from mail.fetching.oauth import ConsentEnded, TokenTrouble, sign_in_address
from mail.fetching.providers import guess
from mail.models import Account, Consent
from web.common.access import administrator_required
from web.setup.forms.consents import ConsentForm
from web.setup.forms.problems import problems
from web.setup.pages import attempt_on, form_page, standing
from web.setup.sections import EMAIL

# In the session: what was sent away with somebody, by the state that must come back.
AWAY = "mail_consents"
MOST_AWAY = 5
LONGEST_AWAY = 15 * 60


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def account_consent(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(Account, pk=pk)
    consent = Consent.objects.filter(account=account).first() or _new_consent(account)
    form = ConsentForm(request.POST if request.method == "POST" else None, instance=consent)
    if (
        form.is_bound
        and form.is_valid()
        and attempt_on(consent, request, form, lambda: save_consent(form.instance, by=request.user))
    ):
        messages.success(request, _("Saved: %(name)s") % {"name": account})
        return redirect("setup:account_consent", account.pk)
    context = {"form": form, "account": account, "consent": consent, "back_to": _back_to()}
    context |= {"problems": problems(form) if form.is_bound else []}
    return form_page(request, "email/consent", section=EMAIL, **context, **standing(request, consent, form))


@never_cache
@require_safe
@administrator_required
def account_connect(request: HttpRequest, pk: int) -> HttpResponse:
    """To the provider, with a state that nobody else can know."""
    account = get_object_or_404(Account, pk=pk)
    consent = Consent.objects.select_related("account").filter(account=account, flow=Consent.Flow.CODE).first()
    if consent is None:
        return redirect("setup:account_consent", account.pk)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    away = dict(list(request.session.get(AWAY, {}).items())[1 - MOST_AWAY :])
    request.session[AWAY] = {**away, state: {"account": pk, "verifier": verifier, "at": time.time()}}
    return HttpResponseRedirect(sign_in_address(consent, state=state, verifier=verifier, back_to=_back_to()))


@never_cache
@require_safe
@administrator_required
def account_connected(request: HttpRequest) -> HttpResponse:
    """Back from the provider. Nothing of what it says is shown, and each state is good once."""
    away = request.session.get(AWAY, {})
    known = away.pop(request.GET.get("state", ""), None)
    request.session[AWAY] = away
    if known is None or time.time() - known["at"] > LONGEST_AWAY:
        messages.error(request, _("This answer of the provider belongs to nothing you began here. Please begin again."))
        return redirect("setup:accounts")
    consent = get_object_or_404(Consent.objects.select_related("account"), account=known["account"])
    code = request.GET.get("code", "")
    if not code:
        messages.error(request, _("The provider did not give its leave. The mailbox is as it was."))
    else:
        _redeem(request, consent, code=code, verifier=known["verifier"])
    return redirect("setup:account_consent", consent.account_id)


def _redeem(request: HttpRequest, consent: Consent, *, code: str, verifier: str) -> None:
    try:
        connect(consent, code=code, verifier=verifier, back_to=_back_to(), by=request.user)
    except ConsentEnded as error:
        text = _("The provider refused the application: %(word)s. See whether its ID, secret and return address fit.")
        messages.error(request, text % {"word": error})
    except TokenTrouble as error:
        text = _("The provider gave no token that lasts: %(word)s. Please try again.")
        messages.error(request, text % {"word": error})
    else:
        messages.success(request, _("Connected. Mail is fetched with the next visit."))


def _new_consent(account: Account) -> Consent:
    return Consent(account=account, provider=guess(account.username).consent or _provider_of(account.host))


def _provider_of(host: str) -> str:
    if host.endswith("gmail.com"):
        return Consent.Provider.GOOGLE
    known = host.endswith(("office365.com", "outlook.com"))
    return Consent.Provider.MICROSOFT if known or not host else Consent.Provider.OTHER


def _back_to() -> str:
    """By the configured address of the site, never by what a request says (T68)."""
    return urljoin(f"{settings.BASE_URL}/", reverse("setup:account_connected").lstrip("/"))
