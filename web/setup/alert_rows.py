"""How alert sources and their posts are told of, and what a post would become of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from automation.alert_reading import FIRING, RESOLVED, Reading, read
from automation.alert_words import outcome, severity
from automation.models import Alert, AlertPost, AlertSource
from tickets.models import Priority, Ticket

SHOWN = 10


@dataclass(frozen=True)
class SourceRow:
    """`last` is when it last posted; `refused` when its latest post was refused."""

    source: AlertSource
    firing: int
    last: Any
    refused: Any


@dataclass(frozen=True)
class Tried:
    """What one alert of a sample would do."""

    reading: Reading
    severity: str
    priority: str
    would: str
    ticket: Ticket | None


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


def tried(source: AlertSource, text: str, user: User) -> list[Tried]:
    """Nothing is stored. Raises `Malformed`."""
    readings = read(source.system, text.encode(), source.mapping)[:20]
    names = {row.pk: _(row.name) for row in Priority.objects.all()}
    known = Alert.objects.filter(source=source, fingerprint__in=[one.fingerprint for one in readings])
    alerts = {alert.fingerprint: alert for alert in known.select_related("ticket__state")}
    visible = set(
        Ticket.objects.allowing(user, "read")
        .filter(pk__in=[alert.ticket_id for alert in alerts.values()])
        .values_list("pk", flat=True)
    )
    return list(_tried(source, readings, names, alerts, visible))


def _tried(
    source: AlertSource,
    readings: Iterable[Reading],
    names: Mapping[int, str],
    alerts: Mapping[str, Alert],
    visible: set[int],
) -> Iterable[Tried]:
    for reading in readings:
        alert = alerts.get(reading.fingerprint)
        ticket = alert.ticket if alert and alert.ticket_id in visible else None
        pk = source.priorities.get(reading.severity, 0)
        priority = names.get(pk, _("As usual"))
        yield Tried(reading, severity(reading.severity), priority, _would(reading, alert), ticket)


def _would(reading: Reading, alert: Alert | None) -> str:
    if reading.status == FIRING:
        if alert is None or alert.ticket_id is None:
            return _("It would open a ticket.")
        if alert.status == Alert.Status.FIRING:
            return _("It is known that this fires: it would be counted, or noted where it says something new.")
        return _("It would go on in its ticket, or open a new one if that was closed too long ago.")
    if reading.status == RESOLVED:
        if alert is None or alert.status != Alert.Status.FIRING:
            return _("Nothing would happen: it is not known that this fires.")
        return _("It would be over, and the ticket treated as the source says.")
    return _("It would be noted on the ticket, where there is one.")
