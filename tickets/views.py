"""The built-in views: named conditions with an order. (Views of Django live in the doors.)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.counting import figures
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
    # Only for those who have this right somewhere, and showing only what they have it on.
    right: str = "read"
    # Whether the panel counts it: the trash is not work that waits.
    is_counted: bool = True


OPEN = {"field": "closed", "empty": True}
ME = {"me": True}

WAITING = {"field": "state.type", "in": ["pending_reminder", "pending_auto"]}

VIEWS = [
    View("mine", _("My open tickets"), "user", {"all": [OPEN, {"field": "owner", "is": ME}]}),
    View("mentioned", _("Mentions"), "at", {"all": [OPEN, {"field": "mentioned", "is": ME}]}),
    View("watched", _("Watching"), "eye", {"all": [OPEN, {"field": "watcher", "is": ME}]}),
    View("open", _("All open"), "inbox", {"all": [OPEN]}),
    View("unassigned", _("Unassigned"), "user-plus", {"all": [OPEN, {"field": "owner", "empty": True}]}),
    View("new", pgettext_lazy("view", "New"), "bolt", {"all": [OPEN, {"field": "state.type", "is": "new"}]}),
    View(
        "due",
        _("Due today"),
        "clock",
        {"all": [OPEN, {"field": "due", "before": {"today": "+1d"}}]},
        order=("due_at", "id"),
    ),
    View(
        "deadlines",
        _("Deadlines"),
        "target",
        {"all": [OPEN, {"not": {"field": "due", "empty": True}}]},
        order=("due_at", "id"),
    ),
    View("waiting", _("Waiting"), "hourglass", {"all": [OPEN, WAITING]}),
    View(
        "reminder",
        _("Reminder reached"),
        "bell",
        {"all": [OPEN, WAITING, {"field": "pending", "before": {"now": "+0m"}}]},
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
    View(
        "trash",
        _("Trash"),
        "trash",
        {"all": [{"field": "state.type", "is": "removed"}]},
        right="write",
        is_counted=False,
    ),
]
VIEW = {view.key: view for view in VIEWS}


def views_for(user: User) -> list[View]:
    """The built-in views that are of any use to `user`."""
    return [view for view in VIEWS if view.right == "read" or rights_of(user).queues[view.right]]


def tickets_in(view: View, user: User) -> TicketQuerySet:
    """The tickets of a view that `user` may see, unordered."""
    tickets = Ticket.objects.allowing(user, view.right).filter(to_q(view.condition, viewer(user)))
    return tickets.with_due_order()


def counted(sets: Sequence[QuerySet]) -> list[int]:
    """How many are in each, counted no further than `COUNT_LIMIT`, because a counter must not cost what the table
    costs; all in one query."""
    return list(figures({str(place): rows for place, rows in enumerate(sets)}, limit=COUNT_LIMIT).values())


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
