"""What may follow while somebody types a search: names of fields and their values, only those the reader may see."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, User
from core.text import fold
from tickets import options
from tickets.customfields import custom_fields
from tickets.fieldnames import names
from tickets.language.filters import ALIASES, DAYS, IS, KINDS, PEOPLE
from tickets.models import FieldDefinition, Priority, State, Ticket, TicketType
from tickets.models.ticket import Channel

MOST = 8
_NAME = re.compile(r"(?:^|[\s(]|(?<![^\s(])-)(?P<name>[A-Za-z][\w.]*)?\Z")
_VALUE = re.compile(
    r"""(?:^|[\s(]|(?<![^\s(])-)(?P<name>[A-Za-z][\w.]*)[:<>](?:(?:"[^"]*"|[^\s(),"]+),)*(?P<value>"[^"]*|[^\s(),"]*)\Z"""
)
_REST = re.compile(r'[^\s(),"]*"?')
_PLAIN = re.compile(r'[^\s(),"]+\Z')


@dataclass(frozen=True)
class Completion:
    """`text` is what is written, `label` what it is called."""

    text: str
    label: str


@dataclass(frozen=True)
class Completions:
    """What may stand from character `start` to `end` of the query."""

    start: int
    end: int
    items: Sequence[Completion]


def complete(query: str, at: int, user: User) -> Completions:
    """What may stand where the cursor is: at character `at`."""
    before, rest = query[:at], _REST.match(query, at)
    end = rest.end() if rest else at
    if value := _VALUE.search(before):
        name = ALIASES.get(value["name"].lower(), value["name"].lower())
        found = _values(name, value["value"].lstrip('"'), user)
        return Completions(value.start("value"), end, _first(found))
    name_at = _NAME.search(before)
    if name_at is None or before.count('"') % 2:
        return Completions(at, at, [])
    typed = name_at["name"] or ""
    if not typed and before.strip():
        return Completions(at, at, [])
    return Completions(at - len(typed), end if typed else at, _first(_fields(typed)))


def _fields(typed: str) -> Iterator[Completion]:
    """By the name that is written or the one that people read."""
    wanted, shown = fold(typed), {"is": _("what a ticket is"), **{k: str(v) for k, v in names().items()}}
    for name in [*KINDS, *custom_fields()]:
        label = shown.get(name, name)
        if name.startswith(wanted) or fold(label).startswith(wanted):
            yield Completion(f"{name}:", label)


def _values(name: str, typed: str, user: User) -> Iterator[Completion]:
    find = _FINDERS.get(name)
    if find is not None:
        yield from find(user, typed)
    kind = KINDS.get(name)
    if kind == "time" or (custom := custom_fields().get(name)) and custom.kind == "custom_date":
        yield from _matching(typed, [(day, _DAYS[day]()) for day in DAYS])
        yield from _matching(typed, [("-1d", _("in the last day")), ("-7d", _("in the last seven days"))])
    elif name.startswith("field."):
        yield from _custom(name.removeprefix("field."), typed)
    if name in PEOPLE:
        yield from _matching(typed, [("me", _("myself"))])
    if kind and kind not in ("is", "state") and typed:
        yield from _matching(typed, [("none", pgettext("value", "nothing")), ("any", pgettext("value", "anything"))])


_DAYS: Mapping[str, Callable[[], str]] = {
    "yesterday": lambda: _("yesterday"),
    "today": lambda: _("today"),
    "tomorrow": lambda: _("tomorrow"),
}


def _matching(typed: str, pairs: Iterable[tuple[str, str]]) -> Iterator[Completion]:
    """Those whose text or label begins like this, or has a word that does."""
    wanted = fold(typed)
    for text, label in pairs:
        if fold(text).startswith(wanted) or any(word.startswith(wanted) for word in [*fold(label).split(), ""][:-1]):
            yield Completion(_written(text), label)


