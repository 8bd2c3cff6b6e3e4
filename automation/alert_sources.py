"""Alert sources as administrators keep them, and the secret in their address: shown once, kept as a digest."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import remove_audited, save_audited
from accounts.models import User
from automation.alert_reading import SEVERITIES, USUAL
from automation.models import AlertSource
from core.text import clean_line
from tickets.models import Priority

PREFIX = "hda_"
# Posts of one source, and guesses from one address of the network, per minute.
MOST_POSTS, MOST_GUESSES = 300, 30
MAX_PATH = 200


def save_source(source: AlertSource, *, by: User) -> str:
    """Save a source; of a new one gives the secret, else nothing. Raises `ValidationError` by field."""
    source.name = clean_line(source.name, 100)
    source.priorities = _checked_priorities(source.priorities)
    source.mapping = _checked_mapping(source.mapping)
    secret = ""
    with transaction.atomic():
        if not source.token_digest:
            secret = _renewed(source)
        save_audited(source, by=by)
    return secret


def renew_secret(source: AlertSource, *, by: User) -> str:
    """A new address; the old one stops working at once."""
    with transaction.atomic():
        source = AlertSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
        secret = _renewed(source)
        save_audited(source, by=by)
    return secret


def remove_source(source: AlertSource, *, by: User) -> None:
    """What it had opened stays; what it posts from now on is refused."""
    remove_audited(source, by=by)


def source_for(secret: str) -> AlertSource | None:
    """The active source whose address has this secret."""
    digest = _digest(secret)
    source = AlertSource.objects.select_related("queue", "type", "customer").filter(token_digest=digest).first()
    if source is None or not hmac.compare_digest(source.token_digest, digest) or not source.is_active:
        return None
    return source


def may_post(source: AlertSource) -> bool:
    return _counted(f"alerts:{source.pk}") <= MOST_POSTS


def may_guess(place: str) -> bool:
    """Whether somebody at this place of the network may still try secrets."""
    return int(cache.get(_key(place)) or 0) < MOST_GUESSES


def note_guess(place: str) -> None:
    _counted(_key(place))


def _key(place: str) -> str:
    return f"alert-guesses:{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def _counted(key: str) -> int:
    """How often within a minute, this time included; 0 while the cache is away."""
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) or 0
    except ValueError:
        return 0


def _renewed(source: AlertSource) -> str:
    secret = PREFIX + secrets.token_urlsafe(32)
    source.token_digest, source.token_start = _digest(secret), secret[:10]
    return secret


def _checked_priorities(chosen: Mapping[str, int]) -> dict[str, int]:
    chosen = {name: pk for name, pk in chosen.items() if name in SEVERITIES and pk}
    if set(chosen.values()) - set(Priority.objects.values_list("pk", flat=True)):
        raise ValidationError({"priorities": _("What was chosen does not exist any more or is no longer in use.")})
    return dict(chosen)


def _checked_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    return {name: path for name in USUAL if (path := clean_line(str(mapping.get(name, "")), MAX_PATH))}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
