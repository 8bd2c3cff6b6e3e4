"""Brands: which one a host name or a queue means, and how administrators change them."""

import re
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import save_audited
from accounts.models import Brand, User
from accounts.palette import Palette, palette
from accounts.palette import stylesheet as written
from core.blobs import store

LOGO_LIMIT = 200 * 1024
# What a picture begins with. No SVG: it can carry scripts, and a logo is shown to everybody.
PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")


def default_brand() -> Brand:
    """The brand of all host names that are no other's. There always is one."""
    found = Brand.objects.filter(is_default=True).first()
    if found is None:
        found, _made = Brand.objects.get_or_create(
            is_default=True, defaults={"name": settings.SITE_NAME, "key": settings.SITE_NAME.lower()}
        )
    return found


def brand_of_host(host: str) -> Brand:
    """The active brand that is met under this host name (without port), else the default one."""
    found = Brand.objects.active().filter(host=host.lower()).first() if host else None
    return found or default_brand()


def is_host_of_a_brand(host: str) -> bool:
    return bool(host) and Brand.objects.filter(host=host.lower()).exists()


def palette_of(brand: Brand) -> Palette:
    return palette(brand.colour, brand.accent)


def stylesheet_of(brand: Brand) -> tuple[str, str]:
    """The file with the brand's colours, and the mark of its content for its address."""
    text = written(palette_of(brand))
    return text, sha256(text.encode()).hexdigest()[:12]


def save_brand(brand: Brand, *, by: User) -> Brand:
    """Save a new or changed brand. Raises `ValidationError` when the name or the host name is taken or impossible."""
    brand.host = brand.host.strip().lower().rstrip(".")
    with transaction.atomic():
        _check(brand)
        if not brand.pk:
            brand.key = _free_key(brand.name)
        save_audited(brand, by=by)
    return brand


def set_logo(brand: Brand, content: bytes, *, field: str = "logo") -> None:
    """Give it this picture; `save_brand` keeps it. Raises `ValidationError` when it is none that browsers show."""
    kind = next((kind for start, kind in PICTURES.items() if content.startswith(start)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind:
        raise ValidationError({field: _("This is no picture of the kinds PNG, JPEG, GIF or WebP.")})
    if len(content) > LOGO_LIMIT:
        raise ValidationError({field: _("This picture is too large. A logo has at most 200 kB.")})
    brand.logo, brand.logo_type = store(content), kind


def remove_logo(brand: Brand) -> None:
    brand.logo = brand.logo_type = ""


def _check(brand: Brand) -> None:
    errors: dict[str, Any] = {}
    others = Brand.objects.exclude(pk=brand.pk)
    if others.filter(name__iexact=brand.name).exists():
        errors["name"] = _("There is already a brand with this name.")
    if brand.host and not _HOST.match(brand.host):
        errors["host"] = _("This is no host name. It looks like help.example.com, without https:// and without a path.")
    elif brand.host and others.filter(host=brand.host).exists():
        errors["host"] = _("Another brand already has this host name.")
    if brand.is_default and brand.host:
        errors["host"] = _("The default brand has no host name of its own: it is shown under all that are no other's.")
    if brand.is_default and not brand.is_active:
        errors["is_active"] = _("The default brand stays active, because something must be shown.")
    if unknown := set(brand.languages) - {code for code, _name in settings.LANGUAGES}:
        errors["languages"] = _("These languages are unknown: %(codes)s.") % {"codes": ", ".join(sorted(unknown))}
    elif brand.languages and brand.language not in brand.languages:
        errors["language"] = _("The language of the brand must be among those it offers.")
    if errors:
        raise ValidationError(errors)


def _free_key(name: str) -> str:
    from_name = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "brand"
    taken = set(Brand.objects.filter(key__startswith=from_name).values_list("key", flat=True))
    numbered = (f"{from_name}-{number}" for number in range(2, len(taken) + 3))
    return from_name if from_name not in taken else next(key for key in numbered if key not in taken)
