"""What the condition builder offers: fields, operators and values, by right (tickets/options.py)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, User
from sla.models import Policy
from tickets import options
from tickets.comparisons import OPERATORS, Field
from tickets.conditions import known_fields
from tickets.fieldnames import names
from tickets.models import FieldDefinition, Priority, Queue, Service, State, StateType, TicketType
from tickets.models.ticket import Channel
from web.common.builder import ALONE, EMPTY_SIDE, NOT, SEVERAL, SIDES, Group, Leaf, leaves, usable

Choice = tuple[str, str]
# These are typed: there are too many to choose from.
TYPED = ("customer", "organisation")


def operator_names() -> Mapping[str, str]:
    return {
        "is": _("is"),
        "not_is": _("is not"),
        "in": _("is one of"),
        "not_in": _("is none of"),
        "contains": _("contains"),
        "not_contains": _("does not contain"),
        "before": _("is before"),
        "not_before": _("is not before"),
        "after": _("is after"),
        "not_after": _("is not after"),
        "above": _("is more than"),
        "not_above": _("is not more than"),
        "below": _("is less than"),
        "not_below": _("is not less than"),
        "empty": _("is empty"),
        "not_empty": _("is not empty"),
        "matches": _("matches the expression"),
        "not_matches": _("does not match the expression"),
        "changed": _("changed"),
        "not_changed": _("did not change"),
        "changed_from": _("changed from"),
        "not_changed_from": _("did not change from"),
        "changed_to": _("changed to"),
        "not_changed_to": _("did not change to"),
    }


def _negations_of_numbers() -> Mapping[str, str]:
    """A negation holds where there is no number, which who chooses it is told: "at least" would not."""
    return {"not_above": _("is not more than, or is empty"), "not_below": _("is not less than, or is empty")}


# What a date and a chosen row are called when there is none, in the place of "is empty".
_DATES, _NUMBERS, _ROWS = ("time", "custom_date"), ("number", "custom_number"), ("row", "choice", "people")


def operator_names_for(kind: str) -> Mapping[str, str]:
    """As `operator_names`, in the words that suit a field of this kind."""
    if kind in _DATES:
        return {**operator_names(), "empty": _("has no date"), "not_empty": _("has a date")}
    if kind in _ROWS:
        return {**operator_names(), "empty": _("is not set"), "not_empty": _("is set")}
    return operator_names()


@dataclass(frozen=True)
class Control:
    """How the value of a row is entered: "none", "choice", "choices" or "text"."""

    kind: str
    choices: Sequence[Choice] = ()
    hint: str = ""


class Choices:
    """For one person and one page: each list is fetched once."""

    def __init__(self, user: User):
        self.user = user
        self._lists: dict[str, list[Choice]] = {}
        self._names: dict[str, dict[str, str]] = {}

    @cached_property
    def known(self) -> Mapping[str, Field]:
        return known_fields()

    @cached_property
    def fields(self) -> list[Choice]:
        return [(name, str(label)) for name, label in names().items()]

    def settle(self, group: Group) -> Group:
        """A field that has just been chosen has another field's operator: give it one of its own."""
        for leaf in leaves(group):
            if leaf.field in self.known:
                before = leaf.operator
                leaf.operator = usable(before, self.operators_of(leaf.field))
        return group

    def operators_of(self, name: str) -> Sequence[str]:
        """How a known field can be compared, without negations."""
        return OPERATORS[self.known[name].kind]

    def drawn(self, group: Group) -> dict[str, Any]:
        """The rows with all that is offered in them, as the template takes them."""
        parts = [
            self.drawn(part)
            if isinstance(part, Group)
            else {"leaf": part, "operators": self.operators(part), "control": self.control(part)}
            for part in group.parts
        ]
        return {"group": group, "parts": parts}

    def operators(self, leaf: Leaf) -> list[Choice]:
        if leaf.field not in self.known:
            return []
        kind = self.known[leaf.field].kind
        shown = {**operator_names_for(kind), **(_negations_of_numbers() if kind in _NUMBERS else {})}
        usual = self.operators_of(leaf.field)
        return [(key, shown[key]) for operator in usual for key in (operator, f"{NOT}{operator}")]

    def control(self, leaf: Leaf) -> Control:
        if leaf.field not in self.known or leaf.plain_operator in ALONE:
            return Control("none")
        if leaf.plain_operator == "matches":
            return Control("text", hint=_("A regular expression, such as ^Order \\d+"))
        found = self._values(leaf.field)
        if found is None:
            return Control("text", hint=_hint(leaf, self.known[leaf.field]))
        if leaf.plain_operator in SIDES:
            found = [(EMPTY_SIDE, pgettext("side of a change", "nothing")), *found]
        found = self._as_written(leaf, found)
        offered = {value for value, _label in found}
        # somebody else's choice, or one that is gone, stays chosen without being named
        strangers = [(value, _("Something you may not see")) for value in leaf.values if value and value not in offered]
        is_list = leaf.plain_operator == SEVERAL or leaf.plain_operator in SIDES and len(leaf.values) > 1
        return Control("choices" if is_list else "choice", [*found, *strangers])

    def _as_written(self, leaf: Leaf, found: list[Choice]) -> list[Choice]:
        """A row that the condition calls by its name is offered under that name: drawn or saved, it stays so."""
        offered = {value for value, _label in found}
        wanted = {value for value in leaf.values if value and value not in offered and not value.isdecimal()}
        if not wanted or leaf.field not in _NAMES:
            return found
        if leaf.field not in self._names:
            self._names[leaf.field] = {str(pk): name for pk, name in _NAMES[leaf.field]()}
        names = self._names[leaf.field]
        return [(names[value] if names.get(value) in wanted else value, label) for value, label in found]

    def _values(self, name: str) -> list[Choice] | None:
        if name not in self._lists:
            found = self._find(name)
            if found is None:
                return None
            self._lists[name] = found
        return self._lists[name]

    def _find(self, name: str) -> list[Choice] | None:
        kind = self.known[name].kind
        if kind in ("flag", "custom_flag"):
            return [("yes", _("Yes")), ("no", _("No"))]
        if name.startswith("field."):
            return self._of_custom_field(name.removeprefix("field."))
        finder = _FINDERS.get(name)
        return finder(self.user) if finder else None

    def _of_custom_field(self, key: str) -> list[Choice] | None:
        choices = next((options for known, options in self._custom if known == key), None)
        return [(str(choice), str(choice)) for choice in choices] if choices else None

    @cached_property
    def _custom(self) -> list[tuple[str, list[Any]]]:
        return list(FieldDefinition.objects.values_list("key", "options"))


