"""What the matrix sends: a body for each route that takes one, such that it succeeds for whoever may do it."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from tests.rights.world import Matrix
from tickets.models import Priority, Queue, State, TicketType

Body = dict[str, Any]


def bodies(world: Matrix, relation: str) -> dict[str, Body]:
    """By the label of the row, for things of ours or (relation "elsewhere") of the other queue."""
    queue, agent = ("elsewhere", "outsider") if relation == "elsewhere" else ("own", "write")
    return _pages(world, world.queues[queue], world.people[agent]) | _programs(world.people[agent])


def _pages(world: Matrix, queue: Queue, agent: User) -> dict[str, Body]:
    """Fields of forms. What is not named is sent without any."""
    text = {"text": "One more word"}
    return {
        "set_theme": {"theme": "dark"},
        "set_language": {"language": "de"},
        "account_login": {"login": "nobody@nowhere.example", "password": "wrong"},
        "desk:new": {
            "channel": "phone",
            "queue": world.queues["own"].pk,
            "customer": "dana@acme.example",
            "title": "By phone",
            **text,
        },
        "desk:take_selected": {"ticket": world.tickets["open"].pk},
        "desk:close_selected": {"ticket": world.tickets["open"].pk},
        "desk:reply": {**text, "to": "dana@acme.example"},
        "desk:note": text,
        "desk:owner": {"owner": agent.pk},
        "desk:responsible": {"responsible": agent.pk},
        "desk:move": {"move": queue.pk},
        "desk:state": {"state": State.objects.get(name="closed successful").pk},
        "desk:priority": {"priority": Priority.objects.get(level=5).pk},
        "desk:type": {"type": TicketType.objects.get(name="Incident").pk},
        "desk:title": {"title": "Another title"},
        "desk:tags": {"tags": "urgent"},
        "desk:field": {"field_serial": "X1"},
        "portal:answer": text,
        "portal:solve": text,
        "portal:new": {"subject": "A new request", **text},
    }


def _programs(agent: User) -> dict[str, Body]:
    """JSON."""
    body = {"body": "One more word"}
    return {
        "api:tickets": {"title": "By program", "queue": "Support", "customer": "dana@acme.example", **body},
        "api:ticket": {"title": "Another title"},
        "api:ticket#owner": {"owner": agent.email},
        "api:ticket#priority": {"priority": "5 very high"},
        "api:articles": {"channel": "email", **body},
        "api:articles#note": {"channel": "note", **body},
        "api:articles#web": {"channel": "web", **body},
    }


QUERIES: dict[str, Callable[[Matrix], Body]] = {
    "live_address#ticket": lambda world: {},
    "desk:news": lambda world: {"shown": 0},
    "desk:search": lambda world: {"q": "hums"},
    "api:people": lambda world: {"email": "dana@acme.example"},
}
