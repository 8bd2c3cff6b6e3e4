"""Another kind for a step that is drawn already: a form that becomes an automatic step, a decision that becomes all
ways at once. Its name, its place and its ways stay; of its settings what the new kind has, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from processes.drawing import Drawing, Element, Kind, Trigger
from processes.editing import with_settings
from processes.settings import words_of
from processes.xml import Node, bpmn, local, parse, text_of


@dataclass(frozen=True)
class Shape:
    """What BPMN calls it, and what an event is about."""

    kind: Kind
    trigger: Trigger = Trigger.NONE


WORK: Mapping[str, Shape] = {
    "user": Shape(Kind.USER),
    "manual": Shape(Kind.MANUAL),
    "service": Shape(Kind.SERVICE),
    "receive": Shape(Kind.RECEIVE, Trigger.MESSAGE),
    "call": Shape(Kind.CALL),
}
GATEWAYS: Mapping[str, Shape] = {
    "exclusive": Shape(Kind.EXCLUSIVE),
    "inclusive": Shape(Kind.INCLUSIVE),
    "parallel": Shape(Kind.PARALLEL),
    "event": Shape(Kind.EVENT_BASED),
}
WAITING: Mapping[str, Shape] = {
    "timer": Shape(Kind.CATCH, Trigger.TIMER),
    "message": Shape(Kind.CATCH, Trigger.MESSAGE),
}
BORDERS: Mapping[str, Shape] = {
    "timer": Shape(Kind.BOUNDARY, Trigger.TIMER),
    "message": Shape(Kind.BOUNDARY, Trigger.MESSAGE),
    "error": Shape(Kind.BOUNDARY, Trigger.ERROR),
}
ENDS: Mapping[str, Shape] = {
    "end": Shape(Kind.END),
    "end_message": Shape(Kind.END, Trigger.MESSAGE),
    "end_error": Shape(Kind.END, Trigger.ERROR),
    "end_all": Shape(Kind.END, Trigger.TERMINATE),
}
# Steps of other tools that we cannot run, and what they can become.
_FOREIGN: Mapping[str, Mapping[str, Shape]] = {
    **dict.fromkeys(("task", "scriptTask", "businessRuleTask"), WORK),
    "complexGateway": GATEWAYS,
}
# What only some kinds have, with the attributes and parts in which other tools keep code.
_OF_KIND: Mapping[str, Sequence[Kind]] = {
    "calledElement": (Kind.CALL,),
    "messageRef": (Kind.RECEIVE,),
    "default": (Kind.EXCLUSIVE, Kind.INCLUSIVE),
    "scriptFormat": (),
    "implementation": (),
    "instantiate": (),
    "operationRef": (),
}
_PARTS = ("script",)


def choices_of(element: Element) -> Mapping[str, Shape]:
    """What a step can become, by key; empty where it can only be what it is."""
    if element.kind is Kind.OTHER:
        return _FOREIGN.get(element.text, {})
    if element.kind is Kind.SEND:
        return WORK
    families = (WORK, GATEWAYS, WAITING, BORDERS, ENDS)
    return next((one for one in families if element.kind in {shape.kind for shape in one.values()}), {})


def key_of(element: Element) -> str:
    """What a step is now, by its key in `choices_of`; empty for what is not among them."""
    found = choices_of(element)
    kind = Kind.SERVICE if element.kind is Kind.SEND else element.kind
    return next((key for key, shape in found.items() if shape == Shape(kind, element.trigger)), "")


def with_kind(xml: str, drawing: Drawing, id: str, key: str) -> str:
    """Raises `KeyError` for what the step cannot become."""
    element = drawing.by_id[id]
    shape = choices_of(element)[key]
    root = parse(xml)
    node = next(one for one in root.iter() if isinstance(one.tag, str) and one.get("id") == id)
    node.tag = bpmn(shape.kind.value)
    for name, kinds in _OF_KIND.items():
        if shape.kind not in kinds and name in node.attrib:
            del node.attrib[name]
    _take_out(node, shape)
    if shape.trigger and shape.kind is not Kind.RECEIVE and shape.trigger != element.trigger:
        node.append(node.makeelement(bpmn(f"{shape.trigger}EventDefinition"), {"id": f"Event_{token_hex(4)}"}))
    if shape.trigger is Trigger.ERROR and "cancelActivity" in node.attrib:
        del node.attrib["cancelActivity"]  # an error always ends its step
    words = words_of(shape.kind)
    kept = {name: value for name, value in element.settings.items() if name in words}
    if shape.trigger is not Trigger.TIMER:
        kept.pop("timer", None)
    return with_settings(text_of(root), id, kept)


def _take_out(node: Node, shape: Shape) -> None:
    """Parts that only the old kind has."""
    for child in list(node):
        name = local(child)
        is_old_trigger = name.endswith("EventDefinition") and name != f"{shape.trigger}EventDefinition"
        is_for_several = name == "multiInstanceLoopCharacteristics" and shape.kind is not Kind.USER
        if is_old_trigger or is_for_several or name in _PARTS:
            node.remove(child)
