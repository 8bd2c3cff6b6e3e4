"""The menus above a list: its order and its groups, each choice an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tickets.saved import GROUPS, ORDERS
from web.desk.lists import BEST, Listing


@dataclass(frozen=True)
class Menu:
    """`label` is what a menu is for, `now` the present choice."""

    key: str
    icon: str
    label: str
    now: str | Promise
    items: Sequence[dict[str, Any]]


def menus_of(listing: Listing) -> list[Menu]:
    if not listing.is_sortable or listing.key == "search:":
        return []
    orders = [(key, label) for key, (label, _fields) in ORDERS.items()]
    if listing.is_ranked:
        orders.insert(0, (BEST, _("Best match first")))
    groups = [("-", _("No groups")), *((key, label) for key, (label, _fields) in GROUPS.items())]
    return [
        Menu("group", "layers", _("Group by"), dict(groups)[listing.group_by or "-"], _items(listing, "group", groups)),
        Menu("order", "sort", _("Order"), dict(orders)[listing.sorted_by], _items(listing, "order", orders)),
    ]


def _items(listing: Listing, name: str, choices: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Everything else of the address stays as it is."""
    path, _mark, _query = listing.url.partition("?")
    now = {"order": listing.sorted_by, "group": listing.group_by or "-"}
    kept = {name: value for name, value in (("q", listing.query), ("due", listing.due)) if value}
    return [
        {
            "label": label,
            "url": f"{path}?{urlencode({**kept, **now, name: key})}",
            "attrs": {"aria_current": "true"} if now[name] == key else {},
        }
        for key, label in choices
    ]
