"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def site(request: HttpRequest) -> dict:
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "site_name": settings.SITE_NAME,
        "theme": (user.theme if known else request.COOKIES.get(settings.THEME_COOKIE_NAME)) or "auto",
        "languages": settings.LANGUAGES,
        "nav_sections": _sections(request) if known and (user.is_agent or user.is_administrator) else [],
    }


def _sections(request: HttpRequest) -> list[dict]:
    """The entries of the rail. A section appears when its door exists and the person may enter."""
    sections = []
    if request.user.is_agent:
        sections.append({"key": "tickets", "icon": "inbox", "label": _("Tickets"), "url": reverse("desk:home")})
    if request.user.is_administrator:
        label = pgettext_lazy("section", "Admin")
        sections.append({"key": "admin", "icon": "sliders", "label": label, "url": reverse("setup:home")})
    return sections
