"""TicketHistoryGet: our events under the names of OTRS, each with the state of the ticket at that moment."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.otrs.door import Call, Refusal, listed, operation
from api.otrs.seen import tickets_with
from api.otrs.shapes import moment
from api.otrs.signing_in import agent_of
from tickets.models import Event
from tickets.models.article import Sender
from tickets.models.ticket import Channel

# The names that OTRS has; clients go by them, and the numbers only keep them apart.
_NAMES = """
NewTicket FollowUp SendAutoReject SendAutoReply SendAutoFollowUp Forward Bounce SendAnswer SendAgentNotification
SendCustomerNotification EmailAgent EmailCustomer EmailResend PhoneCallAgent PhoneCallCustomer AddNote Move Lock Unlock
Remove TimeAccounting CustomerUpdate PriorityUpdate OwnerUpdate ResponsibleUpdate LoopProtection Misc SetPendingTime
StateUpdate TicketDynamicFieldUpdate WebRequestCustomer TicketLinkAdd TicketLinkDelete SystemRequest Merged Subscribe
Unsubscribe TypeUpdate ServiceUpdate SLAUpdate ArchiveFlagUpdate TitleUpdate
"""
NUMBERS = {name: str(number) for number, name in enumerate(_NAMES.split(), start=1)}
FOLLOWED = {"queue": "QueueID", "owner": "OwnerID", "priority": "PriorityID", "state": "StateID", "type": "TypeID"}


@operation("TicketHistoryGet")
def show_history(call: Call) -> dict[str, Any]:
    caller = agent_of(call)
    ids = [part.strip() for text in listed(call.data.get("TicketID")) for part in text.split(",")]
    if not any(ids):
        raise Refusal("MissingParameter", "TicketID parameter is missing!")
    tickets = tickets_with(caller, ids)
    events: dict[int, list[Event]] = {ticket.pk: [] for ticket in tickets}
    for event in Event.objects.filter(ticket__in=tickets).select_related("article").order_by("id"):
        events[event.ticket_id].append(event)
    return {"TicketHistory": [{"TicketID": str(pk), "History": _lines(told)} for pk, told in events.items()]}


def _lines(events: Iterable[Event]) -> list[dict[str, str]]:
    """The facts of the ticket are worked out from the opening on, so that each line has those of its time."""
    facts = dict.fromkeys(FOLLOWED.values(), "")
    lines = []
    for event in events:
        for field, name in FOLLOWED.items():
            if field in event.data:
                facts[name] = _part(event.data, field, "now", "id")
        kind = kind_of(event)
        lines.append(
            {
                "TicketID": str(event.ticket_id),
                "ArticleID": str(event.article_id or "0"),
                "Name": _name(event, kind),
                "CreateBy": str(event.actor_id),
                "CreateTime": moment(event.at),
                "HistoryType": kind,
                "HistoryTypeID": NUMBERS[kind],
                **facts,
            }
        )
    return lines


def kind_of(event: Event) -> str:
    if event.kind in ARTICLES:
        return _kind_of_article(event)
    if event.kind == "lock.changed":
        return "Lock" if (event.data.get("is_locked") or {}).get("now") else "Unlock"
    if event.kind in ("state.changed", "ticket.closed", "ticket.reopened"):
        return "StateUpdate" if "state" in event.data else "SetPendingTime"
    return KINDS.get(event.kind, "Misc")


def _kind_of_article(event: Event) -> str:
    article = event.article
    if event.kind == "ticket.created":
        return "NewTicket"
    if article is None:
        return "Misc"
    if article.sender == Sender.CUSTOMER:
        return {Channel.PHONE: "PhoneCallCustomer", Channel.WEB: "WebRequestCustomer"}.get(article.channel, "FollowUp")
    if article.channel == Channel.EMAIL:
        return "SendAutoReply" if article.sender == Sender.SYSTEM else "SendAnswer"
    return "PhoneCallAgent" if article.channel == Channel.PHONE else "AddNote"


ARTICLES = ("ticket.created", "article.added", "article.held", "article.refused")
KINDS: Mapping[str, str] = {
    "queue.changed": "Move",
    "owner.changed": "OwnerUpdate",
    "responsible.changed": "ResponsibleUpdate",
    "priority.changed": "PriorityUpdate",
    "rating.changed": "PriorityUpdate",
    "customer.changed": "CustomerUpdate",
    "title.changed": "TitleUpdate",
    "type.changed": "TypeUpdate",
    "service.changed": "ServiceUpdate",
    "sla.changed": "SLAUpdate",
    "fields.changed": "TicketDynamicFieldUpdate",
    "time.changed": "TimeAccounting",
    "link.added": "TicketLinkAdd",
    "link.removed": "TicketLinkDelete",
    "ticket.merged": "Merged",
    "ticket.absorbed": "Merged",
    "watcher.added": "Subscribe",
    "watcher.removed": "Unsubscribe",
    "mail.loop": "LoopProtection",
}


def _name(event: Event, kind: str) -> str:
    """What was and what is, joined as OTRS joins them; the kind of our own event where it has no form there."""
    form = NAMES.get(kind)
    return f"%%{'%%'.join(form(event.data))}" if form else event.kind


def _pair(field: str) -> Callable[[dict[str, Any]], list[str]]:
    def parts(data: dict[str, Any]) -> list[str]:
        return [
            _part(data, field, "now", "name"),
            _part(data, field, "now", "id"),
            _part(data, field, "was", "name"),
            _part(data, field, "was", "id"),
        ]

    return parts


def _fields(data: dict[str, Any]) -> list[str]:
    values = data.get("custom_fields") or {}
    was, now = values.get("was") or {}, values.get("now") or {}
    parts = []
    for key in sorted({*was, *now}):
        if was.get(key) != now.get(key):
            parts += ["FieldName", key, "Value", _plain(now.get(key)), "OldValue", _plain(was.get(key))]
    return parts


NAMES: Mapping[str, Callable[[dict[str, Any]], list[str]]] = {
    "NewTicket": lambda data: [
        _part(data, "number", "now"),
        *(_part(data, field, "now", "name") for field in ("queue", "priority", "state")),
    ],
    "StateUpdate": lambda data: [_part(data, "state", "was", "name"), _part(data, "state", "now", "name"), ""],
    "SetPendingTime": lambda data: [_part(data, "pending_until", "now")],
    "Move": _pair("queue"),
    "TypeUpdate": _pair("type"),
    "ServiceUpdate": _pair("service"),
    "SLAUpdate": _pair("sla"),
    "PriorityUpdate": lambda data: [
        _part(data, "priority", side, part) for side in ("was", "now") for part in ("name", "id")
    ],
    "OwnerUpdate": lambda data: [_part(data, "owner", "now", "name"), _part(data, "owner", "now", "id")],
    "ResponsibleUpdate": lambda data: [
        _part(data, "responsible", "now", "name"),
        _part(data, "responsible", "now", "id"),
    ],
    "TitleUpdate": lambda data: [_part(data, "title", "was"), _part(data, "title", "now")],
    "TicketDynamicFieldUpdate": _fields,
    "TicketLinkAdd": lambda data: [_part(data, "link", "now", "name"), _part(data, "link", "now", "id")],
    "TicketLinkDelete": lambda data: [_part(data, "link", "was", "name"), _part(data, "link", "was", "id")],
    "Lock": lambda _data: ["lock"],
    "Unlock": lambda _data: ["unlock"],
}


def _part(data: dict[str, Any], field: str, side: str, part: str = "") -> str:
    value = (data.get(field) or {}).get(side)
    if part:
        value = value.get(part) if isinstance(value, dict) else None
    return _plain(value)


def _plain(value: Any) -> str:
    return "" if value is None else ",".join(map(str, value)) if isinstance(value, list) else str(value)
