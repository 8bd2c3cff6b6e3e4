"""Live hints: "look again at this", never content. Published after commits, streamed by an async route.

A page asks for a token naming the channels its reader may hear. It is good for a minute, and so is the stream opened
with it: then the page fetches a fresh one, so a right that was withdrawn falls silent within that minute (T50).
"""

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from django.core import signing

from accounts.models import User
from automation.notices.bell import people_rung
from core.later import after_commit
from sla.sentences import MARKS
from tickets.models import Event, Ticket
from tickets.rights import rights_of

log = logging.getLogger(__name__)

SALT = "live"
TOKEN_SECONDS = 60
# Of the tickets with the same file; the others find out by themselves.
MOST_TOLD = 50


@dataclass(frozen=True)
class Ear:
    """What a token opens: channels, until a moment (seconds since the epoch)."""

    channels: list[str]
    until: float


def announce(event: Event) -> None:
    """Tell whoever looks at the ticket or at a list with it (settings.AFTER).

    While Redis is away nobody hears; pages ask by themselves then, so there is nothing to retry.
    """
    ticket = event.ticket
    hints = {f"ticket.{ticket.pk}": f"ticket {ticket.number}", f"queue.{ticket.queue_id}": "list"}
    if _customers_see(event):
        hints[f"request.{ticket.pk}"] = f"ticket {ticket.number}"
    hints |= {f"person.{person.pk}": "deadlines" for person in _people_to_tell(event)}
    if "queue" in event.data and event.data["queue"]["was"]:
        hints[f"queue.{event.data['queue']['was']['id']}"] = "list"
    pipe = _redis().pipeline(transaction=False)
    for channel, hint in hints.items():
        pipe.publish(f"live.{channel}", hint)
    try:
        pipe.execute()
    except redis.RedisError as error:
        log.warning("no live hints: %s", error)


def ring(event: Event) -> None:
    """Tell whoever has got a notice of it that there is something in the bell (settings.AFTER, behind the notices)."""
    ring_for(people_rung(event))


def ring_for(people: Collection[int]) -> None:
    """Tell these people that there is something in their bell (settings.NEWS_AFTER)."""
    if not people:
        return
    pipe = _redis().pipeline(transaction=False)
    for pk in people:
        pipe.publish(f"live.person.{pk}", "notices")
    try:
        pipe.execute()
    except redis.RedisError as error:
        log.warning("no live hints: %s", error)


def announce_checked(digest: str) -> None:
    """Tell whoever looks at a ticket with this file that more is known of it (settings.FILE_CHECKED)."""
    named = Ticket.objects.filter(articles__attachments__digest=digest).distinct().values_list("pk", "number")
    tickets = list(named[:MOST_TOLD])
    if tickets:
        after_commit(lambda: _tell_of_file(tickets))


def _tell_of_file(tickets: Collection[tuple[int, str]]) -> None:
    pipe = _redis().pipeline(transaction=False)
    for pk, number in tickets:
        for channel in (f"ticket.{pk}", f"request.{pk}"):
            pipe.publish(f"live.{channel}", f"ticket {number}")
    try:
        pipe.execute()
    except redis.RedisError as error:
        log.warning("no live hints: %s", error)


def tell(ticket: Ticket, hint: str) -> None:
    """A hint for whoever looks at the ticket in the desk, about something that is no event. Raises `RedisError`."""
    _redis().publish(f"live.ticket.{ticket.pk}", hint)


def desk_token(user: User, ticket: Ticket | None = None) -> str:
    """For a page of the desk: what is for the person alone, every queue he may read, and the ticket he looks at."""
    channels = [f"queue.{pk}" for pk in sorted(rights_of(user).queues["read"])]
    if channels or user.is_administrator:
        channels.insert(0, f"person.{user.pk}")
    return _token(user, channels + ([f"ticket.{ticket.pk}"] if ticket else []))


def request_token(user: User, ticket: Ticket) -> str:
    """For a customer's page: that one request, when something has happened that customers see."""
    return _token(user, [f"request.{ticket.pk}"])


def opened_by(token: str) -> Ear:
    """What this token lets its holder hear. Raises `signing.BadSignature` when it is forged or too old."""
    claim = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    return Ear(claim["channels"], claim["until"])


def _customers_see(event: Event) -> bool:
    """That agents talk among themselves, and when, is none of their business (T44)."""
    return event.article.visible_to_customer if event.article else "state" in event.data


def _people_to_tell(event: Event) -> list[User]:
    """Whoever has the ticket or answers for it, when a deadline is near or was missed."""
    if event.kind not in MARKS:
        return []
    people = {person.pk: person for person in (event.ticket.owner, event.ticket.responsible) if person}
    return [person for person in people.values() if event.ticket.allows(person, "read")]


def _token(user: User, channels: list[str]) -> str:
    claim = {"user": user.pk, "channels": channels, "until": time.time() + TOKEN_SECONDS}
    return signing.dumps(claim, salt=SALT, compress=True)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
