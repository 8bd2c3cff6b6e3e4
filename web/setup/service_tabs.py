"""The pages of one service."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets.models import Service

PAGES = {"service": _("What it is"), "service_form": _("Its form")}


def tabs(service: Service, current: str) -> list[dict]:
    return [
        {"label": label, "url": reverse(f"setup:{name}", args=[service.pk]), "current": name == current}
        for name, label in PAGES.items()
    ]
