"""Who has a ticket open now, and who is writing: in Redis alone, forgotten within a minute, told to nobody else.

One hash per ticket, a field per open page: "user:page" -> "what|until". Without Redis nobody is seen and nothing fails.
"""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings

from accounts.models import User
from tickets.models import Ticket
from web.common.live import tell

log = logging.getLogger(__name__)

# A page says every 20 seconds that it is still there; two of these may get lost.
SECONDS = 50
# What somebody does, the most telling first.
DOING = ("reply", "forward", "note", "viewing")
GONE = "gone"
_PAGE = re.compile(r"[0-9a-z]{1,16}")


@dataclass(frozen=True)
class Here:
    person: User
    doing: str

    @property
    def is_writing(self) -> bool:
        return self.doing != "viewing"


def note_presence(ticket: Ticket, user: User, *, page: str, doing: str) -> Sequence[Here]:
    """This page of `user` shows the ticket, or no longer does; answers who else is there. Others are told when that
    is news to them."""
    if not _PAGE.fullmatch(page) or doing not in (*DOING, GONE):
        return []
    key, field, until = f"presence.{ticket.pk}", f"{user.pk}:{page}", time.time() + SECONDS
    try:
        pipe = _redis().pipeline(transaction=False)
        pipe.hgetall(key)
        if doing == GONE:
            pipe.hdel(key, field)
        else:
            pipe.hset(key, field, f"{doing}|{until:.0f}")
            pipe.expire(key, SECONDS)
        known = {name.decode(): value.decode() for name, value in pipe.execute()[0].items()}
        alive = _alive(known)
        if alive.get(field, GONE) != doing:
            tell(ticket, f"presence {ticket.number}")
    except redis.RedisError as error:
        log.warning("nobody is seen: %s", error)
        return []
    return _people({name: what for name, what in alive.items() if not name.startswith(f"{user.pk}:")})


def _alive(known: Mapping[str, str]) -> dict[str, str]:
    """What each page does, without those that have not been heard of for too long."""
    split = {name: value.partition("|") for name, value in known.items()}
    return {name: doing for name, (doing, _bar, until) in split.items() if float(until or 0) > time.time()}


def _people(pages: Mapping[str, str]) -> Sequence[Here]:
    """Each person once, however many pages are open, with the most telling of what they do."""
    doing: dict[int, str] = {}
    for name, what in pages.items():
        pk = int(name.partition(":")[0])
        doing[pk] = min(doing.get(pk, DOING[-1]), what, key=DOING.index)
    found = User.objects.agents().filter(pk__in=doing).order_by("name", "pk") if doing else []
    return sorted((Here(person, doing[person.pk]) for person in found), key=lambda here: DOING.index(here.doing))


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
