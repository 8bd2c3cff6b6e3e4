"""How alert sources and their posts are told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from accounts.models import User
from automation.alert_words import outcome
from automation.models import Alert, AlertPost, AlertSource
from tickets.models import Ticket

SHOWN = 10


@dataclass(frozen=True)
class SourceRow:
    """`last` is when it last posted; `refused` when its latest post was refused."""

    source: AlertSource
    firing: int
    last: Any
    refused: Any


def rows() -> list[SourceRow]:
    sources = AlertSource.objects.select_related("queue", "customer")
    posts = (
        AlertPost.objects.order_by()
        .values("source")
        .annotate(last=Max("received_at", filter=Q(refusal="")), refused=Max("received_at", filter=~Q(refusal="")))
    )
    by_source = {found["source"]: found for found in posts}
    firing = Alert.objects.filter(status=Alert.Status.FIRING).order_by().values("source").annotate(number=Count("pk"))
    numbers = {found["source"]: found["number"] for found in firing}
    return [_row(one, numbers.get(one.pk, 0), by_source.get(one.pk, {})) for one in sources]


def _row(source: AlertSource, firing: int, found: Mapping[str, Any]) -> SourceRow:
    last, refused = found.get("last"), found.get("refused")
    is_newer = refused is not None and (last is None or refused > last)
    return SourceRow(source, firing, last, refused if is_newer else None)


def mark(posts: list[AlertPost], user: User) -> None:
    """`told`: each alert with what came of it and whether its ticket may be seen; `rest` counts further ones."""
    numbers = {one["ticket"] for post in posts for one in post.outcomes} - {""}
    visible = set(Ticket.objects.allowing(user, "read").filter(number__in=numbers).values_list("number", flat=True))
    for post in posts:
        found = post.outcomes or [{"title": one["title"], "outcome": "", "ticket": ""} for one in post.alerts]
        post.told = [
            {**one, "outcome": outcome(one["outcome"]), "is_seen": one["ticket"] in visible} for one in found[:SHOWN]
        ]
        post.rest = len(found) - len(post.told)
