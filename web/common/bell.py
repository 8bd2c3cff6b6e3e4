"""How many notices are new, as the bell says it."""

from accounts.models import User
from automation.notices.bell import CAP, unread_count


def badge_of(user: User) -> str:
    return badge(unread_count(user))


def badge(count: int) -> str:
    """Empty for none."""
    return f"{CAP - 1}+" if count >= CAP else str(count or "")
