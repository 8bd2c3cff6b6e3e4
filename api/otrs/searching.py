"""TicketSearch: the search keys of OTRS as one filter. What is unknown here is refused, so that no filter gets lost."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from math import isfinite
from operator import and_, or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast

from api.otrs.door import Call, Caller, listed, operation, scalar
from api.otrs.reading import invalid
from api.otrs.search_keys import (
    ADDRESSES,
    APART,
    CONTENT,
    OF_CUSTOMERS,
    ORDERS,
    ORDERS_OF_CUSTOMERS,
    PEOPLE,
    PLURALS,
    RIGHTS,
    ROWS,
    refuse_too_much,
)
from api.otrs.search_times import TIMES, time_q
from api.otrs.seen import as_id, fields_of, tickets_of
from api.otrs.signing_in import caller_of
from api.otrs.wildcards import matching
from tickets.models import Article, Event, FieldDefinition, Queue, StateType, Ticket, Watcher
from tickets.models.article import Sender
from tickets.models.field import FieldKind
from tickets.models.queue import SEPARATOR
from tickets.queries import TicketQuerySet
from tickets.search import matching_in_public, words_q

log = logging.getLogger(__name__)

USUAL, MOST = 500, 100_000


@operation("TicketSearch")
def search_tickets(call: Call) -> dict[str, Any]:
    caller = caller_of(call)
    refuse_too_much(call.data)
    tickets = _tickets(call, caller=caller)
    found = tickets.filter(_condition(call, tickets, caller=caller))
    ids = list(found.order_by(*_order(call, caller=caller)).values_list("pk", flat=True)[: _limit(call)])
    return {"TicketID": list(map(str, ids))} if ids else {}


def _tickets(call: Call, *, caller: Caller) -> TicketQuerySet:
    """`Permission` is the right that an agent must have on what is found; of customers it asks nothing."""
    right = RIGHTS.get(call.text("Permission") or "ro")
    if right is None:
        raise invalid("Permission")
    return tickets_of(caller) if caller.is_customer else Ticket.objects.allowing(caller.person, right)


def _condition(call: Call, tickets: TicketQuerySet, *, caller: Caller) -> Q:
    condition = _content(call, tickets, caller=caller)
    fields = {field.key: field for field in fields_of(caller)}
    for name, value in call.data.items():
        if name in APART or name in CONTENT or name in ADDRESSES or value in ("", None, []):
            continue
        if name == "CustomerUserLogin" and caller.is_customer:  # who it is, and no question
            continue
        if caller.is_customer and not _may_ask(name):
            raise invalid(name)
        if name.startswith("DynamicField_"):
            condition &= _dynamic(name, value, fields)
        else:
            condition &= _test(name, value, call, caller=caller)
    return condition


def _test(name: str, value: Any, call: Call, *, caller: Caller) -> Q:
    singular = PLURALS.get(name) or name.removesuffix("IDs")
    if singular in ROWS and name != singular:
        return _rows(ROWS[singular], name, listed(value), sub=call.flag("UseSubQueues"))
    if name in PEOPLE:
        wanted = listed(value)
        nobody = Q(**{f"{PEOPLE[name]}__isnull": True}) if "0" in wanted else Q(pk__in=[])
        return Q(**{f"{PEOPLE[name]}__in": list(map(as_id, wanted))}) | nobody
    if time := TIMES.match(name):
        return time_q(time, scalar(value), name)
    test = TESTS.get(name)
    if test is None:
        raise invalid(name)
    return test(value, caller)


def _rows(path: str, name: str, wanted: list[str], *, sub: bool) -> Q:
    if sub and path == "queue":
        return Q(queue__in=_with_those_below(name, wanted))
    if name.endswith("IDs"):
        return Q(**{f"{path}__in": list(map(as_id, wanted))})
    if path not in ("queue", "service"):
        return Q(**{f"{path}__name__in": wanted})
    return Q(**{f"{path}__path__in": wanted})


def _with_those_below(name: str, wanted: list[str]) -> list[int]:
    """Ids of the queues that are named, by path or id, and of all below them."""
    queues = list(Queue.objects.values_list("pk", "path"))
    named = set(map(as_id, wanted) if name.endswith("IDs") else wanted)
    tops = {path for pk, path in queues if pk in named or path in named}
    beginnings = tuple(f"{path}{SEPARATOR}" for path in tops)
    return [pk for pk, path in queues if path in tops or path.startswith(beginnings)]


def _state_types(value: Any, _caller: Caller) -> Q:
    """`Open` and `Closed`, with a capital, are all types of that kind."""
    condition = Q(pk__in=[])
    for wanted in listed(value):
        if wanted == "Open":
            condition |= Q(closed_at__isnull=True)
        elif wanted == "Closed":
            condition |= Q(state__type=StateType.CLOSED)
        else:
            condition |= Q(state__type=wanted.replace(" ", "_"))
    return condition


def _locks(value: Any, _caller: Caller) -> Q:
    wanted = {"1": "unlock", "2": "lock"}
    names = {wanted.get(text, text) for text in listed(value)}
    return Q(is_locked__in=[name == "lock" for name in names if name in ("lock", "unlock")])


def _created_by(value: Any, _caller: Caller) -> Q:
    opened = Event.objects.filter(ticket=OuterRef("pk"), version=1, actor__in=list(map(as_id, listed(value))))
    return Q(Exists(opened))


def _watched_by(value: Any, _caller: Caller) -> Q:
    return Q(Exists(Watcher.objects.filter(ticket=OuterRef("pk"), user__in=list(map(as_id, listed(value))))))


def _customer_ids(value: Any, _caller: Caller) -> Q:
    return matching("organisation__name", value) | Q(organisation__isnull=True) & matching("customer__email", value)


TESTS: Mapping[str, Callable[[Any, Caller], Q]] = {
    "TicketID": lambda value, _caller: Q(pk__in=list(map(as_id, listed(value)))),
    "TicketNumber": lambda value, _caller: matching("number", value),
    "Title": lambda value, _caller: matching("title", value),
    "StateType": _state_types,
    "Locks": _locks,
    "LockIDs": _locks,
    "WatchUserIDs": _watched_by,
    "CreatedUserIDs": _created_by,
    "CustomerID": _customer_ids,
    "CustomerUserLogin": lambda value, _caller: matching("customer__email", value),
    "CustomerUserID": lambda value, _caller: matching("customer__email", value),
    "AttachmentName": lambda value, caller: _said(caller, matching("attachments__name", value)),
}


_AS_TEXT = {f"{name}_words": Cast(name, TextField()) for name in ("sent_from", "to", "cc")}


def _said(caller: Caller, condition: Q) -> Q:
    """Tickets with a message that is so, as far as the caller may read messages."""
    articles = Article.objects.alias(**_AS_TEXT).filter(condition, ticket=OuterRef("pk"))
    if caller.is_customer:
        articles = articles.filter(visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    return Q(Exists(articles))


def _content(call: Call, tickets: TicketQuerySet, *, caller: Caller) -> Q:
    """Words in subjects, messages and names of files, by the index, and addresses of messages; with
    `ContentSearch=OR` one of them all is enough."""
    wanted = list(dict.fromkeys(_words(text) for name in CONTENT for text in listed(call.data.get(name))))
    tests = [_has_words(words, tickets, caller=caller) for words in wanted if words]
    for name, column in ADDRESSES.items():
        if listed(call.data.get(name)):
            tests.append(_said(caller, matching(f"{column}_words", call.data[name])))
    return reduce(or_ if call.text("ContentSearch").upper() == "OR" else and_, tests, Q())


def _has_words(words: str, tickets: TicketQuerySet, *, caller: Caller) -> Q:
    return Q(pk__in=matching_in_public(tickets, words).values("pk")) if caller.is_customer else words_q(words)


def _words(text: str) -> str:
    return " ".join(re.sub(r"[*%]", " ", text).split())


def _dynamic(name: str, value: Any, fields: Mapping[str, FieldDefinition]) -> Q:
    """`{"Equals": ..., "Like": ..., "Empty": 1}`. The bare name of an operator is what PyOTRS 1.5 makes of such a
    condition in a query: its value is lost, and so nothing can be asked."""
    field = fields.get(name.removeprefix("DynamicField_").lower())
    if field is None:
        raise invalid(name)
    if not isinstance(value, dict):
        log.info("the condition on %s came without a value and was left out", field.key)
        return Q()
    condition = Q()
    for operator, wanted in value.items():
        condition &= _compared(field, operator, wanted, name)
    return condition


def _compared(field: FieldDefinition, operator: str, wanted: Any, name: str) -> Q:
    path = f"custom_fields__{field.key}"
    if operator == "Empty":
        return Q(**{f"{path}__isnull": scalar(wanted) == "1"})
    if operator == "Like":
        return matching(path, wanted)
    suffix = {"Equals": "", "GreaterThan": "__gt", "GreaterThanEquals": "__gte", "SmallerThan": "__lt"}
    suffix["SmallerThanEquals"] = "__lte"
    if operator not in suffix:
        raise invalid(name)
    condition = Q(pk__in=[])
    for text in listed(wanted):
        for value in _stored(field, text):
            lookup = "__contains" if field.kind == FieldKind.MULTISELECT else suffix[operator]
            condition |= Q(**{f"{path}{lookup}": value})
    return condition


def _stored(field: FieldDefinition, text: str) -> Iterable[Any]:
    if field.kind == FieldKind.CHECKBOX:
        return [text == "1"]
    if field.kind == FieldKind.NUMBER:
        try:
            number = float(text)
        except ValueError:
            return []
        return [number] if isfinite(number) else []
    return [text.removesuffix(" 00:00:00") if field.kind == FieldKind.DATE else text]


def _may_ask(name: str) -> bool:
    return name in OF_CUSTOMERS or name.startswith(
        ("DynamicField_", *(one for one in OF_CUSTOMERS if one.endswith("Time")))
    )


def _order(call: Call, *, caller: Caller) -> list[Any]:
    names = listed(call.data.get("SortBy")) or ["Age"]
    ways = listed(call.data.get("OrderBy")) or ["Down"]
    order = []
    for place, name in enumerate(names):
        if name not in (ORDERS_OF_CUSTOMERS if caller.is_customer else ORDERS):
            raise invalid("SortBy")
        way = ways[place] if place < len(ways) else ways[-1]
        if way not in ("Up", "Down"):
            raise invalid("OrderBy")
        path = F(ORDERS[name])
        order.append(path.asc(nulls_last=True) if way == "Up" else path.desc(nulls_last=True))
    return order if names[-1] in ("Age", "Created") else [*order, "-id"]


def _limit(call: Call) -> int:
    wanted = call.text("Limit")
    if wanted and not as_id(wanted):
        raise invalid("Limit")
    return min(as_id(wanted) or USUAL, MOST)
