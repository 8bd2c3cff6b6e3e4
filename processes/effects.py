"""What rules, schedules and macros can do with processes (settings.EFFECTS)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.effects import Ask, Context, Effect, Values
from processes.actions import messaging, starting
from processes.models import Process
from processes.refusals import Refused as ProcessRefused
from tickets.models import Event, Ticket
from tickets.steps import Refused


def _process(values: Values) -> Process | None:
    pk: Any = values.get("process")
    return Process.objects.active().filter(pk=pk).first() if isinstance(pk, int) else None


def _start(ticket: Ticket, values: Values, context: Context) -> Event | None:
    process = _process(values)
    if process is None:
        raise Refused("choice")
    try:
        return starting.start(process, ticket, by=context.by, cause=context.cause).event
    except ProcessRefused as refused:
        raise Refused("value") from refused


def _message(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """Left for a transaction of its own where an event is there; None when nobody waits for it."""
    if messaging.deliver(ticket, str(values["name"]), by=context.by, cause=context.cause) == 0:
        return None
    return ticket.events.order_by("-id").first()


def _lacks(values: Values) -> tuple[str, str] | None:
    if _process(values) is None:
        return "process", gettext("What was chosen does not exist any more or is no longer in use.")
    return None


def _said_start(values: Values) -> str:
    process = _process(values)
    return gettext("Start the process “%(name)s”") % {"name": process.shown_name if process else "–"}


PROCESS_EFFECTS = {
    "start_process": Effect(
        label=_("Start a process"),
        asks=[Ask("process", "process", _("Process"))],
        run=_start,
        sentence=_said_start,
        lacks=_lacks,
    ),
    "process_message": Effect(
        label=_("Send a message to its processes"),
        asks=[Ask("name", "line", _("Name of the message"), hint=_("As it stands in the drawing."))],
        run=_message,
        sentence=lambda values: gettext("Send the message “%(name)s” to its processes") % {"name": values.get("name")},
    ),
}
