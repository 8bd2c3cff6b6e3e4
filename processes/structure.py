"""Whether the parts of a drawing hang together so that it can run. Pure: a drawing in, problems out."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.drawing import ACTIVITIES, Drawing, Element, Flow, Kind, Problem, Trigger
from processes.foresight import crowded

Problems = Iterator[Problem]

# Why something of BPMN cannot run here, and what to draw instead.
INSTEAD: Mapping[str, str | Promise] = {
    "task": gettext_lazy("Choose what kind of step this is: for people, by hand, or automatic."),
    "scriptTask": gettext_lazy("No scripts run here. Make it an automatic step with effects."),
    "businessRuleTask": gettext_lazy("There are no decision tables yet. Use a gateway with conditions."),
    "complexGateway": gettext_lazy("Use exclusive, inclusive or parallel gateways instead."),
    "transaction": gettext_lazy("Transactions are not supported. Use an ordinary sub-process."),
    "adHocSubProcess": gettext_lazy("Steps without an order are not supported. Use an ordinary sub-process."),
    "eventSubProcess": gettext_lazy("Sub-processes that an event starts are not supported. Use a boundary event."),
    "signalEventDefinition": gettext_lazy("Signals are not supported. Use a message."),
    "escalationEventDefinition": gettext_lazy("Escalations are not supported. Use a message or an error."),
    "conditionalEventDefinition": gettext_lazy("Conditional events are not supported. Use a timer and a gateway."),
    "compensateEventDefinition": gettext_lazy("Compensation is not supported."),
    "cancelEventDefinition": gettext_lazy("Transactions are not supported. Use an ordinary sub-process."),
    "linkEventDefinition": gettext_lazy("Links are not supported. Draw the way itself."),
    "multiple": gettext_lazy("An event can wait for one thing. Use an event-based gateway."),
}
_OTHER = gettext_lazy("This part of BPMN (%(name)s) is not supported.")

# Which triggers an event may have.
_TRIGGERS: Mapping[Kind, frozenset[Trigger]] = {
    Kind.START: frozenset({Trigger.NONE, Trigger.MESSAGE}),
    Kind.END: frozenset({Trigger.NONE, Trigger.ERROR, Trigger.TERMINATE, Trigger.MESSAGE}),
    Kind.CATCH: frozenset({Trigger.TIMER, Trigger.MESSAGE}),
    Kind.THROW: frozenset({Trigger.NONE, Trigger.MESSAGE}),
    Kind.BOUNDARY: frozenset({Trigger.TIMER, Trigger.MESSAGE, Trigger.ERROR}),
}


def structural_problems(drawing: Drawing) -> Problems:
    """All that can be seen from the drawing alone, in its order."""
    yield from drawing.problems
    yield from _scope(drawing, "")
    for element in drawing.elements:
        yield from _kind(element)
        yield from _ways(drawing, element)
        if element.kind == Kind.BOUNDARY:
            yield from _boundary(drawing, element)
        if element.kind == Kind.SUB_PROCESS:
            yield from _scope(drawing, element.id)
    for flow in drawing.flows:
        yield from _flow(drawing, flow)
    yield from _unreachable(drawing)
    yield from crowded(drawing)


def _scope(drawing: Drawing, parent: str) -> Problems:
    """Each process and sub-process begins once and ends somewhere."""
    inside = drawing.inside(parent)
    starts = [element for element in inside if element.kind == Kind.START]
    if not starts:
        yield Problem(parent, "start", _("There is no start event."))
    for extra in starts[1:]:
        yield Problem(extra.id, "start", _("There can be one start event only."))
    if parent and starts and starts[0].trigger is not Trigger.NONE:
        yield Problem(starts[0].id, "start", _("A sub-process begins with a plain start event."))
    if not any(element.kind == Kind.END for element in inside):
        yield Problem(parent, "end", _("There is no end event."))


def _kind(element: Element) -> Problems:
    if element.kind is Kind.OTHER:
        yield Problem(element.id, "unsupported", _instead(element.text))
        return
    allowed = _TRIGGERS.get(element.kind)
    if allowed is None or element.trigger in allowed:
        return
    if element.trigger is Trigger.OTHER:
        yield Problem(element.id, "unsupported", _instead(element.text))
    elif element.trigger is Trigger.NONE:
        yield Problem(element.id, "trigger", _("Say what this event waits for: a time, a message or an error."))
    else:
        yield Problem(element.id, "trigger", _("This event cannot be placed here."))


def _ways(drawing: Drawing, element: Element) -> Problems:
    going, coming = drawing.flows_from(element.id), drawing.flows_to(element.id)
    starts = element.kind in (Kind.START, Kind.BOUNDARY)
    if starts and coming:
        yield Problem(element.id, "incoming", _("No way can lead to this event."))
    if not starts and not coming and element.kind is not Kind.OTHER:
        yield Problem(element.id, "incoming", _("No way leads here."))
    if element.kind == Kind.END:
        if going:
            yield Problem(element.id, "outgoing", _("Nothing can follow an end event."))
        return
    if not going and element.kind is not Kind.OTHER:
        yield Problem(element.id, "outgoing", _("No way leads on from here."))
    if len(going) > 1 and element.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE):
        yield from _choice(element, going)
    elif len(going) > 1 and element.kind == Kind.EVENT_BASED:
        yield from _events(drawing, going)
    elif len(going) > 1 and element.kind not in (Kind.PARALLEL, Kind.OTHER):
        yield Problem(element.id, "outgoing", _("Several ways lead on from here. Put a gateway between."))


def _choice(gateway: Element, going: Sequence[Flow]) -> Problems:
    if gateway.default not in {flow.id for flow in going}:
        text = _("Mark one way as the default, which is taken when no condition holds.")
        yield Problem(gateway.id, "default", text)
    for flow in going:
        if flow.condition is None and flow.id != gateway.default:
            yield Problem(flow.id, "condition", _("Say when this way is taken."))


def _events(drawing: Drawing, going: Sequence[Flow]) -> Problems:
    for flow in going:
        target = drawing.by_id.get(flow.target)
        if target and target.kind not in (Kind.CATCH, Kind.RECEIVE):
            text = _("An event-based gateway leads to events that wait for a time or a message.")
            yield Problem(target.id, "event", text)


def _boundary(drawing: Drawing, event: Element) -> Problems:
    host = drawing.by_id.get(event.attached_to)
    if host is None or host.kind not in ACTIVITIES:
        yield Problem(event.id, "boundary", _("This event must be fixed to a step."))
    elif event.trigger is Trigger.ERROR and host.kind not in (Kind.SERVICE, Kind.SEND, Kind.SUB_PROCESS, Kind.CALL):
        yield Problem(event.id, "boundary", _("Only automatic steps and sub-processes have errors."))


def _flow(drawing: Drawing, flow: Flow) -> Problems:
    source, target = drawing.by_id.get(flow.source), drawing.by_id.get(flow.target)
    if source is None or target is None:
        yield Problem(flow.id, "flow", _("This way does not lead from one step to another."))
        return
    if source.parent != flow.parent or target.parent != flow.parent:
        yield Problem(flow.id, "flow", _("A way cannot lead into or out of a sub-process."))
    chooses = source.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE)
    if flow.condition is not None and not chooses:
        yield Problem(
            flow.id, "condition", _("Only ways that leave an exclusive or inclusive gateway have conditions.")
        )


def _unreachable(drawing: Drawing) -> Problems:
    """Parts that have a way in, but none from the start: a circle of their own."""
    reached: set[str] = set()
    todo = [element.id for element in drawing.elements if element.kind == Kind.START]
    while todo:
        current = todo.pop()
        if current in reached:
            continue
        reached.add(current)
        todo += [flow.target for flow in drawing.flows_from(current)]
        todo += [event.id for event in drawing.boundaries_of(current)]
    for element in drawing.elements:
        if element.id not in reached and drawing.flows_to(element.id):
            yield Problem(element.id, "unreachable", _("No way leads here from the start."))


def _instead(name: str) -> str:
    return str(INSTEAD.get(name) or _OTHER % {"name": name})
