"""What a trusted system says about its message in headers: `X-Helpdesk-Queue`, or `X-OTRS-Queue` as OTRS knows it.

Read only where an administrator has said so (mail/trust.py): else anybody could choose the queue, or be ignored.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.people import person_with_address
from core.text import clean_line
from mail.facts import Facts
from mail.models import Incoming
from mail.parse import Message
from mail.parsing.words import decode_words
from tickets.models import FieldDefinition, Priority, Queue, State, StateType, TicketType
from tickets.options import owners_in

_NAME = re.compile(r"(?i)x-(?:helpdesk|otrs)-(followup-)?([a-z0-9_-]{1,80})\Z")
_YES = frozenset({"yes", "true", "1"})
_SPAN = re.compile(r"\+?\s*(\d{1,6})\s*([smhd]?)\Z")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def wishes_of(mail: Message, *, follow_up: bool) -> Mapping[str, str]:
    """The headers by their short names in lower case; those of follow-ups bear another name."""
    found: dict[str, str] = {}
    for name, value in mail.headers:
        match = _NAME.match(name)
        if match and bool(match[1]) is follow_up:
            found.setdefault(match[2].lower(), clean_line(decode_words(value, []), 1000))
    return found


def obey(wishes: Mapping[str, str], facts: Facts) -> None:
    """Put what the headers say into the facts; they win over filters. What is not known here changes nothing."""
    if wishes.get("ignore", "").lower() in _YES:
        facts.ignored, facts.why = Incoming.Reason.FILTERED, "X-Ignore"
        facts.note("header", "Ignore", "obeyed")
        return
    for name, value in wishes.items():
        wish = _WISHES.get(name)
        if value and wish is not None:
            facts.note("header", f"{name.title()}: {value}", "obeyed" if wish(facts, value) else "not known here")
        elif value and name.startswith(("dynamicfield-", "field-")):
            key = name.partition("-")[2]
            known = _field(key)
            if known:
                facts.fields[known] = value
            facts.note("header", f"{key}: {value}", "obeyed" if known else "not known here")


def _field(key: str) -> str:
    return FieldDefinition.objects.filter(key__iexact=key, is_active=True).values_list("key", flat=True).first() or ""


def _queue(facts: Facts, value: str) -> bool:
    found = Queue.objects.active().filter(path__iexact=value).first()
    facts.queue = found or facts.queue
    return found is not None


def _priority(facts: Facts, value: str) -> bool:
    found = Priority.objects.active().filter(name__iexact=value).first()
    facts.priority = found or facts.priority
    return found is not None


def _type(facts: Facts, value: str) -> bool:
    found = TicketType.objects.active().filter(name__iexact=value).first()
    facts.type = found or facts.type
    return found is not None


def _state(facts: Facts, value: str) -> bool:
    known = State.objects.active().exclude(type__in=(StateType.MERGED, StateType.REMOVED))
    found = known.filter(name__iexact=value).first()
    facts.state = found or facts.state
    return found is not None


def _until(facts: Facts, value: str) -> bool:
    facts.until = moment_of(value, now=timezone.now())
    return facts.until is not None


def _owner(facts: Facts, value: str) -> bool:
    """An address; somebody who may not work the tickets of the queue is nobody (the queue may still change)."""
    found = person_with_address(value)
    if found is None or not found.is_agent or not found.is_active:
        return False
    facts.owner = found
    return True


def _title(facts: Facts, value: str) -> bool:
    facts.title = clean_line(value, 300)
    return True


def _tags(facts: Facts, value: str) -> bool:
    facts.tag(*value.split(","))
    return True


_WISHES: Mapping[str, Callable[[Facts, str], bool]] = {
    "queue": _queue,
    "priority": _priority,
    "type": _type,
    "state": _state,
    "state-pendingtime": _until,
    "owner": _owner,
    "title": _title,
    "tags": _tags,
    "tag": _tags,
}


def moment_of(text: str, *, now: datetime) -> datetime | None:
    """`2026-12-24 10:00:00`, or a span from now on such as `+3d` or `90m`; a bare number is seconds (as in OTRS)."""
    if match := _SPAN.match(text.strip()):
        return now + timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else timezone.make_aware(moment)
    return moment if moment > now else None


def fitting_owner(facts: Facts, queue: Queue) -> None:
    """Nobody becomes the owner of a ticket that he may not see."""
    if facts.owner and facts.owner not in owners_in(queue):
        facts.note("header", facts.owner.email, "may not see this queue")
        facts.owner = None
