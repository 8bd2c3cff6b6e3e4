"""Coming in for the first time: signing up by oneself, and following an invitation into an organisation.

What a page says never depends on whether an address is known (T78).
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.managing import invitation_with, invited, join_as_known, join_as_new
from accounts.models import MemberInvitation, Registration, User
from accounts.registration import applicant, applicant_of, register
from mail.account_letters import ask_to_register
from web.common.account_forms import FirstSteps, SignUp
from web.common.errors import too_many_requests
from web.common.limits import HOUR, MINUTE, Limit, address_of

FROM_ONE_PLACE = Limit("sign-up-place", most=20, seconds=10 * MINUTE)
TO_ONE_ADDRESS = Limit("sign-up-address", most=3, seconds=HOUR)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    brand = request.brand
    if brand.registration == Registration.CLOSED:
        raise Http404
    if request.method == "POST" and not FROM_ONE_PLACE.take(address_of(request)):
        return too_many_requests(request)
    form = SignUp(request.POST if request.method == "POST" else None, brand=brand)
    if not (form.is_bound and form.is_valid()):
        return render(request, "account/sign_up.html", {"form": form}, status=422 if form.errors else 200)
    wanted = applicant(form.cleaned_data["email"], name=form.cleaned_data["name"], language=get_language() or "en")
    # who is flooded with letters of ours gets no more of them; the page says what it always says
    if TO_ONE_ADDRESS.take(wanted.address):
        ask_to_register(wanted, brand=brand)
    return redirect("sign_up_sent")


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/sign_up_sent.html")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Looking makes no account, because programs follow links in mails before people do."""
    found = applicant_of(token)
    if found is None:
        return _over(request)
    wanted, _brand = found
    data = request.POST if request.method == "POST" else None
    form = FirstSteps(data, address=wanted.address, initial={"name": wanted.name})
    if form.is_bound and form.is_valid():
        person = register(token, password=form.cleaned_data["password"], name=form.cleaned_data["name"])
        return _come_in(request, person) if person else _over(request)
    context = {"form": form, "address": wanted.address}
    return render(request, "account/sign_up_confirm.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Become a member: with the account one has, else with a new one."""
    invitation = invitation_with(token)
    if invitation is None:
        return _over(request)
    known = invited(invitation)
    if known is not None and known.has_usable_password():
        return _join_as_known(request, token, invitation, known)
    data = request.POST if request.method == "POST" else None
    form = FirstSteps(data, address=invitation.address, initial={"name": invitation.name or (known and known.name)})
    if form.is_bound and form.is_valid():
        person = join_as_new(token, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        return _come_in(request, person) if person else _over(request)
    context = {"form": form, "address": invitation.address, "organisation": invitation.organisation}
    return render(request, "account/join_new.html", context, status=422 if form.errors else 200)


def _join_as_known(request: HttpRequest, token: str, invitation: MemberInvitation, known: User) -> HttpResponse:
    """Whoever holds the link must also be signed in as the person it was sent to."""
    if request.method == "POST" and request.user == known:
        organisation = join_as_known(token, person=known)
        if organisation is None:
            return _over(request)
        messages.success(request, _("You belong to %(organisation)s now.") % {"organisation": organisation})
        return redirect("portal:home")
    context = {
        "address": invitation.address,
        "organisation": invitation.organisation,
        "is_signed_in": request.user == known,
    }
    return render(request, "account/join_known.html", context)


def _come_in(request: HttpRequest, person: User) -> HttpResponse:
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("portal:home")


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "common/welcome_over.html", status=410)
