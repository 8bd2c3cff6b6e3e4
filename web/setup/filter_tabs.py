"""The pages about what is decided of mail that comes in."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGES = {
    "filters": pgettext_lazy("mail", "Filters"),
    "senders": _("Senders"),
    "trust_list": _("Proof of senders"),
    "mail_trial": _("Try a message"),
}


def tabs(current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}"), "current": name == current} for name, label in PAGES.items()
    ]
