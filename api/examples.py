"""Requests as people would send them, for the description of the interface."""

from drf_spectacular.utils import OpenApiExample

OPENING = OpenApiExample(
    "A request by phone",
    request_only=True,
    value={
        "title": "The printer on floor 2 does not print",
        "queue": "Support::Hardware",
        "customer": "dana@acme.example",
        "priority": "4 high",
        "channel": "phone",
        "body": "It hums, blinks twice and then stops.",
        "tags": ["printer"],
    },
)
CHANGE = OpenApiExample(
    "Take it and wait for the customer",
    request_only=True,
    value={
        "owner": "bea@demo.example",
        "state": "pending reminder",
        "pending_until": "2030-03-01T09:00:00Z",
        "tags": ["printer", "warranty"],
    },
)
ANSWER = OpenApiExample(
    "Answer by mail",
    request_only=True,
    value={"channel": "email", "body": "Hello Dana,\n\na colleague will look at it at ten.", "cc": ["it@acme.example"]},
)
NOTE = OpenApiExample(
    "An internal note with a file",
    request_only=True,
    value={
        "channel": "note",
        "body": "The log of the printer.",
        "attachments": [{"name": "log.txt", "content_type": "text/plain", "content": "RXJyb3IgMTc="}],
    },
)
