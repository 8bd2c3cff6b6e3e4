"""Links by which somebody known only by address chooses a first password: expiring, good for one use (T80)."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.domains import confirm_address
from accounts.models import User
from core.links import welcome

SALT = "accounts.invitations"


def invitation_link(user: User, *, host: str = "") -> str:
    """The absolute address of the page where `user` chooses a password; valid for `INVITATION_DAYS`."""
    return welcome(signing.dumps({"user": user.pk, "state": _state(user)}, salt=SALT), host=host)


def concealed_link() -> str:
    """What stands for the link where others can read: only the mail to the person carries the real one."""
    return welcome("…")


def invited_person(token: str) -> User | None:
    """Who this link was made for; None when it is forged, used, too old, or the address has changed since."""
    try:
        claim = signing.loads(token, salt=SALT, max_age=timedelta(days=settings.INVITATION_DAYS))
    except signing.BadSignature:
        return None
    user = User.objects.active().filter(pk=claim["user"]).first()
    if user is None or user.has_usable_password() or not constant_time_compare(claim["state"], _state(user)):
        return None
    return user


def accept_invitation(token: str, *, password: str) -> User | None:
    """Choose the first password and so use the link up; None when it is not good (any more)."""
    with transaction.atomic():
        user = invited_person(token)
        # of two who click at once the second finds the link used
        user = user and User.objects.select_for_update().get(pk=user.pk)
        if user is None or invited_person(token) is None:
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
        # the link lay in a mail to this address
        confirm_address(user, user.email)
    return user


def _state(user: User) -> str:
    """Changes whenever the link must die: a password was set, the address changed, somebody signed in."""
    return salted_hmac(SALT, f"{user.pk}{user.password}{user.email}{user.last_login}").hexdigest()
