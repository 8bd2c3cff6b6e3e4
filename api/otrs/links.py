"""The seven routes of GenericLinkConnectorREST: links between tickets, of the two types that OTRS brings."""

from typing import Any

from django.db.models import Q

from api.otrs.door import Call, Caller, Refusal, operation
from api.otrs.reading import given, invalid
from api.otrs.seen import denied, ticket_to_change, tickets_of, tickets_with
from api.otrs.signing_in import agent_of
from api.v1.access import require
from tickets import options
from tickets.actions.linking import NotLinkable, link, unlink
from tickets.models import Link, LinkKind, Ticket

TICKET, VALID = "Ticket", "Valid"
KINDS = {"Normal": LinkKind.NORMAL, "ParentChild": LinkKind.PARENT}


@operation("LinkAdd")
def add_link(call: Call) -> dict[str, Any]:
    caller = agent_of(call)
    _require(call, "SourceObject", "SourceKey", "TargetObject", "TargetKey", "Type")
    kind = _kind(call)
    ticket = _ticket_to_write(call, "SourceObject", "SourceKey", caller=caller)
    other = _other(call, ticket, caller=caller)
    _refuse_second_type(ticket, other, kind)
    try:
        link(ticket, other, kind, by=caller.person, cause=caller.cause)
    except NotLinkable as error:
        raise invalid("TargetKey") from error
    return {"Success": 1}


@operation("LinkDelete")
def remove_link(call: Call) -> dict[str, Any]:
    caller = agent_of(call)
    _require(call, "Object1", "Key1", "Object2", "Key2", "Type")
    kind = _kind(call)
    ticket = _ticket_to_write(call, "Object1", "Key1", caller=caller)
    _require_ticket(call, "Object2")
    other = tickets_with(caller, [call.text("Key2")])[0]
    between = Link.objects.filter(Q(source=ticket, target=other) | Q(source=other, target=ticket))
    for one in between.filter(_shown_as(kind)):
        unlink(one, by=caller.person, cause=caller.cause)
    return {"Success": 1}


@operation("LinkDeleteAll")
def remove_links(call: Call) -> dict[str, Any]:
    """All that lead to tickets in sight; of the others nothing is known here."""
    caller = agent_of(call)
    _require(call, "Object", "Key")
    ticket = _ticket_to_write(call, "Object", "Key", caller=caller)
    for one in _links(ticket, caller=caller):
        unlink(one, by=caller.person, cause=caller.cause)
    return {"Success": 1}


@operation("LinkList")
def list_links(call: Call) -> dict[str, Any]:
    """Direction says which side the *other* ticket is on: the parent of a ticket is its source."""
    caller = agent_of(call)
    _require(call, "Object", "Key")
    _require_ticket(call, "Object")
    ticket = tickets_with(caller, [call.text("Key")])[0]
    asked = {name: call.text(name) for name in ("Object2", "Type", "Direction", "State")}
    found = []
    for one in _links(ticket, caller=caller):
        is_source = one.source_id == ticket.pk
        shown = {
            "Object": TICKET,
            "Key": str(one.target_id if is_source else one.source_id),
            "Type": "ParentChild" if one.kind == LinkKind.PARENT else "Normal",
            "Direction": "Target" if is_source else "Source",
            "State": VALID,
        }
        wanted = {"Object": asked["Object2"], **{name: asked[name] for name in ("Type", "Direction", "State")}}
        if all(value in ("", "Both", shown[name]) for name, value in wanted.items()):
            found.append(shown)
    return {"LinkList": found}


@operation("PossibleLinkList")
def possible_links(call: Call) -> dict[str, Any]:
    agent_of(call)
    return {"PossibleLinkList": [{"Object1": TICKET, "Object2": TICKET, "Type": name} for name in KINDS]}


@operation("PossibleObjectsList")
def possible_objects(call: Call) -> dict[str, Any]:
    agent_of(call)
    _require_ticket(call, "Object")
    return {"PossibleObject": [TICKET]}


@operation("PossibleTypesList")
def possible_types(call: Call) -> dict[str, Any]:
    agent_of(call)
    for name in ("Object1", "Object2"):
        _require_ticket(call, name)
    return {"PossibleType": [*KINDS]}


def _links(ticket: Ticket, *, caller: Caller) -> list[Link]:
    seen = tickets_of(caller)
    mine = Q(source=ticket, target__in=seen) | Q(target=ticket, source__in=seen)
    return list(Link.objects.filter(mine).select_related("source", "target").order_by("pk"))


def _kind(call: Call) -> LinkKind:
    if (kind := KINDS.get(call.text("Type"))) is None:
        raise invalid("Type")
    return kind


def _shown_as(kind: LinkKind) -> Q:
    """What these clients know by one name: whatever is not parent and child is "Normal" to them."""
    return Q(kind=LinkKind.PARENT) if kind == LinkKind.PARENT else ~Q(kind=LinkKind.PARENT)


def _ticket_to_write(call: Call, thing: str, key: str, *, caller: Caller) -> Ticket:
    _require_ticket(call, thing)
    ticket = ticket_to_change(caller, pk=call.text(key))
    require(ticket, caller.person, "write")
    return ticket


def _other(call: Call, ticket: Ticket, *, caller: Caller) -> Ticket:
    _require_ticket(call, "TargetObject")
    if call.text("TargetKey") == str(ticket.pk):
        raise invalid("TargetKey")
    (other,) = tickets_with(caller, [call.text("TargetKey")])
    if not options.link_targets(caller.person, ticket).filter(pk=other.pk).exists():
        raise denied()
    return other


def _refuse_second_type(ticket: Ticket, other: Ticket, kind: LinkKind) -> None:
    """As in OTRS, two tickets are not linked as equals and as parent and child at once."""
    between = Link.objects.filter(Q(source=ticket, target=other) | Q(source=other, target=ticket))
    if between.filter(kind__in=KINDS.values()).exclude(kind=kind).exists():
        raise invalid("Type")


def _require(call: Call, *names: str) -> None:
    for name in names:
        if not given(call.data, name):
            raise Refusal("MissingParameter", f"{name} parameter is missing!")


def _require_ticket(call: Call, name: str) -> None:
    if not given(call.data, name):
        raise Refusal("MissingParameter", f"{name} parameter is missing!")
    if call.text(name) != TICKET:
        raise invalid(name)
