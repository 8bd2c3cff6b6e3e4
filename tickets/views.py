"""The built-in views: named conditions with an order. (Views of Django live in the doors.)"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from tickets.conditions import to_q, viewer
from tickets.models import Ticket
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of

COUNT_LIMIT = 1000


@dataclass(frozen=True)
class View:
    key: str
    title: str | Promise
    icon: str
    condition: Mapping[str, Any]
    order: tuple[str, ...] = ("-changed_at", "-id")


OPEN = {"field": "closed", "empty": True}
ME = {"me": True}

VIEWS = [
    View("mine", _("My open tickets"), "user", {"all": [OPEN, {"field": "owner", "is": ME}]}),
    View("open", _("All open"), "inbox", {"all": [OPEN]}),
    View("unassigned", _("Unassigned"), "user-plus", {"all": [OPEN, {"field": "owner", "empty": True}]}),
    View("new", pgettext_lazy("view", "New"), "bolt", {"all": [OPEN, {"field": "state.type", "is": "new"}]}),
    View(
        "waiting",
        _("Waiting"),
        "hourglass",
        {"all": [OPEN, {"field": "state.type", "in": ["pending_reminder", "pending_auto"]}]},
    ),
    View(
        "closed",
        _("Recently closed"),
        "check-circle",
        # What was closed lately was changed lately, and by that the lists are sorted.
        {
            "all": [
                {"field": "closed", "after": {"now": "-30d"}},
                {"field": "changed", "after": {"now": "-30d"}},
                {"field": "state.type", "is": "closed"},
            ]
        },
    ),
]
VIEW = {view.key: view for view in VIEWS}


def tickets_in(view: View, user: User) -> TicketQuerySet:
    """The tickets of a view that `user` may see, unordered."""
    return Ticket.objects.allowing(user, "read").filter(to_q(view.condition, viewer(user)))


def count_in(view: View, user: User) -> int:
    """How many, counted no further than `COUNT_LIMIT`: a counter must not cost what the table costs."""
    return tickets_in(view, user).order_by()[:COUNT_LIMIT].count()


def open_counts(user: User) -> dict[int, int]:
    """Open tickets per readable queue id, each counted no further than `COUNT_LIMIT`, in one query."""
    queues = list(rights_of(user).queues["read"])
    if not queues:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT queue.id, counted.number
            FROM unnest(%s) AS queue(id),
            LATERAL (SELECT count(*) AS number FROM (
                SELECT 1 FROM tickets_ticket WHERE queue_id = queue.id AND closed_at IS NULL LIMIT %s
            ) AS counted_rows) AS counted
            """,
            [queues, COUNT_LIMIT],
        )
        return dict(cursor.fetchall())
