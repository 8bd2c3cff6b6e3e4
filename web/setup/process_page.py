"""The page of one process: the drawing that is worked on, its problems, its steps as a list, its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from automation.answers import span_words
from automation.effects import sentence_of
from automation.naming import names_known
from processes.drawing import EVENTS, Drawing, Element, Flow, Kind, Problem, Trigger
from processes.models import Process, Version
from processes.words import drawn_name
from tickets.customfields import labels
from web.common.condition_words import in_words
from web.common.effect_words import named_in
from web.setup.process_conditions import ProcessChoices


@dataclass(frozen=True)
class Way:
    """How it goes on from a step: to what, and when."""

    id: str
    name: str
    to: str
    when: str


@dataclass(frozen=True)
class Line:
    """A step in the list that stands for the picture."""

    id: str
    name: str
    kind: str
    who: str
    does: Sequence[str]
    when: str
    inside: str
    ways: Sequence[Way]
    problems: Sequence[str]
    # Whether it can be taken out: one way in, one way out.
    may_go: bool


@dataclass(frozen=True)
class Described:
    """A problem with the name of what it is about."""

    element: str
    name: str
    text: str


def worked_on(process: Process) -> Version:
    """The draft; without one what is published, else the newest."""
    found = {version.state: version for version in process.versions.order_by("number")}
    states = (Version.State.DRAFT, Version.State.PUBLISHED, Version.State.RETIRED)
    return next(found[state] for state in states if state in found)


def versions_of(process: Process) -> Sequence[Any]:
    """With how many tickets run on each."""
    going = Count("runs", filter=Q(runs__ended_at__isnull=True))
    return list(process.versions.select_related("saved_by").annotate(going=going, began=Count("runs")))


def described(drawing: Drawing, problems: Sequence[Problem]) -> list[Described]:
    names = {one.id: name_in_words(one) for one in drawing.elements}
    names |= {flow.id: flow.name or _to(flow, drawing) for flow in drawing.flows}
    return [Described(one.element, names.get(one.element, one.element), one.text) for one in problems]


def lines_of(drawing: Drawing, problems: Sequence[Problem], choices: ProcessChoices) -> list[Line]:
    """In the order of the drawing."""
    asked = [flow for flow in drawing.flows if flow.condition]
    told = in_words([flow.condition or {} for flow in asked], choices)
    words = dict(zip((flow.id for flow in asked), told, strict=True))
    effects = [effect for one in drawing.elements for effect in one.settings.get("effects", ())]
    with names_known(named_in(effects)):
        return [_line(one, drawing, problems, words) for one in drawing.elements]


def _line(one: Element, drawing: Drawing, problems: Sequence[Problem], words: Mapping[str, str]) -> Line:
    flows = drawing.flows_from(one.id)
    parts = {one.id, *(flow.id for flow in flows)}
    fields = [_field(field.get("field")) for field in one.settings.get("form", ())]
    does = [sentence_of(effect) for effect in one.settings.get("effects", ())]
    does += [_("Asks for: %(fields)s") % {"fields": ", ".join(fields)}] if fields else []
    return Line(
        id=one.id,
        name=name_in_words(one),
        kind=kind_in_words(one),
        who=who_in_words(one),
        does=does,
        when=_when(one),
        inside=name_in_words(drawing.by_id[one.parent]) if one.parent in drawing.by_id else "",
        ways=[Way(flow.id, flow.name, _to(flow, drawing), _condition(flow, one, words)) for flow in flows],
        problems=[problem.text for problem in problems if problem.element in parts],
        may_go=len(flows) == 1 and len(drawing.flows_to(one.id)) == 1,
    )


def _to(flow: Flow, drawing: Drawing) -> str:
    target = drawing.by_id.get(flow.target)
    return name_in_words(target) if target else flow.target


def _condition(flow: Flow, source: Element, words: Mapping[str, str]) -> str:
    if flow.id == source.default:
        return _("otherwise")
    return words.get(flow.id, "")


def name_in_words(element: Element) -> str:
    """What people call a step; what it is where nobody has named it."""
    return drawn_name(element) or kind_in_words(element)


def kind_in_words(element: Element) -> str:
    """What people call such a step."""
    if element.kind == Kind.USER:
        return _("Approval") if "approval" in element.settings else _("Form")
    return element.text if element.kind == Kind.OTHER else shape_in_words(element.kind, element.trigger)


def shape_in_words(kind: Kind, trigger: Trigger) -> str:
    """What people call such a step, whatever it says."""
    if kind in EVENTS:
        return _event_in_words(kind, trigger)
    names = {
        Kind.USER: _("Form or approval"),
        Kind.MANUAL: _("Done by hand"),
        Kind.SERVICE: _("Automatic step"),
        Kind.SEND: _("Automatic step"),
        Kind.RECEIVE: _("Waits for a message"),
        Kind.EXCLUSIVE: _("Decision: one way"),
        Kind.PARALLEL: _("All ways at once"),
        Kind.INCLUSIVE: _("Decision: one way or several"),
        Kind.EVENT_BASED: _("Whatever happens first"),
        Kind.SUB_PROCESS: _("Part of the process"),
        Kind.CALL: _("Another process"),
    }
    return names.get(kind, str(kind))


def _event_in_words(kind: Kind, trigger: Trigger) -> str:
    if kind == Kind.START:
        return pgettext("process step", "Start")
    names = {
        (Kind.END, Trigger.NONE): pgettext("process step", "End"),
        (Kind.END, Trigger.ERROR): _("End with an error"),
        (Kind.END, Trigger.MESSAGE): _("End with a message"),
        (Kind.END, Trigger.TERMINATE): _("End of everything"),
        (Kind.CATCH, Trigger.TIMER): _("Waits for a time"),
        (Kind.CATCH, Trigger.MESSAGE): _("Waits for a message"),
        (Kind.BOUNDARY, Trigger.TIMER): _("When it takes too long"),
        (Kind.BOUNDARY, Trigger.ERROR): _("When it fails"),
        (Kind.BOUNDARY, Trigger.MESSAGE): _("When a message comes"),
    }
    return names.get((kind, trigger), _("Milestone"))


def who_in_words(element: Element) -> str:
    """Whom a step asks; "" where nobody is."""
    if "approval" in element.settings:
        approval = element.settings["approval"]
        people = ", ".join(_person(one) for one in approval.get("by", ()))
        rules = {
            "one": _("the first answer decides"),
            "any": _("one approval is enough"),
            "all": _("all have to approve"),
            "majority": _("more than half have to approve"),
        }
        return f"{people}: {rules.get(str(approval.get('rule')), '')}" if people else ""
    who = element.settings.get("who")
    return _person(who) if who else ""


def _person(one: Mapping[str, Any]) -> str:
    kind = str(one.get("kind", ""))
    names = {
        "queue": _("Everybody who works the queue"),
        "owner": _("The agent of the ticket"),
        "responsible": _("The responsible of the ticket"),
        "customer": _("The customer"),
    }
    if kind == "field":
        return _("whose address is in “%(field)s”") % {"field": _field(one.get("field"))}
    return names.get(kind) or str(one.get("person") or one.get("role") or "")


def _field(key: Any) -> str:
    return labels().get(str(key), str(key))


def _when(element: Element) -> str:
    approval = element.settings.get("approval") or {}
    due = element.settings.get("due") or approval.get("deadline") or element.settings.get("timer") or {}
    if "after" in due:
        words = _("%(time)s of opening hours") if due.get("business") else "%(time)s"
        return words % {"time": span_words(due["after"])}
    if "at" in due:
        return str(due["at"])
    if "field" in due:
        return _on_date(_field(due["field"]), str(due.get("offset") or ""))
    return element.text if element.trigger == Trigger.TIMER else ""


def _on_date(field: str, offset: str) -> str:
    words = {"-": _("%(time)s before the date in “%(field)s”"), "+": _("%(time)s after the date in “%(field)s”")}
    said = words.get(offset[:1], _("on the date in “%(field)s”"))
    return said % {"field": field, "time": span_words(offset[1:])}
