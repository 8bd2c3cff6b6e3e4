"""Who may import what: administrators everything; who looks after customers, these and their organisations."""

from collections.abc import Sequence

from accounts.models import User
from accounts.roles import may_edit_people
from imports.models import What


def importable(user: User) -> Sequence[What]:
    """What `user` may import; nothing for most people."""
    if user.is_active and user.is_administrator:
        return list(What)
    return [What.PEOPLE, What.ORGANISATIONS] if may_edit_people(user) else []
