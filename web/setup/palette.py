"""What the administration adds to the command palette: its settings, by the words people look for."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from web.setup.sections import find

FOUND = 6


def settings_named(user: User, words: str) -> dict[str, Any] | None:
    """For administrators only; see PALETTE_GROUPS in the settings."""
    found = find(words)[:FOUND] if user.is_administrator and words else []
    if not found:
        return None
    items = [
        {"label": entry.label, "url": entry.url, "hint": str(entry.section.label), "icon": entry.section.icon}
        for entry in found
    ]
    return {"label": _("Settings"), "items": items}
