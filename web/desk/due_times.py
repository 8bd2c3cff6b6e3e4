"""The times above the list of deadlines (overdue, today, tomorrow ...), each with its count."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import now
from sla.queries import Due, due_in
from tickets.views import VIEW, counted, tickets_in
from web.desk.lists import DEADLINES, Listing
from web.desk.people import capped


def times_of(user: User, listing: Listing) -> list[dict[str, Any]]:
    """Counted in one query, each no further than the counters count."""
    tickets, moment, url = tickets_in(VIEW[DEADLINES], user), now(), reverse("desk:view", args=[DEADLINES])
    numbers = counted([tickets, *(due_in(tickets, due, moment) for due in Due)])
    choices = [("", _("All deadlines")), *((due.value, due.label) for due in Due)]
    return [
        {
            "label": label,
            "count": capped(number),
            "url": f"{url}?due={key}" if key else url,
            "is_here": key == listing.due,
            "is_late": key == Due.OVERDUE and number > 0,
        }
        for (key, label), number in zip(choices, numbers, strict=True)
    ]
