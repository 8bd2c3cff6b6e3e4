"""What an endpoint is told: documented JSON, or what its own template makes of the same values (docs/automation.md).

Only what the endpoint is for: internal notes where it was asked for, and of other queues not even the name.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from automation.models import Endpoint
from core.liquid import render
from tickets.models import Article, Event, Ticket

MAX_TEXT = 20_000
TEST = "endpoint.test"
# Of an endpoint for some queues: what an event may say has changed. The rest could name tickets of other queues.
OWN_FACTS = {
    "title",
    "type",
    "service",
    "state",
    "priority",
    "impact",
    "urgency",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "channel",
    "language",
    "tags",
    "custom_fields",
    "pending_until",
    "is_locked",
    "queue",
}

Values = dict[str, Any]


def message(endpoint: Endpoint, event: Event, *, near: Collection[int] | None = None) -> Values:
    """The documented body for an event. `near` are the queues the endpoint is for; None is all."""
    told = {
        "id": event.pk,
        "actor": _person(event.actor),
        "cause": {"kind": event.cause_kind, "reference": event.cause_reference},
        "changes": _changes(event, near),
    }
    article = event.article if event.article and may_tell(endpoint, event) else None
    return _body(event.kind, event.at, endpoint, event.ticket, article, told)


def call(endpoint: Endpoint, ticket: Ticket, *, kind: str, at: datetime) -> Values:
    """The documented body where an automation calls without an event."""
    return _body(kind, at, endpoint, ticket, None, None)


def may_tell(endpoint: Endpoint, event: Event) -> bool:
    """That an internal note is there is as internal as the note."""
    return event.article is None or event.article.visible_to_customer or endpoint.sends_internal


def written(endpoint: Endpoint, values: Values) -> str:
    """The body as it is sent. Raises `ValueError` when the endpoint's own template cannot be read."""
    if endpoint.body:
        return render(endpoint.body, values)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def example() -> Values:
    """Everything that a message may hold, to try a template and to send a test."""
    person = {"id": 7, "name": "Bea Costa", "email": "bea@demo.example"}
    row = {"id": 1, "name": "Support"}
    return {
        "type": TEST,
        "timestamp": "2026-11-21T09:30:00+00:00",
        "data": {
            "event": {"id": 0, "actor": person, "cause": {"kind": "desk", "reference": ""}, "changes": {}},
            "ticket": {
                "number": "48213",
                "title": "Printer hums",
                "url": f"{settings.BASE_URL}/desk/tickets/48213/",
                "queue": row,
                "type": {"id": 1, "name": "Incident"},
                "service": None,
                "state": {"id": 2, "name": "open", "type": "open"},
                "priority": {"id": 3, "name": "3 normal", "level": 3},
                "owner": person,
                "responsible": None,
                "customer": {"id": 9, "name": "Dana Miller", "email": "dana@acme.example"},
                "organisation": {"id": 4, "name": "Acme"},
                "channel": "email",
                "language": "en",
                "tags": ["printer"],
                "custom_fields": {},
                "is_open": True,
                "pending_until": None,
                "due_at": None,
                "created_at": "2026-11-21T09:30:00+00:00",
                "changed_at": "2026-11-21T09:30:00+00:00",
                "closed_at": None,
                "version": 1,
            },
            "article": {
                "id": 1,
                "channel": "email",
                "sender": "customer",
                "author": person,
                "visible_to_customer": True,
                "subject": "Printer hums",
                "text": "It hums, blinks twice and then stops.",
                "created_at": "2026-11-21T09:30:00+00:00",
            },
        },
    }


def _body(
    kind: str, at: datetime, endpoint: Endpoint, ticket: Ticket, article: Article | None, event: Values | None
) -> Values:
    data = {"event": event, "ticket": _ticket(ticket), "article": _article(endpoint, article) if article else None}
    return {"type": kind, "timestamp": at.isoformat(), "data": data}


def _changes(event: Event, near: Collection[int] | None) -> Values:
    if near is None:
        return event.data
    changes = {name: change for name, change in event.data.items() if name in OWN_FACTS}
    if "queue" in changes:
        changes["queue"] = {side: _if_near(row, near) for side, row in changes["queue"].items()}
    return changes


def _if_near(row: Any, near: Collection[int]) -> Any:
    return row if isinstance(row, Mapping) and row.get("id") in near else None


def _ticket(ticket: Ticket) -> Values:
    return {
        "number": ticket.number,
        "title": ticket.title,
        "url": f"{settings.BASE_URL}/desk/tickets/{ticket.number}/",
        "queue": {"id": ticket.queue_id, "name": ticket.queue.path},
        "type": _row(ticket.type),
        "service": _row(ticket.service),
        "state": {"id": ticket.state_id, "name": ticket.state.name, "type": ticket.state.type},
        "priority": {"id": ticket.priority_id, "name": ticket.priority.name, "level": ticket.priority.level},
        "owner": _person(ticket.owner),
        "responsible": _person(ticket.responsible),
        "customer": _person(ticket.customer),
        "organisation": _row(ticket.organisation),
        "channel": ticket.channel,
        "language": ticket.language,
        "tags": list(ticket.tags),
        "custom_fields": ticket.custom_fields,
        "is_open": ticket.is_open,
        "pending_until": _time(ticket.pending_until),
        "due_at": _time(ticket.due_at),
        "created_at": _time(ticket.created_at),
        "changed_at": _time(ticket.changed_at),
        "closed_at": _time(ticket.closed_at),
        "version": ticket.version,
    }


def _article(endpoint: Endpoint, article: Article) -> Values:
    return {
        "id": article.pk,
        "channel": article.channel,
        "sender": article.sender,
        "author": _person(article.author),
        "visible_to_customer": article.visible_to_customer,
        "subject": article.subject,
        "text": article.body[:MAX_TEXT] if endpoint.sends_text else None,
        "created_at": _time(article.created_at),
    }


def _person(person: Any) -> Values | None:
    if person is None:
        return None
    return {"id": person.pk, "name": person.name, "email": None if person.is_system else person.email}


def _row(row: models.Model | None) -> Values | None:
    return {"id": row.pk, "name": str(row)} if row is not None else None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
