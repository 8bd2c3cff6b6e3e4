"""What the pages of the portal know besides; asked for by them alone, so that others cost no question."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Brand
from web.portal.announcements import Announcements, announcements_for


def portal(request: HttpRequest) -> dict[str, Any]:
    asked: list[Announcements] = []

    def announcements() -> Announcements:
        if not asked:
            user = getattr(request, "user", None)
            asked.append(announcements_for(user if user and user.is_authenticated else None, _brand(request)))
        return asked[0]

    def foot() -> str:
        """The line at the foot in the words of the brand."""
        brand = _brand(request)
        return brand.said(brand.footer) if brand else ""

    return {"announcements": announcements, "foot": foot}


def _brand(request: HttpRequest) -> Brand | None:
    """None where the request was refused before its brand was known."""
    return getattr(request, "brand", None)
