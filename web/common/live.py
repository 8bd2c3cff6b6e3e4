"""Live hints: "look again at this", never content. Published after commits, streamed by an async route.

A page asks for a token naming the channels its reader may hear; it is good for a minute to open a stream, and a
stream lasts ten minutes, so a right that was withdrawn falls silent (T50) at the latest with the next renewal check.
"""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings
from django.core import signing

from accounts.models import User
from tickets.models import Event, Ticket
from tickets.rights import rights_of

SALT = "live"
TOKEN_SECONDS = 60


def announce(event: Event) -> None:
    """Tell whoever looks at the ticket or at a list with it (settings.AFTER)."""
    ticket = event.ticket
    hints = {f"ticket.{ticket.pk}": f"ticket {ticket.number}", f"queue.{ticket.queue_id}": "list"}
    if "queue" in event.data and event.data["queue"]["was"]:
        hints[f"queue.{event.data['queue']['was']['id']}"] = "list"
    pipe = _redis().pipeline(transaction=False)
    for channel, hint in hints.items():
        pipe.publish(f"live.{channel}", hint)
    pipe.execute()


def desk_token(user: User, ticket: Ticket | None = None) -> str:
    """For a page of the desk: every queue the agent may read, and the ticket he looks at."""
    channels = [f"queue.{pk}" for pk in sorted(rights_of(user).queues["read"])]
    return _token(user, channels + ([f"ticket.{ticket.pk}"] if ticket else []))


def ticket_token(user: User, ticket: Ticket) -> str:
    """For a customer's page: that one request."""
    return _token(user, [f"ticket.{ticket.pk}"])


def channels_of(token: str) -> list[str]:
    """The channels a token opens. Raises `signing.BadSignature` when it is forged or too old."""
    return signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)["channels"]


def _token(user: User, channels: list[str]) -> str:
    return signing.dumps({"user": user.pk, "channels": channels}, salt=SALT, compress=True)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
