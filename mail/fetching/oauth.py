"""Tokens to sign in to mailboxes with (OAuth 2): asked for once by a person, renewed by us, sealed at rest.

Microsoft 365 and Google take no passwords for IMAP and POP3. Two flows: somebody signs in to the mailbox on the
provider's page and comes back with a code (RFC 6749, 4.1, with PKCE), or the application signs in by itself (4.4, for
Microsoft, where its administrator has allowed it). A refusal that no repeat can heal stops the account: nothing on the
server is touched, and a person must connect it again.
"""

import base64
import hashlib
import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import outside
from core.secrets import seal, unseal
from mail.models import Account, Consent

SECONDS = 10
# A token that ends while a visit goes on is of no use.
SPARE = timedelta(minutes=3)
UNTOLD = 3600  # seconds that a token lives when its provider does not say
# What no repeat can heal (RFC 6749, 5.2, and what Microsoft adds).
FINAL = frozenset(
    (
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "interaction_required",
        "consent_required",
        "access_denied",
    )
)
_WORD = re.compile(r"[a-z_]{3,60}")
_NUMBER = re.compile(r"AADSTS\d{3,10}")


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked, and for what."""

    authorize: str
    token: str
    scope: str
    extra: Mapping[str, str]


class NoConsent(Exception):
    """Nobody has connected the mailbox with its provider yet."""


class ConsentEnded(Exception):
    """The provider takes its leave back, or our secret has run out; the text is its word for it."""


class TokenTrouble(Exception):
    """No token could be had now; it may be had later."""


def endpoints(consent: Consent) -> Endpoints:
    """What follows from the provider; anybody else's is as the row says."""
    pop = consent.account.protocol == Account.Protocol.POP3
    match consent.provider:
        case Consent.Provider.MICROSOFT:
            base = f"https://login.microsoftonline.com/{consent.tenant or 'organizations'}/oauth2/v2.0"
            if consent.flow == Consent.Flow.CLIENT:
                scope = "https://outlook.office365.com/.default"
            else:
                right = "POP.AccessAsUser.All" if pop else "IMAP.AccessAsUser.All"
                sending = "https://outlook.office.com/SMTP.Send " if consent.pk and consent.servers.exists() else ""
                scope = f"https://outlook.office.com/{right} {sending}offline_access"
            known = Endpoints(f"{base}/authorize", f"{base}/token", scope, {"prompt": "select_account"})
        case Consent.Provider.GOOGLE:
            known = Endpoints(
                "https://accounts.google.com/o/oauth2/v2/auth",
                "https://oauth2.googleapis.com/token",
                "https://mail.google.com/",
                {"access_type": "offline", "prompt": "consent"},  # else there is no refresh token the second time
            )
        case _other:
            known = Endpoints("", "", "", {})
    return Endpoints(
        consent.authorize_url or known.authorize,
        consent.token_url or known.token,
        consent.scope or known.scope,
        known.extra,
    )


def sign_in_address(consent: Consent, *, state: str, verifier: str, back_to: str) -> str:
    """The provider's page on which somebody signs in to the mailbox and agrees."""
    known = endpoints(consent)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    fields = {
        "client_id": consent.client_id,
        "response_type": "code",
        "redirect_uri": back_to,
        "scope": known.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": consent.account.username,
        **known.extra,
    }
    return f"{known.authorize}?{urlencode(fields)}"


def redeem(consent: Consent, *, code: str, verifier: str, back_to: str) -> None:
    """Exchange the code that came back for tokens and keep them. Raises `ConsentEnded` or `TokenTrouble`."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back_to,
        "code_verifier": verifier,
    }
    answer = _ask(consent, fields)
    if not answer.get("refresh_token"):
        raise TokenTrouble("no refresh token")
    _keep(consent, answer, granted=True)


def access_token(account: Account) -> str:
    """A token that is good for now: the one we have, or a new one, asked for by one process at a time."""
    if account.pk is None:
        raise NoConsent
    with transaction.atomic():
        _wait_long_for_the_row()
        consent = (
            Consent.objects.select_for_update(of=("self",)).select_related("account").filter(account=account).first()
        )
        if consent is None or not consent.has_means:
            raise NoConsent
        if consent.refused_at:
            raise ConsentEnded(consent.refusal)
        if consent.sealed_access_token and consent.expires_at and consent.expires_at > timezone.now() + SPARE:
            return unseal(consent.sealed_access_token)
        refusal = _renew(consent)
    if refusal is not None:  # outside, so that what the row says of it stays
        raise refusal
    return unseal(consent.sealed_access_token)


def forget_access_token(account: Account | int) -> None:
    """The server did not take it; the next one is asked for anew."""
    Consent.objects.filter(account=account).update(sealed_access_token="", expires_at=None)


def _renew(consent: Consent) -> ConsentEnded | None:
    if consent.flow == Consent.Flow.CLIENT:
        fields = {"grant_type": "client_credentials"}
    else:
        fields = {"grant_type": "refresh_token", "refresh_token": unseal(consent.sealed_refresh_token)}
    try:
        answer = _ask(consent, fields)
    except ConsentEnded as ended:
        consent.refused_at, consent.refusal = timezone.now(), str(ended)
        consent.sealed_access_token, consent.expires_at = "", None
        consent.save(update_fields=["refused_at", "refusal", "sealed_access_token", "expires_at"])
        return ended
    _keep(consent, answer, granted=not consent.granted_at)
    return None


def _ask(consent: Consent, fields: dict[str, str]) -> Mapping[str, Any]:
    known = endpoints(consent)
    everything = {"client_id": consent.client_id, **fields}
    if consent.sealed_client_secret:
        everything["client_secret"] = unseal(consent.sealed_client_secret)
    if fields["grant_type"] != "authorization_code" and known.scope:
        everything["scope"] = known.scope
    try:
        answer = outside.post_form(known.token, everything, timeout=SECONDS, allowed=settings.MAIL_NETWORKS)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TokenTrouble(type(error).__name__) from error
    if answer.status == 200 and isinstance(answer.fields.get("access_token"), str):
        return answer.fields
    word = _word(answer)
    raise ConsentEnded(word) if word.split(" ")[0] in FINAL else TokenTrouble(word)


def _word(answer: outside.Answer) -> str:
    """What the provider calls it; of its sentences only the number that its help pages know (T62)."""
    error, more = str(answer.fields.get("error", "")), str(answer.fields.get("error_description", ""))
    number = _NUMBER.search(more)
    words = [error if _WORD.fullmatch(error) else f"HTTP {answer.status}", number[0] if number else ""]
    return " ".join(filter(None, words))


def _keep(consent: Consent, answer: Mapping[str, Any], *, granted: bool) -> None:
    now = timezone.now()
    consent.sealed_access_token = seal(str(answer["access_token"]))
    consent.expires_at = now + timedelta(seconds=_seconds(answer.get("expires_in")) or UNTOLD)
    if answer.get("refresh_token"):
        consent.sealed_refresh_token = seal(str(answer["refresh_token"]))
        consent.refresh_expires_at = _later(now, _seconds(answer.get("refresh_token_expires_in")))
    if granted:
        consent.granted_at = now
    consent.refused_at, consent.refusal = None, ""
    consent.save()


def _seconds(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _later(now: datetime, seconds: int) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None


def _wait_long_for_the_row() -> None:
    """Whoever renews holds it for as long as the provider takes to answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '25s'")
