"""Who may enter which door. What he sees there is decided by the querysets."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from accounts.models import User

View = Callable[..., HttpResponse]


def agent_required(view: View) -> View:
    """For people who work tickets; others find nothing here."""
    return _door(view, lambda user: user.is_agent)


def customer_required(view: View) -> View:
    """For everybody with an account: agents may have requests of their own."""
    return _door(view, lambda user: True)


def administrator_required(view: View) -> View:
    return _door(view, lambda user: user.is_administrator)


def staff_required(view: View) -> View:
    """For agents and administrators: what stands on the pages of both."""
    return _door(view, lambda user: user.is_agent or user.is_administrator)


def _door(view: View, may_enter: Callable[[User], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not may_enter(request.user):
            raise Http404
        response = view(request, *args, **kwargs)
        # what one person sees is kept by no proxy, and asked for again after signing out
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return guarded


def found_or_sign_in(view: View) -> View:
    """For everybody. What a visitor does not find there may be for people who are signed in, or be nothing at all: he
    is led to the sign-in form alike."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return sign_in_first(request)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return guarded


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Pages lead to the sign-in form and back; parts of a page get a 401 (the page keeps what was typed)."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=401)
    target = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    return HttpResponseRedirect(f"{resolve_url('account_login')}?{urlencode({'next': target})}")
