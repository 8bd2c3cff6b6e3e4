"""What several templates do alike: tell the customer, close the ticket."""

from collections.abc import Mapping, Sequence
from typing import Any

from processes.ready.writing import Step, Way, automatic, words
from tickets.models import Priority, State, StateType

QUEUE: Mapping[str, Any] = {"kind": "queue"}
CUSTOMER: Mapping[str, Any] = {"kind": "customer"}
TELL = words("Tell the requester", "Bescheid geben", "Avisar al solicitante", "Avisar o requerente")
MISSED = words("Not sent", "Nicht gesendet", "No enviado", "Não enviado")


def work(id: str, of: str, names: Mapping[str, str], **settings: Any) -> Step:
    """Something for everybody who works the queue, unless `who` says otherwise."""
    return Step(id, of, names, {"who": QUEUE, **settings})


def gateway(
    id: str, names: Mapping[str, str] | None = None, *, of: str = "exclusiveGateway", default: str = ""
) -> Step:
    return Step(id, of, names or words("", "", "", ""), default=f"Flow_{id}_{default}" if default else "")


def telling(id: str, content: str, *, then: str) -> tuple[Sequence[Step], Sequence[Way]]:
    """Answer the customer with a text in several languages, then go on, also where there is nobody to write to."""
    told = automatic(id, TELL, {"do": "reply", "text": f"{{{{ content.{content} }}}}"})
    missed = Step(f"{id}Missed", "boundaryEvent", MISSED, {}, attached_to=id, inside="<bpmn:errorEventDefinition />")
    return (told, missed), (Way(f"{id}>{then}"), Way(f"{id}Missed>{then}"))


def closing(id: str = "Close") -> Step:
    names = words("Close the ticket", "Ticket schließen", "Cerrar el ticket", "Fechar o ticket")
    return automatic(id, names, {"do": "close", "to": _closed_state()})


def highest_priority() -> int:
    return Priority.objects.active().order_by("-level").values_list("pk", flat=True)[0]


def _closed_state() -> int:
    return State.objects.active().filter(type=StateType.CLOSED).order_by("pk").values_list("pk", flat=True)[0]
