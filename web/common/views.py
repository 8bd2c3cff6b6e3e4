"""The way in: home, first password, theme, language, live tokens."""

from django.conf import settings
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.forms import CharField, Form, PasswordInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.invitations import invited_person
from accounts.models import Theme, User
from tickets.models import Ticket
from web.common import live
from web.common.access import customer_required

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


class FirstPassword(Form):
    password = CharField(
        label=_("Password"),
        widget=PasswordInput(attrs={"autocomplete": "new-password", "class": "input input--lg"}),
        help_text=_("At least 8 characters. A sentence is easy to remember."),
    )

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        try:
            password_validation.validate_password(self.cleaned_data["password"], self.person)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return self.cleaned_data["password"]


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody known only by address chooses a first password and is signed in."""
    person = invited_person(token)
    if person is None:
        return render(request, "common/welcome_over.html", status=410)
    form = FirstPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        person.set_password(form.cleaned_data["password"])
        person.save(update_fields=["password"])
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    return render(request, "common/welcome.html", {"form": form, "person": person}, status=422 if form.errors else 200)


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
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
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
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    return response


@never_cache
@require_safe
@customer_required
def live_address(request: HttpRequest) -> HttpResponse:
    """A fresh address for the live stream, as text: `?ticket=NUMBER` adds that ticket when it may be seen."""
    user, number = request.user, request.GET.get("ticket", "")
    ticket = Ticket.objects.allowing(user, "read").filter(number=number).first() if number else None
    if ticket is None and number:
        ticket = Ticket.objects.of_customer(user).filter(number=number).first()
        if ticket is None:
            return HttpResponse(status=404)
        return HttpResponse(f"/live/?token={live.ticket_token(user, ticket)}", content_type="text/plain")
    return HttpResponse(f"/live/?token={live.desk_token(user, ticket)}", content_type="text/plain")


def _back(request: HttpRequest) -> str:
    """Where the person came from, on our own host only (T67)."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
