"""What has happened since: every event of the tickets in sight, in an order in which none of these is ever missed."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.models import ApiToken
from api.base import Door
from api.problems import BeginAgain
from api.v1.access import tickets_of
from api.v1.shapes import EventShape
from core.pagination import cursor_behind, page_of, values_in
from tickets.models import Event

ORDER = ("transaction", "id")
LARGEST, USUAL, BEYOND = 1_000, 200, 2**63 - 1
# Between the server and the place; a cursor has none of its own.
MARK = "~"
START = OpenApiParameter(
    "start",
    {"type": "string", "enum": ["beginning", "now"], "default": "beginning"},
    description="Where to begin without a cursor: `now` gives nothing yet but the address for what comes.",
)
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="Where to go on; part of `next`.")
SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "default": USUAL},
    description=f"Events in one answer; {LARGEST} at most.",
)

# Numbers of transactions are given out for a whole server: those that are known to belong to another of its databases
# must not hold us up. One that has ended between the snapshot and the look at the locks counts as ours.
_HORIZON = """
    SELECT coalesce(min(running::text::bigint), min(pg_snapshot_xmax(snapshot)::text::bigint))
    FROM (SELECT pg_current_snapshot() AS snapshot) AS taken
    LEFT JOIN LATERAL pg_snapshot_xip(snapshot) AS running ON NOT EXISTS (
        SELECT FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
        WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
            AND held.transactionid = running::xid AND activity.datname <> current_database()
    )
"""

# Which server counts the transactions, and the first number that it has not given out yet.
_COUNTING = """
    SELECT left(md5(system_identifier::text), 8), pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM pg_control_system()
"""


class FollowedEventShape(EventShape):
    ticket = serializers.CharField(source="ticket.number")
    sentence = None


class FollowedEventsShape(serializers.Serializer):
    results = FollowedEventShape(many=True)
    next = serializers.URLField(help_text="Where to go on, now or later: always there.")
    is_complete = serializers.BooleanField(help_text="Nothing more has happened yet; ask again in a while.")


class Changes(Door):
    area = ApiToken.Area.TICKETS
    parameters = ("start",)

    @extend_schema(
        operation_id="listChanges",
        summary="Follow what happens",
        parameters=[START, CURSOR, SIZE],
        responses=FollowedEventsShape,
        tags=["Tickets"],
    )
    def get(self, request: Request) -> Response:
        """Every event of the tickets that the token's person may read, each exactly once, in the order of the
        transactions that wrote them. Events of transactions that might still be followed by an older one are held back
        for a moment, so that whoever goes on at `next` misses nothing of these tickets. Customers have no history.

        What happened to a ticket before it came into sight is not told afterwards: at a `queue.changed` read its
        history. Nor that one has left it: it is not there (404) any more.

        After a restore on another server the answer is 410: begin again without a cursor."""
        if not self.person.is_agent:
            raise NotFound
        self._refuse_unknown_parameters()
        cursor, size, horizon = _place(request.query_params.get("cursor", "")), self._size(request), _horizon()
        start = request.query_params.get("start", "beginning")
        if start not in ("beginning", "now"):
            raise serializers.ValidationError({"start": [_("There is nothing with this name or id to choose.")]})
        if not cursor and start == "now":
            return self._answer([], cursor_behind([horizon - 1, BEYOND], ORDER), is_complete=True)
        settled = Event.objects.filter(ticket__in=tickets_of(self.person), transaction__lt=horizon)
        near = settled.select_related("ticket", "actor", "on_behalf_of", "article")
        page = page_of(near, order=ORDER, cursor=cursor, size=size)
        following = page.next or cursor
        if not page.next and page.rows:
            following = cursor_behind([page.rows[-1].transaction, page.rows[-1].pk], ORDER)
        return self._answer(page.rows, following or cursor_behind([0, 0], ORDER), is_complete=not page.next)

    def _answer(self, events: Any, cursor: str, *, is_complete: bool) -> Response:
        address = self.request.build_absolute_uri(self.request.path)
        if size := self.request.query_params.get("page_size"):
            address = replace_query_param(address, "page_size", size)
        shown = {
            "results": events,
            "next": replace_query_param(address, "cursor", _address(cursor)),
            "is_complete": is_complete,
        }
        return Response(self.shaped(shown, FollowedEventsShape).data)

    def _size(self, request: Request) -> int:
        wanted = request.query_params.get("page_size", str(USUAL))
        if not (wanted.isascii() and wanted.isdecimal()) or not wanted.strip("0"):
            raise serializers.ValidationError({"page_size": [_("Enter a whole number, 1 or more.")]})
        return LARGEST if len(wanted) > 9 else min(int(wanted), LARGEST)


def _address(cursor: str) -> str:
    return f"{_counting()[0]}{MARK}{cursor}"


def _place(address: str) -> str:
    """Where to go on. Another server counts transactions from elsewhere, one that was set back counts them again: there
    what is new could stand before this place and would never be told."""
    server, _mark, cursor = address.rpartition(MARK)
    if not cursor:
        return ""
    here, beyond = _counting()
    if server not in ("", here) or values_in(cursor, ORDER)[0] >= beyond:
        raise BeginAgain
    return cursor


def _counting() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTING)
        return cursor.fetchone()


def _horizon() -> int:
    """The oldest transaction that still runs in this database: below it nothing can appear any more."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        return int(cursor.fetchone()[0])
