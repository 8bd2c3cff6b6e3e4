"""Settings as people would send them, for the description of the interface."""

from drf_spectacular.utils import OpenApiExample

RELEASE = OpenApiExample(
    "A ticket for somebody else than its sender",
    request_only=True,
    value={"queue": "Support", "customer": "dana@acme.example"},
)
QUEUE = OpenApiExample(
    "Below Support, where agents are given the next ticket",
    request_only=True,
    value={"name": "Printers", "parent": "Support", "follow_up": "reopen", "is_guided": True},
)
STATE = OpenApiExample(
    "Waiting for a part, then open again",
    request_only=True,
    value={"name": "waiting for a part", "type": "pending_auto", "next_state": "open", "position": 35},
)
PRIORITY = OpenApiExample("Above all others", request_only=True, value={"name": "6 on fire", "level": 5, "position": 6})
TYPE = OpenApiExample("One more type", request_only=True, value={"name": "Complaint", "position": 10})
FIELD = OpenApiExample(
    "One of a list, asked for in the portal",
    request_only=True,
    value={
        "key": "floor",
        "kind": "dropdown",
        "label": "Floor",
        "labels": {"de": "Stockwerk"},
        "options": ["Ground floor", "First floor"],
        "queues": ["Support"],
        "in_portal": True,
    },
)
SERVICE = OpenApiExample(
    "Something that people of one organisation can request",
    request_only=True,
    value={
        "name": "New badge",
        "names": {"de": "Neuer Ausweis"},
        "queue": "Support",
        "subject": "Badge for {{ customer.name }}",
        "audience": "members",
        "organisations": ["Acme"],
    },
)
QUESTION = OpenApiExample(
    "A question that must be answered", request_only=True, value={"field": "floor", "is_required": True}
)
BRAND = OpenApiExample(
    "A portal of its own for one customer",
    request_only=True,
    value={
        "name": "Acme IT",
        "host": "help.acme.example",
        "colour": "#7a1f3d",
        "greeting": {"en": "How can we help?"},
        "registration": "domains",
        "allowed_domains": ["acme.example"],
    },
)
TAG = OpenApiExample("Two tags become one", request_only=True, value={"name": "printer", "confirmed": True})
OUR_ADDRESS = OpenApiExample(
    "An address whose mail opens tickets in a queue",
    request_only=True,
    value={"address": "printers@demo.example", "name": "Printer desk", "queue": "Support"},
)
MAILBOX = OpenApiExample(
    "A mailbox on another server, from today on",
    request_only=True,
    value={
        "name": "Support at the provider",
        "host": "imap.demo.example",
        "username": "support@demo.example",
        "password": "a secret of its own",
        "after": "move",
        "move_to": "Fetched",
        "queue": "Support",
    },
)
ROLE = OpenApiExample(
    "Whoever is in it works everything in one queue and sees another",
    request_only=True,
    value={
        "name": "Field service",
        "members": ["bea@demo.example"],
        "rights": [{"queue": "Support", "rights": ["write"]}, {"queue": "Sales", "rights": ["read"]}],
    },
)
QUEUE_RIGHTS = OpenApiExample(
    "One role may look and write notes, another nothing any more",
    request_only=True,
    value={
        "granted": [
            {"role": "First level", "rights": ["note"]},
            {"role": "Second level", "rights": []},
        ]
    },
)
SKILL = OpenApiExample(
    "A skill and who has it",
    request_only=True,
    value={"name": "Networks", "agents": [{"person": "bea@demo.example", "level": 4}]},
)
SKILL_RULE = OpenApiExample(
    "Tickets about printers need somebody who knows them",
    request_only=True,
    value={
        "name": "Printers",
        "condition": {"field": "title", "contains": "printer"},
        "skills": [{"skill": "Printers", "level": 2}],
    },
)
POINTS = OpenApiExample(
    "What is urgent counts three times",
    request_only=True,
    value={"points": [{"priority": "5 very high", "points": 3}]},
)
AGENT = OpenApiExample(
    "Away for a week, and somebody stands in",
    request_only=True,
    value={
        "away_from": "2027-07-05",
        "away_until": "2027-07-09",
        "substitute": "carlos@demo.example",
        "when_away": "stand_in",
    },
)
ACCOUNT = OpenApiExample(
    "A new colleague",
    request_only=True,
    value={"email": "gina@demo.example", "name": "Gina Rossi", "is_agent": True, "roles": ["Support"]},
)
LEAVING = OpenApiExample(
    "Somebody leaves, a colleague takes the tickets",
    request_only=True,
    value={"tickets": "heir", "heir": "bea@demo.example", "confirmed": True},
)
FILTER = OpenApiExample(
    "What a monitoring system writes goes to its own queue",
    request_only=True,
    value={
        "name": "Monitoring",
        "conditions": [{"part": "from", "test": "contains", "value": "nagios@demo.example"}],
        "queue": "Support",
        "tags": ["monitoring"],
    },
)
SENDER = OpenApiExample(
    "Nothing of this domain becomes a ticket",
    request_only=True,
    value={"pattern": "@spam.example", "verdict": "denied", "note": "Advertising"},
)
SERVER = OpenApiExample(
    "Replies from one queue leave by a server of its own",
    request_only=True,
    value={
        "name": "Relay",
        "host": "smtp.demo.example",
        "username": "support@demo.example",
        "password": "a secret of its own",
        "queues": ["Support"],
    },
)
MAIL_TRIAL = OpenApiExample(
    "A short message to an address of ours",
    request_only=True,
    value={
        "message": "RnJvbTogZGFuYUBhY21lLmV4YW1wbGUKU3ViamVjdDogSXQgaHVtcwoKSXQgaHVtcy4K",
        "recipient": "support@demo.example",
    },
)
MATRIX = OpenApiExample(
    "The highest impact and urgency",
    request_only=True,
    value={"cells": [{"impact": 3, "urgency": 3, "priority": "5 very high"}]},
)
WEB_FORM = OpenApiExample(
    "A form on a website, with one question more",
    request_only=True,
    value={
        "name": "Contact",
        "queue": "Support",
        "texts": {"en": {"title": "Write to us"}},
        "questions": [{"field": "floor", "is_required": True}],
    },
)
CATEGORY = OpenApiExample(
    "A category with a name in German",
    request_only=True,
    value={"name": "Printers", "names": {"de": "Drucker"}, "needs_review": True},
)
ANNOUNCEMENT = OpenApiExample(
    "Planned work, above every page",
    request_only=True,
    value={
        "titles": {"en": "No email on Sunday"},
        "texts": {"en": "We move to other servers from 8 to 10."},
        "level": "maintenance",
        "is_banner": True,
        "starts_at": "2027-03-01T08:00:00Z",
        "ends_at": "2027-03-07T10:00:00Z",
    },
)
MAIL_LIMITS = OpenApiExample(
    "A monitoring system may send as much as it likes",
    request_only=True,
    value={"storm_of_sender": 100, "storm_never": ["monitoring.demo.example"]},
)
