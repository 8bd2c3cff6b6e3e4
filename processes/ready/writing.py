"""How the ready templates are written down: steps and ways in few words, turned into BPMN with a layout."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from processes.editing import laid_out
from processes.xml import BPMN, OURS

Words = Mapping[str, str]
LANGUAGES = ("en", "de", "es", "pt")


@dataclass(frozen=True)
class Field:
    """A custom field that the template brings, unless one with its key is there."""

    key: str
    kind: str
    labels: Words
    options: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """A node; `of` is what it is in BPMN. `inside` is XML of an event definition."""

    id: str
    of: str
    names: Words
    settings: Mapping[str, Any] | None = None
    default: str = ""
    attached_to: str = ""
    interrupts: bool = True
    inside: str = ""


@dataclass(frozen=True)
class Way:
    """ "A>B", with when it is taken and what is written on it."""

    ends: str
    when: Mapping[str, Any] | None = None
    name: str = ""

    @property
    def id(self) -> str:
        return "Flow_" + self.ends.replace(">", "_")


@dataclass(frozen=True)
class Template:
    key: str
    names: Words
    descriptions: Words
    fields: Sequence[Field]
    steps: Sequence[Step]
    ways: Sequence[Way]
    # Texts in several languages that it brings, by key (automation/contents.py).
    texts: Mapping[str, Words] = field(default_factory=dict)

    def xml(self) -> str:
        """The drawing as the designer would have saved it."""
        parts = [_node(step) for step in self.steps] + [_flow(way) for way in self.ways]
        root = f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:helpdesk="{OURS}" id="Definitions_{self.key}">'
        name = quoteattr(self.names["en"])
        process = f'<bpmn:process id="Process_{self.key}" name={name} isExecutable="true">'
        return laid_out(f"{root}{process}{''.join(parts)}</bpmn:process></bpmn:definitions>")


def words(en: str, de: str, es: str, pt: str) -> Words:
    return dict(zip(LANGUAGES, (en, de, es, pt), strict=True))


def start(*, form: Sequence[Mapping[str, Any]] = (), text: Words | None = None) -> Step:
    settings: dict[str, Any] = {"form": list(form)} if form else {}
    if text:
        settings["text"] = text
    return Step("Start", "startEvent", words("Start", "Start", "Inicio", "Início"), settings)


def end(id: str = "End", names: Words | None = None) -> Step:
    return Step(id, "endEvent", names or words("End", "Ende", "Fin", "Fim"))


def form(key: str, *, needed: bool = False, when: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A field in a form."""
    asked: dict[str, Any] = {"field": key}
    if needed:
        asked["required"] = True
    if when:
        asked["shown_when"] = when
    return asked


def span(after: str) -> dict[str, Any]:
    """Business time."""
    return {"after": after, "business": True}


def automatic(id: str, names: Words, *effects: Mapping[str, Any]) -> Step:
    return Step(id, "serviceTask", names, {"effects": list(effects)})


def approval(
    id: str, names: Words, by: Sequence[Mapping[str, Any]], *, rule: str, shows: Sequence[str], text: Words
) -> Step:
    """Three working days, a reminder each day, declined when nobody answers."""
    setting = {
        "rule": rule,
        "by": list(by),
        "deadline": span("3d"),
        "remind": span("1d"),
        "late": "decline",
        "delegation": True,
    }
    return Step(id, "userTask", names, {"approval": setting, "form": [{"field": key} for key in shows], "text": text})


def is_approved(step: str) -> dict[str, Any]:
    return {"field": f"step.{step}", "is": "approved"}


def _node(step: Step) -> str:
    settings = dict(step.settings or {})
    if translated := {language: text for language, text in step.names.items() if text and language != "en"}:
        settings["names"] = translated
    attributes = {"id": step.id, "name": step.names["en"]}
    if step.default:
        attributes["default"] = step.default
    if step.attached_to:
        attributes |= {"attachedToRef": step.attached_to, "cancelActivity": "true" if step.interrupts else "false"}
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<bpmn:{step.of}{said}>{_extension('step', settings)}{step.inside}</bpmn:{step.of}>"


def _flow(way: Way) -> str:
    source, target = way.ends.split(">")
    name = f" name={quoteattr(way.name)}" if way.name else ""
    opening = f'<bpmn:sequenceFlow id="{way.id}"{name} sourceRef="{source}" targetRef="{target}">'
    return f"{opening}{_extension('condition', way.when)}</bpmn:sequenceFlow>"


def _extension(name: str, value: Mapping[str, Any] | None) -> str:
    if not value:
        return ""
    text = escape(json.dumps(value, ensure_ascii=False))
    return f"<bpmn:extensionElements><helpdesk:{name}>{text}</helpdesk:{name}></bpmn:extensionElements>"
