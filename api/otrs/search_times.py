"""Times of a search: `TicketCreateTimeNewerDate`, `TicketCloseTimeOlderMinutes` and their like, in UTC."""

import re
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from api.otrs.reading import invalid
from core.clock import now
from sla.models import Clock, Kind
from tickets.models import Article

COLUMNS = {
    "TicketCreate": "created_at",
    "TicketChange": "changed_at",
    "TicketLastChange": "changed_at",
    "TicketClose": "closed_at",
    "TicketLastClose": "closed_at",
    "TicketPending": "pending_until",
    "TicketEscalation": "due_at",
}
CLOCKS = {
    "TicketEscalationResponse": Kind.FIRST_RESPONSE,
    "TicketEscalationUpdate": Kind.NEXT_RESPONSE,
    "TicketEscalationSolution": Kind.SOLUTION,
}
TIMES = re.compile(rf"({'|'.join((*COLUMNS, *CLOCKS, 'ArticleCreate'))})Time(Older|Newer)(Minutes|Date)\Z")
MOST_MINUTES = 60 * 24 * 366 * 50


def time_q(time: re.Match[str], value: str, name: str) -> Q:
    """Older is that moment or earlier, newer that moment or later."""
    lookup = "lte" if time[2] == "Older" else "gte"
    moment = _minutes_ago(value, name) if time[3] == "Minutes" else _date(value, name)
    if time[1] in COLUMNS:
        return Q(**{f"{COLUMNS[time[1]]}__{lookup}": moment})
    if time[1] in CLOCKS:
        going = Clock.objects.going().filter(ticket=OuterRef("pk"), kind=CLOCKS[time[1]])
        return Q(Exists(going.filter(**{f"due_at__{lookup}": moment})))
    return Q(Exists(Article.objects.filter(ticket=OuterRef("pk"), **{f"created_at__{lookup}": moment})))


def _minutes_ago(value: str, name: str) -> datetime:
    try:
        minutes = int(value)
    except ValueError as error:
        raise invalid(name) from error
    if abs(minutes) > MOST_MINUTES:
        raise invalid(name)
    return now() - timedelta(minutes=minutes)


def _date(value: str, name: str) -> datetime:
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise invalid(name) from error
