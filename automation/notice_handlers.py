"""After the commit (settings.AFTER): whoever wants to hear of an event has a notice. Doing it twice changes nothing."""

from automation.notices import making
from tickets.models import Event


def notify(event: Event) -> None:
    making.notify(event)
