"""The pages about how tickets are given."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGES = {
    "assignment": _("Skills of agents"),
    "assignment_queues": pgettext_lazy("assignment", "By queue"),
    "skill_rules": _("What tickets need"),
    "weights": _("Points of work"),
}


def tabs(current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}"), "current": name == current} for name, label in PAGES.items()
    ]
