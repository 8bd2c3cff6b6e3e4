"""The way in: home, first password, theme, language, live tokens."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.invitations import accept_invitation, invited_person
from accounts.models import Theme, User
from core.text import clean_line
from tickets.models import Ticket
from web.common import live
from web.common.access import customer_required
from web.common.forms import FirstPassword

YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody to his place."""
    user = request.user
    if not user.is_authenticated:
        return redirect("account_login")
    if user.is_agent:
        return redirect("desk:home")
    return redirect("setup:home" if user.is_administrator else "portal:home")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody known only by address chooses a first password and is signed in."""
    person = invited_person(token)
    if person is None:
        return _welcome_over(request)
    form = FirstPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        person = accept_invitation(token, password=form.cleaned_data["password"])
        if person is None:
            return _welcome_over(request)
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(_first_place(person))
    return render(request, "common/welcome.html", {"form": form, "person": person}, status=422 if form.errors else 200)


def _welcome_over(request: HttpRequest) -> HttpResponse:
    return render(request, "common/welcome_over.html", status=410)


def _first_place(person: User) -> str:
    """Most invitations come with the receipt of a request: that list is what people look for."""
    if person.is_agent or person.is_administrator:
        return "home"
    return "portal:requests" if Ticket.objects.of_customer(person).exists() else "portal:home"


@never_cache
@require_safe
@customer_required
def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_change_done.html")


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remembered with the person, or on this computer."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        return HttpResponse(status=400)
    response = HttpResponse(status=204)
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    else:
        _remember(response, settings.THEME_COOKIE_NAME, theme)
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return HttpResponse(status=400)
    response = HttpResponseRedirect(_back(request))
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    else:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@never_cache
@require_safe
@customer_required
def live_address(request: HttpRequest) -> HttpResponse:
    """A fresh address for the live stream, as text: `?ticket=NUMBER` adds that ticket when it may be seen."""
    user, number = request.user, clean_line(request.GET.get("ticket", ""), 40)
    ticket = Ticket.objects.allowing(user, "read").filter(number=number).first() if number else None
    if ticket is None and number:
        ticket = Ticket.objects.of_customer(user).filter(number=number).first()
        if ticket is None:
            raise Http404
        return HttpResponse(f"/live/?token={live.request_token(user, ticket)}", content_type="text/plain")
    return HttpResponse(f"/live/?token={live.desk_token(user, ticket)}", content_type="text/plain")


def _remember(response: HttpResponse, name: str, value: str) -> None:
    """A choice of somebody who is not known yet, on this computer; no script needs to read it (T77)."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)


def _back(request: HttpRequest) -> str:
    """Where the person came from, on our own host only (T67)."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
