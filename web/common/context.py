"""What every template knows."""

from collections.abc import Callable
from operator import attrgetter

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Brand
from accounts.people import nobody_can_sign_in
from core.addresses import address
from web.common.bell import badge_of
from web.common.brands import logo_url, stylesheet_url

OF_THE_HOUSE = ("/desk/", "/admin/", "/api/")


def site(request: HttpRequest) -> dict:
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "site_name": _site_name(request),
        # Asked for by the pages of customers alone.
        "brand_css": lambda: _of_brand(request, stylesheet_url),
        "brand_logo": lambda: _of_brand(request, logo_url),
        "theme": (user.theme if known else request.COOKIES.get(settings.THEME_COOKIE_NAME)) or "auto",
        "density": user.density if known else "",
        "single_keys": user.single_keys if known else True,
        "languages": settings.LANGUAGES,
        # Asked for by the page to sign in alone.
        "nobody_can_sign_in": nobody_can_sign_in,
        "nav_sections": _sections(request) if known and (user.is_agent or user.is_administrator) else [],
        # Asked for by the rail alone, so that parts of pages cost no question.
        "has_bell": known and user.is_agent,
        "bell": lambda: {"badge": badge_of(user)},
    }


def _site_name(request: HttpRequest) -> str:
    """People who work here always meet the house; everybody else meets a brand."""
    if not hasattr(request, "brand") or request.path_info.startswith(OF_THE_HOUSE):
        return settings.SITE_NAME
    return SimpleLazyObject(lambda: _of_brand(request, attrgetter("name")) or settings.SITE_NAME)


def _of_brand(request: HttpRequest, asked: Callable[[Brand], str]) -> str:
    """Nothing where the request was refused before its brand was known, or where the database is what fails."""
    try:
        return asked(request.brand) if hasattr(request, "brand") else ""
    except DatabaseError:
        return ""


def _sections(request: HttpRequest) -> list[dict]:
    """The entries of the rail. A section appears when its door exists and the person may enter."""
    sections = []
    if request.user.is_agent:
        start = pgettext_lazy("section", "Start")
        sections.append({"key": "start", "icon": "home", "label": start, "url": address("desk:home")})
        sections.append({"key": "tickets", "icon": "inbox", "label": _("Tickets"), "url": address("desk:tickets")})
        sections.append({"key": "people", "icon": "users", "label": _("People"), "url": address("desk:people")})
        sections.append({"key": "articles", "icon": "book", "label": _("Articles"), "url": address("desk:knowledge")})
        sections.append({"key": "reports", "icon": "chart", "label": _("Reports"), "url": address("desk:reports")})
    if request.user.is_administrator:
        label = pgettext_lazy("section", "Admin")
        sections.append({"key": "admin", "icon": "sliders", "label": label, "url": address("setup:home")})
    return sections
