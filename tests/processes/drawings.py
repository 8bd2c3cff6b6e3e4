"""Drawings for tests: BPMN written by hand, in few words."""

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:helpdesk="urn:helpdesk:bpmn:1" id="Definitions">'
)
QUEUE = {"who": {"kind": "queue"}}
CUSTOMER = {"who": {"kind": "customer"}}


def drawing(*parts: str, name: str = "Process", before: str = "") -> str:
    return (
        f'{HEAD}{before}<bpmn:process id="P" name={quoteattr(name)}>{"".join(parts)}</bpmn:process></bpmn:definitions>'
    )


def node(kind: str, id: str, settings: dict[str, Any] | None = None, inside: str = "", **attributes: str) -> str:
    """`node("userTask", "Ask", QUEUE, name="Ask")`."""
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f'<bpmn:{kind} id="{id}"{said}>{extension("step", settings)}{inside}</bpmn:{kind}>'


def ways(*pairs: str, default: str = "") -> str:
    """ "A>B" is the flow A_B."""
    return "".join(way(pair) for pair in pairs)


def way(pair: str, condition: dict[str, Any] | None = None) -> str:
    source, target = pair.split(">")
    inside = extension("condition", condition)
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def extension(name: str, value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    return f"<bpmn:extensionElements><helpdesk:{name}>{escape(json.dumps(value))}</helpdesk:{name}></bpmn:extensionElements>"


def start(id: str = "S", settings: dict[str, Any] | None = None) -> str:
    return node("startEvent", id, settings)


def end(id: str = "E", inside: str = "") -> str:
    return node("endEvent", id, inside=inside)


def work(id: str, settings: dict[str, Any] = QUEUE, kind: str = "userTask") -> str:
    return node(kind, id, settings, name=id)


def acting(id: str, *effects: dict[str, Any]) -> str:
    return node("serviceTask", id, {"effects": list(effects)}, name=id)


def tag(word: str) -> dict[str, Any]:
    return {"do": "tag", "tags": [word]}


def span(text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{text}</bpmn:timeDuration></bpmn:timerEventDefinition>"


def message(name: str) -> tuple[str, str]:
    """The declaration, and the definition in an event."""
    return f'<bpmn:message id="M_{name}" name="{name}" />', f'<bpmn:messageEventDefinition messageRef="M_{name}" />'


def error(code: str = "") -> tuple[str, str]:
    if not code:
        return "", "<bpmn:errorEventDefinition />"
    return f'<bpmn:error id="X_{code}" errorCode="{code}" />', f'<bpmn:errorEventDefinition errorRef="X_{code}" />'


def pairs(count: int) -> str:
    """So many parallel gateways that split and meet again, one after the other."""
    parts, flows = [start(), end()], ["S>F0", f"J{count - 1}>E", *(f"J{n}>F{n + 1}" for n in range(count - 1))]
    for n in range(count):
        parts += [node("parallelGateway", f"F{n}"), acting(f"A{n}", tag("a")), acting(f"B{n}", tag("b"))]
        parts.append(node("parallelGateway", f"J{n}"))
        flows += [f"F{n}>A{n}", f"F{n}>B{n}", f"A{n}>J{n}", f"B{n}>J{n}"]
    return drawing(*parts, ways(*flows))


def line(*parts: str) -> str:
    """A process that goes through these steps, each made with its id as its name, one after the other."""
    ids = ["S", *(part.split('id="')[1].split('"')[0] for part in parts), "E"]
    pairs = [f"{one}>{other}" for one, other in zip(ids, ids[1:], strict=False)]
    return drawing(start(), *parts, end(), ways(*pairs))
