"""API tokens: 256 random bits, shown once, kept as a digest. Rights are the person's own, cut by the scope."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import note, save_audited, snapshot
from accounts.models import ApiToken, ConfigChange, User

PREFIX = "hdk_"
LIFETIME = timedelta(days=365)


def issue_token(user: User, *, name: str, scope: str = ApiToken.Scope.WRITE) -> tuple[ApiToken, str]:
    """A new token and its secret; the secret is never readable again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            scope=scope,
            prefix=secret[:10],
            digest=_digest(secret),
            expires_at=timezone.now() + LIFETIME,
        )
        note(token, action=ConfigChange.Action.CREATED, before={}, after=snapshot(token), by=user)
    return token, secret


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


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
