"""What would become of a post to an alert source; nothing is kept of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from automation.alert_reading import FIRING, RESOLVED, Reading, read
from automation.alert_words import severity
from automation.models import Alert, AlertSource
from tickets.models import Priority, Ticket


@dataclass(frozen=True)
class Tried:
    """What one alert of a sample would do."""

    reading: Reading
    severity: str
    priority: str
    would: str
    ticket: Ticket | None


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
