"""What a trusted system says about its message in headers: `X-Helpdesk-Queue`, or `X-OTRS-Queue` as OTRS knows it.

Read only where an administrator has said so (mail/trust.py): else anybody could choose the queue, or be ignored.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Organisation, User
from accounts.people import person_with_address, system_actor
from core.text import clean_line
from mail.addresses import is_address
from mail.facts import Facts
from mail.models import Incoming
from mail.parse import Message
from mail.parsing.words import decode_words
from tickets.events import Cause
from tickets.models import FieldDefinition, Priority, Queue, Service, State, StateType, Ticket, TicketType
from tickets.models.article import Sender
from tickets.options import owners_in

Wish = Callable[[Facts, str], bool]

_NAME = re.compile(r"(?i)x-(?:helpdesk|otrs)-(followup-)?([a-z0-9_-]{1,80})\Z")
# `X-OTRS-TicketKey1`, `X-OTRS-ArticleValue2`, `X-OTRS-TicketTime3`: the free fields that OTRS had before dynamic ones.
_FREE = re.compile(r"(ticket|article)(key|value|time)(\d{1,2})\Z")
_FREE_KINDS = {"key": "key", "value": "text", "time": "time"}
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


def obey(wishes: Mapping[str, str], facts: Facts, *, follow_up: bool) -> None:
    """Put what the headers say into the facts; they win over filters. What is not known here changes nothing."""
    if not follow_up and wishes.get("ignore", "").lower() in _YES:
        facts.ignored, facts.why = Incoming.Reason.FILTERED, "X-Ignore"
        facts.note("header", "Ignore", "obeyed")
        return
    known = {**_WISHES, **(_OF_FOLLOW_UPS if follow_up else _OF_NEW)}
    for name, value in wishes.items():
        wish, key = known.get(name), _key_in(name)
        if value and wish is not None:
            facts.note("header", f"{name.title()}: {value}", "obeyed" if wish(facts, value) else "not known here")
        elif value and name in settings.MAIL_WISHES:
            facts.further[name] = value
        elif value and key:
            field = _field(key)
            if field:
                facts.fields[field] = value
            facts.note("header", f"{key}: {value}", "obeyed" if field else "not known here")


def further_on(ticket: Ticket, facts: Facts, *, cause: Cause) -> None:
    """What higher apps make of their headers on a ticket that is there."""
    for name, value in facts.further.items():
        is_known = import_string(settings.MAIL_WISHES[name])(ticket, value, by=system_actor("mail"), cause=cause)
        facts.note("header", f"{name.title()}: {value}", "obeyed" if is_known else "not known here")


def _key_in(name: str) -> str:
    """The key of the custom field that a header means; those of old OTRS have names of their own."""
    if name.startswith(("dynamicfield-", "field-")):
        return name.partition("-")[2]
    if match := _FREE.match(name):
        return f"{match[1]}free{_FREE_KINDS[match[2]]}{match[3]}"
    return ""


def _field(key: str) -> str:
    return FieldDefinition.objects.filter(key__iexact=key, is_active=True).values_list("key", flat=True).first() or ""


def _named(rows: QuerySet, value: str, *, by: str = "name") -> Any:
    """The row of this name, whatever its case."""
    return rows.filter(**{f"{by}__iexact": value}).first()


def _numbered(rows: QuerySet, value: str) -> Any:
    return rows.filter(pk=int(value)).first() if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _row(field: str, rows: Callable[[], QuerySet], find: Callable[..., Any]) -> Wish:
    """A row in use, put into the facts; one that is not there changes nothing."""

    def wish(facts: Facts, value: str) -> bool:
        found = find(rows(), value)
        if found is not None:
            setattr(facts, field, found)
        return found is not None

    return wish


def _states() -> QuerySet:
    return State.objects.active().exclude(type__in=(StateType.MERGED, StateType.REMOVED))


def _services() -> QuerySet:
    return Service.objects.active().requestable()


def _until(facts: Facts, value: str) -> bool:
    facts.until = moment_of(value, now=timezone.now())
    return facts.until is not None


def _agent(field: str, find: Callable[[str], User | None]) -> Wish:
    """Somebody who may not work the tickets of the queue is nobody (the queue may still change)."""

    def wish(facts: Facts, value: str) -> bool:
        found = find(value)
        if found is None or not found.is_agent or not found.is_active:
            return False
        setattr(facts, field, found)
        return True

    return wish


def _title(facts: Facts, value: str) -> bool:
    facts.title = clean_line(value, 300)
    return True


def _tags(facts: Facts, value: str) -> bool:
    facts.tag(*value.split(","))
    return True


def _lock(facts: Facts, value: str) -> bool:
    locked = _LOCKS.get(value.lower())
    facts.is_locked = facts.is_locked if locked is None else locked
    return locked is not None


def _customer(facts: Facts, value: str) -> bool:
    """An address; one that nobody has makes a customer, as a mail from it would."""
    known = person_with_address(value)
    if not is_address(value) or (known is not None and not known.is_active):
        return False
    facts.customer = value
    return True


def _sender(facts: Facts, value: str) -> bool:
    facts.sender = value.lower() if value.lower() in Sender.values else facts.sender
    return value.lower() in Sender.values


def _visible(facts: Facts, value: str) -> bool:
    if value not in ("0", "1"):
        return False
    facts.visible = value == "1"
    return True


def _keep_state(facts: Facts, value: str) -> bool:
    facts.keeps_state = value.lower() in _YES
    return facts.keeps_state


def _loop(_facts: Facts, value: str) -> bool:
    """Such a message is answered by nobody, trusted or not (mail/loops.py)."""
    return value.lower() in _YES


_LOCKS = {"lock": True, "2": True, "unlock": False, "1": False}
_ROWS: Mapping[str, tuple[Callable[[], QuerySet], str]] = {
    "queue": (Queue.objects.active, "path"),
    "priority": (Priority.objects.active, "name"),
    "type": (TicketType.objects.active, "name"),
    "state": (_states, "name"),
    "service": (_services, "path"),
}
_WISHES: Mapping[str, Wish] = {
    **{name: _row(name, rows, partial(_named, by=by)) for name, (rows, by) in _ROWS.items()},
    **{f"{name}id": _row(name, rows, _numbered) for name, (rows, _by) in _ROWS.items()},
    **{name: _agent(name, person_with_address) for name in ("owner", "responsible")},
    **{f"{name}id": _agent(name, partial(_numbered, User.objects.all())) for name in ("owner", "responsible")},
    "state-pendingtime": _until,
    "title": _title,
    "tags": _tags,
    "tag": _tags,
    "keyword": _tags,
    "keywords": _tags,
    "lock": _lock,
    "lockid": _lock,
    "sendertype": _sender,
    "isvisibleforcustomer": _visible,
}
_OF_NEW: Mapping[str, Wish] = {
    "customeruser": _customer,
    "customerno": _row("organisation", Organisation.objects.all, _named),
    "loop": _loop,
}
_OF_FOLLOW_UPS: Mapping[str, Wish] = {"state-keep": _keep_state}


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


def fit_people(facts: Facts, queue: Queue) -> None:
    """Nobody becomes the owner of a ticket that he may not see, nor answers for it."""
    for name in ("owner", "responsible"):
        person = getattr(facts, name)
        if person and person not in owners_in(queue):
            facts.note("header", person.email, "may not see this queue")
            setattr(facts, name, None)
