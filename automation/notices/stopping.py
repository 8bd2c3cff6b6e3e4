"""Links by which somebody stops mails about one occasion without signing in (RFC 8058)."""

from dataclasses import dataclass

from django.core import signing

from accounts.models import User
from automation.notices.occasions import OCCASIONS, Occasion
from automation.notices.wishes import stop_mails
from core.links import absolute

SALT = "notices.stop"
# A mail that is older is hardly read any more; the profile always does it.
VALID_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True)
class Stop:
    person: User
    occasion: Occasion

    def do(self) -> None:
        stop_mails(self.person, self.occasion.key)


def stop_link(user: User, occasion: str) -> str:
    return absolute(f"/notices/stop/{signing.dumps([user.pk, occasion], salt=SALT)}/")


def stop_of(token: str) -> Stop | None:
    """None when the link is forged or too old, or the person is gone."""
    try:
        pk, key = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.active().filter(pk=pk).first()
    return Stop(user, OCCASIONS[key]) if user is not None and key in OCCASIONS else None
