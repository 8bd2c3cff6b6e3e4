"""API tokens: 256 random bits, shown once, kept as a digest. Rights are the person's own, cut by the token's limits."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import note, save_audited, snapshot
from accounts.models import ApiToken, ConfigChange, User
from accounts.models.access import USUAL_PER_MINUTE

PREFIX = "hdk_"
LIFETIME = timedelta(days=365)
# How long the old secret works beside a new one: time to bring the new one to where the program runs.
OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class Limits:
    """What a token may less than its person. Without areas it opens all parts of the interface, without queues it sees
    what the person sees; one for certain queues (by id) opens nothing but tickets."""

    areas: Collection[str] = ()
    queues: Collection[int] = ()
    per_minute: int = USUAL_PER_MINUTE


class Ended(ValueError):
    """The token has been revoked or replaced, or its time is over."""


def issue_token(
    user: User,
    *,
    name: str,
    scope: str = ApiToken.Scope.WRITE,
    limits: Limits | None = None,
    lifetime: timedelta = LIFETIME,
) -> tuple[ApiToken, str]:
    """A new token and its secret; the secret is never readable again."""
    limits = limits or Limits()
    token = ApiToken(
        user=user,
        name=name,
        scope=scope,
        areas=[ApiToken.Area.TICKETS] if limits.queues else sorted(set(limits.areas)),
        queues=sorted(set(limits.queues)),
        per_minute=limits.per_minute,
        expires_at=timezone.now() + lifetime,
    )
    return _issued(token, by=user)


def rotate_token(token: ApiToken, *, by: User, overlap: timedelta = OVERLAP) -> tuple[ApiToken, str]:
    """A new secret that may the same for as long again; the old one works on for `overlap`. Raises `Ended`."""
    with transaction.atomic():
        old = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
        now = timezone.now()
        if old.revoked_at is not None or old.expires_at <= now or ApiToken.objects.filter(replaces=old).exists():
            raise Ended
        new = ApiToken(
            user=old.user,
            name=old.name,
            scope=old.scope,
            areas=old.areas,
            queues=old.queues,
            per_minute=old.per_minute,
            first_id=old.family,
            replaces=old,
            expires_at=now + (old.expires_at - old.created_at),
        )
        old.expires_at = min(old.expires_at, now + overlap)
        save_audited(old, by=by)
        return _issued(new, by=by)


def revoke_token(token: ApiToken, *, by: User) -> None:
    """The token stops working at once; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        save_audited(token, by=by)


def token_for(secret: str) -> ApiToken | None:
    """The valid token with this secret: neither revoked nor expired, of an active person."""
    now = timezone.now()
    token = ApiToken.objects.select_related("user").filter(digest=_digest(secret), revoked_at__isnull=True).first()
    if token is None or token.expires_at <= now or not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _issued(token: ApiToken, *, by: User) -> tuple[ApiToken, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    token.prefix, token.digest = secret[:10], _digest(secret)
    with transaction.atomic():
        token.save(force_insert=True)
        note(token, action=ConfigChange.Action.CREATED, before={}, after=snapshot(token), by=by)
    return token, secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
