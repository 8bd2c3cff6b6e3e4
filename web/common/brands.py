"""Under which brand a request came in, and the files of a brand: its colours and its logo.

Pages ask `request.brand`; it is looked up when it is asked for the first time, so that what needs none costs nothing.
"""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.brands import brand_of_host, is_host_of_a_brand, stylesheet_of
from accounts.models import Brand
from core.blobs import load

YEAR = 365 * 24 * 3600


class BrandOfHost:
    """Refuses host names that are neither configured nor a brand's (T68), and finds the brand of those that are."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        host, _port = split_domain_port(request.get_host())
        if not validate_host(host, settings.HOSTS) and not is_host_of_a_brand(host):
            raise DisallowedHost(f"Nobody has set up the host name {host!r}.")
        request.brand = SimpleLazyObject(lambda: brand_of_host(host))
        return self.get_response(request)


def stylesheet_url(brand: Brand) -> str:
    return reverse("brand_colours", args=[brand.key, stylesheet_of(brand)[1]])


def logo_url(brand: Brand) -> str:
    """Where its logo lies; "" when it has none."""
    return reverse("brand_logo", args=[brand.key, brand.logo[:12]]) if brand.logo else ""


@require_safe
def colours(request: HttpRequest, key: str, mark: str) -> HttpResponse:
    """The brand's tokens. Under the mark of what they are now they never change; an older one is asked for again."""
    text, now = stylesheet_of(get_object_or_404(Brand, key=key))
    return _kept(HttpResponse(text, content_type="text/css; charset=utf-8"), is_current=mark == now)


@require_safe
def logo(request: HttpRequest, key: str, mark: str) -> HttpResponse:
    brand = get_object_or_404(Brand, key=key)
    if not brand.logo:
        raise Http404
    try:
        content = load(brand.logo)
    except FileNotFoundError as error:
        raise Http404 from error
    return _kept(HttpResponse(content, content_type=brand.logo_type), is_current=brand.logo.startswith(mark))


def _kept(response: HttpResponse, *, is_current: bool) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if is_current else "public, max-age=60"
    return response
