"""Reports and dashboards in the command palette (settings.PALETTE_GROUPS)."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.text import fold
from web.desk.reports.side import panel_of

FOUND = 6
SHORTEST = 2


def reports_with(user: User, words: str) -> dict[str, Any] | None:
    """Those whose names have all the words; nothing for who works no tickets."""
    wanted = fold(words).split()
    if not user.is_agent or len(words) < SHORTEST:
        return None
    found = [one for one in panel_of(user).all if all(word in fold(str(one.label)) for word in wanted)]
    items = [{"label": one.label, "url": one.url, "icon": one.icon} for one in found[:FOUND]]
    return {"label": _("Reports"), "items": items} if items else None