def _written(text: str) -> str:
    """As the language takes it: in quotation marks when it is more than a word."""
    return text if _PLAIN.match(text) else f'"{text}"'


def _first(found: Iterable[Completion]) -> list[Completion]:
    """What cannot be written in a query is not offered."""
    items: dict[str, Completion] = {}
    for item in found:
        if item.text.strip('"').count('"') == 0 and item.text not in items:
            items[item.text] = item
        if len(items) == MOST:
            break
    return list(items.values())


def _is(_user: User, typed: str) -> Iterator[Completion]:
    return _matching(typed, [(name, "") for name in IS])


def _queues(user: User, typed: str) -> Iterator[Completion]:
    """By its whole path where its name alone says less."""
    queues = list(options.queues_to_read(user))
    for queue in queues:
        wanted = fold(typed)
        if fold(queue.name).startswith(wanted) or fold(queue.path).startswith(wanted):
            is_known_by_name = sum(other.name == queue.name for other in queues) == 1
            yield Completion(_written(queue.name if is_known_by_name else queue.path), queue.place)


def _states(user: User, typed: str) -> Iterator[Completion]:
    yield from _matching(typed, [(name, "") for name in ("open", "closed", "new", "waiting")])
    yield from _vocabulary(State)(user, typed)


def _vocabulary(model: type[State | Priority | TicketType]) -> Callable[[User, str], Iterator[Completion]]:
    def find(_user: User, typed: str) -> Iterator[Completion]:
        return _matching(typed, [(_(row.name), _(row.name)) for row in model.objects.active()])

    return find


def _services(_user: User, typed: str) -> Iterator[Completion]:
    return _matching(typed, [(row.path, row.place) for row in options.services()])


def _agents(_user: User, typed: str) -> Iterator[Completion]:
    return _matching(typed, User.objects.agents().order_by("name").values_list("email", "name"))


def _customers(user: User, typed: str) -> Iterator[Completion]:
    """Of tickets that the reader may see: who else is known here is nobody's business (T48)."""
    named = Q(email__istartswith=typed) | Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    seen = Ticket.objects.allowing(user, "read").filter(customer=OuterRef("pk"))
    found = User.objects.filter(named, Exists(seen)).order_by("name", "pk") if typed else User.objects.none()
    for person in found[:MOST]:
        yield Completion(_written(person.email), str(person))


def _organisations(user: User, typed: str) -> Iterator[Completion]:
    seen = Ticket.objects.allowing(user, "read").filter(organisation=OuterRef("pk"))
    named = Organisation.objects.filter(name__icontains=typed).filter(Exists(seen)) if typed else None
    for organisation in (named or Organisation.objects.none()).order_by("name")[:MOST]:
        yield Completion(_written(organisation.name), organisation.name)


def _tags(user: User, typed: str) -> Iterator[Completion]:
    return _matching(typed, [(tag, "") for tag in options.tags_in_use(user)])


def _custom(key: str, typed: str) -> Iterator[Completion]:
    definition = FieldDefinition.objects.filter(key=key, is_active=True).first()
    if definition is not None:
        yes_or_no = [("yes", _("Yes")), ("no", _("No"))] if definition.kind == "checkbox" else []
        yield from _matching(typed, yes_or_no or [(str(option), "") for option in definition.options])


_FINDERS: Mapping[str, Callable[[User, str], Iterator[Completion]]] = {
    "is": _is,
    "queue": _queues,
    "state": _states,
    "priority": _vocabulary(Priority),
    "type": _vocabulary(TicketType),
    "service": _services,
    "owner": _agents,
    "responsible": _agents,
    "watcher": _agents,
    "mentioned": _agents,
    "customer": _customers,
    "organisation": _organisations,
    "tags": _tags,
    "channel": lambda _user, typed: _matching(typed, [(value, str(label)) for value, label in Channel.choices]),
    "language": lambda _user, typed: _matching(typed, [(code, str(name)) for code, name in settings.LANGUAGES]),
}
