"""What our extension may say about a step, and whether it says what the step needs. People, roles and queues are named
as people know them (address, name), so that a drawing can be taken to another installation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.people import person_with_address
from automation.effects import EffectError, check_effects
from processes import timing
from processes.conditions import check_condition
from processes.drawing import WORK, Drawing, Element, Kind, Problem, Trigger
from tickets.conditions import ConditionError, comparison
from tickets.conditions import check as check_plain
from tickets.models import FieldDefinition
from tickets.models.field import FieldKind

RULES = ("one", "any", "all", "majority")
LATE = ("decline", "approve")
AUDIENCES = ("agent", "role", "queue", "owner", "customer")
APPROVERS = ("person", "role", "queue", "owner", "responsible", "customer", "field")
MAX_FIELDS, MAX_APPROVERS, MAX_TEXT = 60, 30, 5_000
# Nothing of BPMN but of ours: which words a step's settings may use.
_WORDS: Mapping[Kind, frozenset[str]] = {
    Kind.START: frozenset({"form", "text", "names"}),
    Kind.USER: frozenset({"who", "form", "text", "due", "names", "approval"}),
    Kind.MANUAL: frozenset({"who", "text", "due", "names"}),
    Kind.SERVICE: frozenset({"effects", "names"}),
    Kind.SEND: frozenset({"effects", "names"}),
}
_EVENT_WORDS = frozenset({"timer", "names"})

Complaint = tuple[str, str]


@dataclass(frozen=True)
class Known:
    """What the drawing names, looked up once."""

    fields: Mapping[str, FieldDefinition]
    roles: frozenset[str]

    @classmethod
    def now(cls) -> "Known":
        fields = {one.key: one for one in FieldDefinition.objects.filter(is_active=True)}
        return cls(fields, frozenset(Role.objects.values_list("group__name", flat=True)))


def words_of(kind: Kind) -> frozenset[str]:
    """The settings that a step of this kind may have."""
    return _WORDS.get(kind, _EVENT_WORDS)


def setting_problems(drawing: Drawing, known: Known) -> Iterator[Problem]:
    """Everything that our extension says wrongly, or does not say although the step needs it."""
    steps = {element.id: element.shown_name for element in drawing.elements}
    for element in drawing.elements:
        for code, text in _complaints(element, known):
            yield Problem(element.id, code, text)
    for flow in drawing.flows:
        try:
            if flow.condition is not None:
                check_condition(flow.condition, steps)
        except ConditionError as error:
            yield Problem(flow.id, "condition", str(error))


def _complaints(element: Element, known: Known) -> Iterator[Complaint]:
    settings = element.settings
    words = words_of(element.kind)
    if unknown := sorted(set(map(str, settings)) - words):
        yield "extension", _("This step cannot have the settings: %(names)s.") % {"names": ", ".join(unknown)}
    if element.kind in WORK:
        yield from _work(element, known)
    if element.is_multiple and "approval" not in settings:
        yield "multiple", _("Only approvals can be for several people at once.")
    if element.kind in (Kind.SERVICE, Kind.SEND):
        yield from _effects(settings)
    if "form" in settings:
        yield from _form(settings["form"], known)
    if element.trigger is Trigger.TIMER:
        yield from _timer(element, known)
    needs_name = element.trigger is Trigger.MESSAGE and element.kind is not Kind.START
    if needs_name and not element.text:
        yield "message", _("Give the message a name.")
    if element.kind == Kind.CALL and not element.calls:
        yield "call", _("Choose the process that is called.")
    if not _is_words(settings.get("text", {})) or not _is_words(settings.get("names", {})):
        yield "text", _("Texts are given by language.")


def _work(element: Element, known: Known) -> Iterator[Complaint]:
    settings = element.settings
    if "approval" in settings:
        yield from _approval(settings["approval"], known)
    else:
        yield from _who(settings.get("who"), known)
    if "due" in settings:
        yield from _tried(lambda: timing.check_span(settings["due"]), "due")


def _who(who: Any, known: Known) -> Iterator[Complaint]:
    kind = who.get("kind") if isinstance(who, Mapping) else None
    if kind not in AUDIENCES:
        yield "who", _("Choose who does this.")
    elif kind == "agent":
        yield from _person(who.get("person"), "who")
    elif kind == "role" and who.get("role") not in known.roles:
        yield "who", _("There is no role “%(name)s”.") % {"name": who.get("role")}


def _approval(approval: Any, known: Known) -> Iterator[Complaint]:
    if not isinstance(approval, Mapping):
        yield "approval", _("Choose who approves.")
        return
    if approval.get("rule") not in RULES:
        yield "approval", _("Choose how many must approve.")
    by = approval.get("by")
    if not isinstance(by, Sequence) or isinstance(by, str) or not 0 < len(by) <= MAX_APPROVERS:
        yield "approval", _("Choose who approves.")
    else:
        for one in by:
            yield from _approver(one, known)
    if approval.get("late", LATE[0]) not in LATE:
        yield "approval", _("Choose what happens when the time is over.")
    for name in ("deadline", "remind"):
        if name in approval:
            yield from _tried(partial(timing.check_span, approval[name]), name)


def _approver(one: Any, known: Known) -> Iterator[Complaint]:
    kind = one.get("kind") if isinstance(one, Mapping) else None
    if kind not in APPROVERS:
        yield "approval", _("Choose who approves.")
    elif kind == "person":
        yield from _person(one.get("person"), "approval")
    elif kind == "role" and one.get("role") not in known.roles:
        yield "approval", _("There is no role “%(name)s”.") % {"name": one.get("role")}
    elif kind == "field":
        field = known.fields.get(str(one.get("field")))
        if field is None or field.kind != FieldKind.TEXT:
            yield "approval", _("Choose a text field that holds an address.")


def _person(address: Any, code: str) -> Iterator[Complaint]:
    person = person_with_address(address) if isinstance(address, str) and address else None
    if person is None or not person.is_active:
        yield code, _("Nobody has the address “%(address)s”.") % {"address": address or ""}


def _effects(settings: Mapping[str, Any]) -> Iterator[Complaint]:
    try:
        check_effects(settings.get("effects", []))
        if not settings.get("effects"):
            yield "effects", _("Add at least one effect.")
    except EffectError as error:
        yield "effects", str(error)


def _form(form: Any, known: Known) -> Iterator[Complaint]:
    if not isinstance(form, list) or len(form) > MAX_FIELDS or not all(isinstance(one, Mapping) for one in form):
        yield "form", _("A form is a list of fields.")
        return
    above: set[str] = set()
    for one in form:
        key = one.get("field")
        if key not in known.fields:
            yield "form", _("There is no field “%(name)s”.") % {"name": key}
        elif key in above:
            yield "form", _("The field “%(name)s” stands in the form twice.") % {"name": key}
        if "shown_when" in one and one["shown_when"]:
            yield from _tried(partial(_check_shown, one["shown_when"], frozenset(above)), "form")
        if not _is_words(one.get("help", {})):
            yield "form", _("Texts are given by language.")
        above.add(str(key))


def _check_shown(condition: Any, above: frozenset[str]) -> None:
    """Which fields are shown is decided by those above alone, so that a form never waits for itself."""

    def leaf(node: Mapping[str, Any]) -> object:
        name = node.get("field")
        if isinstance(name, str) and name.startswith("field.") and name.removeprefix("field.") not in above:
            raise ConditionError(_("Only questions that stand above can decide whether this one is asked."))
        return comparison(node)

    check_plain(condition, leaf=leaf)


def _timer(element: Element, known: Known) -> Iterator[Complaint]:
    setting = element.settings.get("timer")
    if setting is None:
        if element.timer == "cycle":
            yield "timer", _("Timers that repeat are not supported. Draw a way back to the timer.")
        elif element.timer == "date":
            yield from _tried(lambda: timing.iso_moment(element.text), "timer")
        else:
            yield from _tried(lambda: timing.iso_span(element.text), "timer")
    elif not isinstance(setting, Mapping):
        yield "timer", _("Say when this timer goes off.")
    elif "field" in setting:
        field = known.fields.get(str(setting["field"]))
        if field is None or field.kind != FieldKind.DATE:
            yield "timer", _("Choose a field that holds a date.")
        yield from _tried(lambda: timing.offset(str(setting.get("offset") or "")), "timer")
    elif "at" in setting:
        yield from _tried(lambda: timing.iso_moment(str(setting["at"])), "timer")
    else:
        yield from _tried(lambda: timing.check_span(setting), "timer")


def _tried(check: Callable[[], object], code: str) -> Iterator[Complaint]:
    try:
        check()
    except ValidationError as error:
        yield code, " ".join(error.messages)
    except ConditionError as error:
        yield code, str(error)


def _is_words(value: Any) -> bool:
    """Texts by language: {"en": "...", "de": "..."}."""
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(key, str) and isinstance(text, str) and len(text) <= MAX_TEXT for key, text in value.items())
