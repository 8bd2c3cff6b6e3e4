"""The pages about how tickets are given."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

PAGES = {
    "assignment": _("Skills of agents"),
    "skill_rules": _("What tickets need"),
    "weights": _("Points of work"),
}


def tabs(current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}"), "current": name == current} for name, label in PAGES.items()
    ]
