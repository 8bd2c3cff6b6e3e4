"""What surrounds every request: an id for the logs, the person's language, zone and theme."""

import re
import secrets
import zoneinfo
from datetime import tzinfo

from django.conf import settings
from django.middleware.common import CommonMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from core import logs

_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


class RequestId:
    """Gives each request an id, or takes the proxy's when it looks like one; answers carry it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _ID.match(given) else secrets.token_hex(8)
        with logs.scope(request=request.id):
            response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class Common(CommonMiddleware):
    def should_redirect_with_slash(self, request):
        """Programs that send something would follow with a GET, and take the list for what became of it."""
        if request.path_info.startswith("/api/") and request.method not in ("GET", "HEAD"):
            return False
        return super().should_redirect_with_slash(request)


class Language:
    """The language before anybody is known: what was chosen on this computer, else what the browser asks for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ["Accept-Language"])
        translation.deactivate()
        timezone.deactivate()
        return response


class PersonSettings:
    """The signed-in person's language and zone; of visitors, a language that the brand offers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(("/api/", "/static/", "/healthz")):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            timezone.activate(_zone(user.time_zone))
        elif (offered := request.brand.languages) and translation.get_language() not in offered:
            translation.activate(request.brand.language)
            request.LANGUAGE_CODE = request.brand.language
        return self.get_response(request)


def _zone(name: str) -> tzinfo:
    """Whoever has chosen none reads in the zone of the installation."""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
