"""The four pages under Email."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

PAGES = {
    "addresses": _("Addresses"),
    "accounts": _("Mailboxes"),
    "incoming_list": _("Incoming"),
    "outgoing_list": _("Outgoing"),
}


def tabs(current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}"), "current": name == current} for name, label in PAGES.items()
    ]
