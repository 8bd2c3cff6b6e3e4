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
BULK = OpenApiExample(
    "Close two, take a third",
    request_only=True,
    value={
        "items": [
            {"ticket": "10001", "changes": {"state": "closed successful"}},
            {"ticket": "10002", "changes": {"state": "closed successful"}, "if_match": '"7"'},
            {"ticket": "10003", "changes": {"owner": "bea@demo.example"}},
        ]
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
PERSON = OpenApiExample(
    "A customer with two addresses who sees all requests of Acme",
    request_only=True,
    value={
        "email": "finn@acme.example",
        "name": "Finn Weber",
        "further": ["finn.weber@home.example"],
        "organisations": [{"organisation": "Acme", "sees_all": True}],
    },
)
CALENDAR = OpenApiExample(
    "An office in Berlin, closed on public holidays and at noon on Christmas Eve",
    request_only=True,
    value={
        "name": "Berlin office",
        "zone": "Europe/Berlin",
        "hours": {"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "tue": [["08:00", "17:00"]]},
        "country": "DE",
        "region": "BE",
        "own_days": {"2030-12-24": {"name": "Christmas Eve", "hours": [["08:00", "12:00"]]}},
    },
)
SLA = OpenApiExample(
    "Two hours to the first answer, a day to the solution, less for what is urgent",
    request_only=True,
    value={
        "name": "Premium",
        "condition": {"field": "organisation", "is": "Acme"},
        "calendar": "Berlin office",
        "targets": [
            {"kind": "first_response", "seconds": 7200},
            {"kind": "solution", "seconds": 28800},
            {"kind": "solution", "seconds": 14400, "priority": "5 very high"},
        ],
        "warnings": [50, 75],
        "levels": [3600],
    },
)
SLA_CHANGE = OpenApiExample(
    "Warn later, and switch it off for a while", request_only=True, value={"warnings": [90], "is_active": False}
)
QUEUE_HOURS = OpenApiExample(
    "Half a day in this queue, unlocked after two hours without work",
    request_only=True,
    value={"sla": "Standard", "stays": [{"seconds": 14400}], "unlock_after": 7200},
)
CHOSEN_SLA = OpenApiExample("Another SLA than the conditions give", request_only=True, value={"sla": "Premium"})
RULE = OpenApiExample(
    "What sounds like an outage goes first",
    request_only=True,
    value={
        "name": "Outages first",
        "events": ["opened"],
        "condition": {"any": [{"field": "title", "contains": "outage"}, {"field": "article.text", "contains": "down"}]},
        "effects": [{"do": "tag", "tags": ["outage"]}],
        "queues": ["Support"],
    },
)
TRIAL = OpenApiExample("On the last two weeks", request_only=True, value={"days": 14})
SCHEDULE = OpenApiExample(
    "Every working day at eight, what has waited for a week",
    request_only=True,
    value={
        "name": "Nobody is forgotten",
        "condition": {"all": [{"field": "state.type", "is": "open"}, {"field": "changed", "before": {"now": "-7d"}}]},
        "cron": "0 8 * * 1-5",
        "zone": "Europe/Berlin",
        "effects": [{"do": "tag", "tags": ["waits long"]}],
    },
)
MACRO = OpenApiExample(
    "Note that it is spare part business",
    request_only=True,
    value={"name": "Spare part", "effects": [{"do": "tag", "tags": ["spare part"]}], "key": "4", "then": "next"},
)
WEBHOOK = OpenApiExample(
    "A chat hears of what is opened and closed in Support",
    request_only=True,
    value={
        "name": "Chat of the team",
        "url": "https://chat.example.com/hooks/helpdesk",
        "events": ["opened", "closed"],
        "queues": ["Support"],
        "headers": {"Authorization": "Bearer 17"},
    },
)
ALERT_SOURCE = OpenApiExample(
    "Prometheus, critical alerts first",
    request_only=True,
    value={
        "name": "Prometheus Berlin",
        "system": "alertmanager",
        "queue": "Support::Hardware",
        "customer": "monitoring@demo.example",
        "priorities": {"critical": "5 very high"},
        "when_resolved": "close",
    },
)
ASSIGNMENT = OpenApiExample(
    "In turn, whoever had the customer within a month first",
    request_only=True,
    value={"method": "round_robin", "sticky_days": 30},
)
SURVEY = OpenApiExample("A day after closing, once a month", request_only=True, value={"is_on": True, "delay": 24})
TEMPLATE = OpenApiExample(
    "An answer for the hardware team",
    request_only=True,
    value={
        "name": "Toner is on its way",
        "body": "Hello {{ customer.first_name }},\n\nthe toner is on its way to you.",
        "queues": ["Support::Hardware"],
    },
)
SNIPPET = OpenApiExample(
    "Opening hours",
    request_only=True,
    value={"name": "Opening hours", "keyword": "hours", "body": "We are here from 9 to 17, Monday to Friday."},
)
CONTENT = OpenApiExample(
    "A greeting in two languages",
    request_only=True,
    value={"name": "Greeting", "key": "greeting", "language": "en", "texts": {"en": "Hello", "de": "Guten Tag"}},
)
AUTOMATIC = OpenApiExample(
    "A receipt of the support team",
    request_only=True,
    value={
        "event": "new",
        "queue": "Support",
        "subject": "We have your request {{ number }}",
        "body": "A colleague reads it soon: {{ link }}",
    },
)
ANSWERS = OpenApiExample("No receipt here", request_only=True, value={"new": False})
NOTICE = OpenApiExample(
    "Owners hear of new notes by mail", request_only=True, value={"levels": {"owner": {"mail": "on"}}}
)
NOTICE_TEXT = OpenApiExample(
    "In few words",
    request_only=True,
    value={"subject": "{{ notice }}: {{ ticket.title }}", "body": "{{ message }}\n\n{{ link }}"},
)
PREVIEW = OpenApiExample(
    "A reply in the language of a customer",
    request_only=True,
    value={"kind": "reply", "body": "Dear {{ customer.first_name }},\n", "language": "de", "ticket": "48213"},
)
STEPS = OpenApiExample("Two steps", request_only=True, value={"steps": ["Order a laptop", "Set it up"]})
PARTICIPANT = OpenApiExample("A colleague of the customer", request_only=True, value={"address": "carl@acme.example"})
WATCHER = OpenApiExample("A colleague of ours", request_only=True, value={"person": "bea@demo.example"})
REPORT = OpenApiExample(
    "What came in, month by month",
    request_only=True,
    value={
        "name": "New tickets",
        "question": {"measures": ["created"], "columns": "time", "grain": "month", "period": "last_12_months"},
        "display": "line",
    },
)
SPLIT = OpenApiExample("Into another queue", request_only=True, value={"title": "A new laptop", "queue": "Hardware"})
FORWARD = OpenApiExample(
    "To a supplier", request_only=True, value={"to": ["supplier@parts.example"], "body": "Can you help here?"}
)
