"""Who calls: a session that was made here before, or address and password, under the limits of every sign-in (T70)."""

import hashlib
import secrets
from copy import copy
from datetime import timedelta
from functools import partial

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from api.limits import count
from api.models import OtrsSession
from api.otrs.door import Call, Caller, Refusal, TooMany
from core.later import after_commit
from core.text import ADDRESS_LIMIT

# As OTRS has it by default (SessionMaxTime, SessionMaxIdleTime).
LONGEST = timedelta(hours=16)
IDLE = timedelta(hours=2)
CLEARED_AT_ONCE = 100
# Of one person, by whatever sessions.
MOST_A_MINUTE = 600
LONGEST_PASSWORD = 4096


def caller_of(call: Call) -> Caller:
    """Raises `Refusal` for whoever is not let in; a session counts before an address with its password."""
    if secret := session_id(call):
        if caller := caller_with_session(secret):
            return caller
        raise Refusal("AuthFail", "User could not be authenticated!")
    if not (call.text("UserLogin") or call.text("CustomerUserLogin")):
        raise Refusal("MissingParameter", "UserLogin, CustomerUserLogin or SessionID is required!")
    if not call.data.get("Password"):
        raise Refusal("MissingParameter", "Password or SessionID is required!")
    return signed_in(call)


def agent_of(call: Call) -> Caller:
    """The same for what customers have no part in."""
    caller = caller_of(call)
    if caller.is_customer:
        raise Refusal("AccessDenied", "User does not have access to this operation!")
    return caller


def session_id(call: Call) -> str:
    return call.text("SessionID") or call.text("AccessToken")


def signed_in(call: Call) -> Caller:
    """Whose address and password these are."""
    is_customer = not call.text("UserLogin")
    login = call.text("CustomerUserLogin") if is_customer else call.text("UserLogin")
    password = str(call.data.get("Password", ""))
    if len(login) > ADDRESS_LIMIT or len(password) > LONGEST_PASSWORD:
        raise Refusal("AuthFail", "User could not be authenticated!")
    # A copy that posts: allauth counts no guesses that come with a GET.
    asking = copy(call.request)
    asking.method = "POST"
    try:
        found = get_adapter(asking).authenticate(asking, email=login, password=password)
    except ValidationError as error:
        raise Refusal("AuthFail", "Too many attempts. Wait five minutes and try again.") from error
    if not isinstance(found, User) or not _may_be(found, is_customer=is_customer):
        raise Refusal("AuthFail", "User could not be authenticated!")
    return _counted(Caller(found, is_customer))


@transaction.atomic
def begin_session(caller: Caller) -> str:
    """A new session; the secret is never readable again."""
    old = OtrsSession.objects.filter(created_at__lt=timezone.now() - LONGEST).select_for_update(skip_locked=True)
    OtrsSession.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE])).delete()
    secret = secrets.token_urlsafe(32)
    OtrsSession.objects.create(
        user=caller.person,
        digest=_digest(secret),
        as_customer=caller.is_customer,
        password_mark=_mark(caller.person),
    )
    return secret


def caller_with_session(secret: str) -> Caller | None:
    """Whose session it is, when it is still good."""
    now = timezone.now()
    fresh = OtrsSession.objects.filter(created_at__gt=now - LONGEST, last_used_at__gt=now - IDLE)
    session = fresh.select_related("user").filter(digest=_digest(secret)).first()
    if session is None or not _may_be(session.user, is_customer=session.as_customer):
        return None
    if not constant_time_compare(session.password_mark, _mark(session.user)):
        return None
    if now - session.last_used_at > timedelta(minutes=1):
        after_commit(partial(_note_use, session.pk))
    return _counted(Caller(session.user, session.as_customer, f"session {session.pk}"))


@transaction.atomic
def _note_use(pk: int) -> None:
    """After the operation, and only while nobody else does: requests of one session never wait for each other."""
    free = OtrsSession.objects.filter(pk=pk).select_for_update(skip_locked=True)
    OtrsSession.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(last_used_at=timezone.now())


def end_session(secret: str) -> None:
    OtrsSession.objects.filter(digest=_digest(secret)).delete()


def _counted(caller: Caller) -> Caller:
    used, wait = count(f"otrs-requests:{caller.person.pk}")
    if used > MOST_A_MINUTE:
        raise TooMany(wait)
    return caller


def _may_be(person: User, *, is_customer: bool) -> bool:
    return person.is_active and (person.is_customer if is_customer else person.is_agent)


def _mark(person: User) -> str:
    """Another one as soon as the sessions of browsers have ended, too."""
    return hashlib.sha256(person.get_session_auth_hash().encode()).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