def spelt_out(condition: Mapping[str, Any]) -> Mapping[str, Any]:
    """With addresses and names in the place of the ids of customers and organisations, which are typed."""
    ids = {name: set(_ids(condition, name)) for name in TYPED}
    people = dict(User.objects.filter(pk__in=ids["customer"]).values_list("pk", "email"))
    organisations = dict(Organisation.objects.filter(pk__in=ids["organisation"]).values_list("pk", "name"))
    return _spelt_out(condition, {"customer": people, "organisation": organisations})


def _ids(node: Mapping[str, Any], name: str) -> Iterable[int]:
    for part in _parts(node):
        yield from _ids(part, name)
    if node.get("field") == name:
        operands = [node.get("is"), *(node.get("in") or [])]
        yield from (operand for operand in operands if isinstance(operand, int))


def _parts(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*node.get("all", []), *node.get("any", []), *([node["not"]] if "not" in node else [])]


def _spelt_out(node: Mapping[str, Any], known: Mapping[str, Mapping[int, str]]) -> Mapping[str, Any]:
    for kind in ("all", "any"):
        if kind in node:
            return {kind: [_spelt_out(part, known) for part in node[kind]]}
    if "not" in node:
        return {"not": _spelt_out(node["not"], known)}
    found = known.get(str(node.get("field")))
    if found is None:
        return node
    if "in" in node:
        return {**node, "in": [found.get(value, value) if isinstance(value, int) else value for value in node["in"]]}
    if isinstance(node.get("is"), int):
        return {**node, "is": found.get(node["is"], node["is"])}
    return node


def _hint(leaf: Leaf, known: Field) -> str:
    if known.kind in ("time", "custom_date"):
        return _("2026-11-21, today, -7d, -2h")
    if leaf.field == "customer":
        return _("Email address, or “me”")
    return _("Several with commas between them") if leaf.plain_operator == SEVERAL else ""


def _rows(rows: Iterable[Model]) -> list[Choice]:
    return [(str(row.pk), _(str(row))) for row in rows]


def _agents(_user: User) -> list[Choice]:
    agents = User.objects.agents().order_by("name", "pk").values_list("pk", "name")
    return [("me", _("Myself")), *((str(pk), name) for pk, name in agents)]


_FINDERS = {
    "queue": lambda user: [(str(queue.pk), queue.place) for queue in options.queues_to_read(user).order_by("path")],
    "state": lambda _user: _rows(State.objects.active().exclude(type=StateType.REMOVED)),
    "state.type": lambda _user: [(value, str(label)) for value, label in StateType.choices if value != "removed"],
    "priority": lambda _user: _rows(options.priorities()),
    "type": lambda _user: _rows(options.types()),
    "service": lambda _user: [(str(row.pk), row.place) for row in options.services()],
    "owner": _agents,
    "responsible": _agents,
    "watcher": _agents,
    "mentioned": _agents,
    "channel": lambda _user: [(value, str(label)) for value, label in Channel.choices],
    "sla": lambda _user: [(str(policy.pk), policy.name) for policy in Policy.objects.all()],
    "language": lambda _user: [(code, str(name)) for code, name in settings.LANGUAGES],
}

# By which names conditions may call rows (tickets/comparisons.py); those that are typed are spelt out anyway.
_NAMES: Mapping[str, Callable[[], Iterable[tuple[int, str]]]] = {
    "queue": lambda: Queue.objects.values_list("pk", "path"),
    "state": lambda: State.objects.values_list("pk", "name"),
    "priority": lambda: Priority.objects.values_list("pk", "name"),
    "type": lambda: TicketType.objects.values_list("pk", "name"),
    "service": lambda: Service.objects.values_list("pk", "path"),
    "owner": lambda: User.objects.agents().values_list("pk", "email"),
    "responsible": lambda: User.objects.agents().values_list("pk", "email"),
    "sla": lambda: Policy.objects.values_list("pk", "name"),
}
