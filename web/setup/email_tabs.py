"""The pages under Email."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGES = {
    "addresses": _("Addresses"),
    "accounts": _("Mailboxes"),
    "ledger": _("By day"),
    "incoming_list": _("Incoming"),
    "outgoing_list": _("Outgoing"),
    "storms": pgettext_lazy("mail", "Storms"),
    "servers": _("Servers"),
    "mail_rules": _("Limits"),
}


def tabs(current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}"), "current": name == current} for name, label in PAGES.items()
    ]
