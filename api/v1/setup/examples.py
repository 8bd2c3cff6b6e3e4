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
