"""The breaker: a flood of one sender, or onto one ticket, is kept in the ledger and told once.

While a storm blows, its messages go to quarantine instead of becoming tickets. One internal ticket tells the agents of
that queue, and when it is over one note there says what was kept. An administrator then releases or drops it all, and
another note says so (mail/storm_notes.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Func, JSONField, Q, QuerySet, Value
from django.utils import timezone

from accounts.audit import note_change
from accounts.models import User
from core.clock import now
from core.database import hold
from core.memo import remembered
from mail.authentication import PASS
from mail.models import Incoming, Storm
from mail.rules import lists, rules
from mail.storm_notes import tell, write_decision, write_digest
from tickets.models import Article, Queue
from tickets.models.article import Sender

SHOWN_SUBJECTS = 20
# Messages whose sender is proven; the others may have nothing at all there.
PROVEN = {"authentication__contains": {"verdict": PASS}}


class Further(Func):
    """A list in JSON with the elements of another behind it."""

    arg_joiner = " || "
    template = "(%(expressions)s)"
    output_field = JSONField()


@dataclass(frozen=True)
class Rate:
    """So many messages within a span; one more is a storm. No limit at 0."""

    limit: int
    span: timedelta


def breaks(before: Sequence[datetime], at: datetime, rate: Rate) -> bool:
    """Whether a message `at` is one too many after those `before`. Pure."""
    if not rate.limit:
        return False
    since = at - rate.span
    return sum(1 for one in before if since < one <= at) >= rate.limit


def storm_of_sender(incoming: Incoming, *, known: User | None) -> Storm | None:
    """The storm this message belongs to by its sender; None when it may become a ticket. `known` is who has its
    address: of somebody new there is no earlier message to count.

    Who is proven is not held for what others send in his name, nor they for what he does.
    """
    if _is_exempt(incoming):
        return None
    if storm := _blowing_for(incoming, Storm.Kind.SENDER, incoming.sender):
        return storm
    if known is None:
        return None
    house = rules()
    rate = Rate(house.storm_of_sender, timedelta(minutes=house.storm_minutes))
    proven = Q(**PROVEN)
    earlier = Incoming.objects.filter(sender=incoming.sender, state=Incoming.State.TICKETED)
    earlier = earlier.filter(proven) if _is_proven(incoming) else earlier.exclude(proven)
    if not _is_too_much(earlier.order_by("-received_at", "-id"), "received_at", incoming.received_at, rate):
        return None
    return _begun(Storm.Kind.SENDER, incoming.sender)


def storm_on_ticket(incoming: Incoming, number: str) -> Storm | None:
    """The storm this message belongs to by the ticket it would join."""
    if _is_exempt(incoming):
        return None
    if storm := _blowing_for(incoming, Storm.Kind.TICKET, number):
        return storm
    house = rules()
    rate = Rate(house.storm_of_ticket, timedelta(minutes=house.storm_minutes))
    proven = Q(marks__contains=[{"code": "proven"}])
    earlier = Article.objects.filter(ticket__number=number, sender=Sender.CUSTOMER)
    earlier = earlier.filter(proven) if _is_proven(incoming) else earlier.exclude(proven)
    if not _is_too_much(earlier.order_by("-created_at", "-id"), "created_at", now(), rate):
        return None
    return _begun(Storm.Kind.TICKET, number)


def keep_in(storm: Storm, incoming: Incoming, *, queue: Queue) -> None:
    """The message waits in quarantine; the first one of a storm makes the ticket that tells of it. Saving the message
    is up to the caller."""
    incoming.storm = storm
    incoming.set_aside(Incoming.State.QUARANTINED, Incoming.Reason.STORM)
    if storm.ticket is None:
        storm.ticket = tell(storm, queue)
        storm.save(update_fields=["ticket"])
    changed = {"held": F("held") + 1, "last_at": timezone.now()}
    Storm.objects.filter(pk=storm.pk).update(**changed)
    if len(storm.subjects) < SHOWN_SUBJECTS:
        storm.subjects = [*storm.subjects, incoming.subject[:300]]
        storm.save(update_fields=["subjects"])


def calm() -> int:
    """Storms that have been silent for as long as is looked at are over; each gets its digest. Returns how many."""
    quiet = timezone.now() - timedelta(minutes=max(rules().storm_minutes, 1))
    found = Storm.objects.filter(state=Storm.State.BLOWING, last_at__lt=quiet).values_list("pk", flat=True)
    return sum(_end(pk, quiet) for pk in list(found[:100]))


def release(storm: Storm, *, by: User) -> bool:
    """Let every message it holds become what it would have become; false when somebody has decided already."""
    changes = {
        "state": Incoming.State.RECEIVED,
        "state_since": timezone.now(),
        "reason_code": "",
        "reason": "",
        "due_at": timezone.now(),
        "attempts": 0,
        "parked_at": None,
    }
    line = Incoming.line(Incoming.State.RECEIVED.value, released=by.name)
    return _decide(storm, Storm.State.RELEASED, changes, line, by=by)


def drop(storm: Storm, *, by: User) -> bool:
    """No message it holds becomes a ticket; all stay in the ledger, ignored."""
    reason = Incoming.Reason.DISCARDED.value
    changes = {"state": Incoming.State.IGNORED, "state_since": timezone.now(), "reason_code": reason}
    line = Incoming.line(Incoming.State.IGNORED.value, reason=reason, dropped=by.name)
    return _decide(storm, Storm.State.DROPPED, changes, line, by=by)


def held_by(storm: Storm) -> QuerySet[Incoming]:
    return Incoming.objects.filter(storm=storm, state=Incoming.State.QUARANTINED)


def came_of(storm: Storm) -> Mapping[str, QuerySet[Incoming]]:
    """What its released messages have become until now: new tickets, messages on tickets, or not yet anything."""
    its = Incoming.objects.filter(storm=storm)
    ticketed = its.filter(state=Incoming.State.TICKETED)
    return {
        "opened": ticketed.filter(outcome=Incoming.Outcome.NEW),
        "joined": ticketed.exclude(outcome=Incoming.Outcome.NEW),
        "waiting": its.filter(state=Incoming.State.RECEIVED),
    }


def _decide(storm: Storm, state: Storm.State, changes: dict[str, object], line: dict[str, object], *, by: User) -> bool:
    """`line` goes into the journal of each message, however many there are."""
    with transaction.atomic():
        storm = Storm.objects.select_for_update(of=("self",)).get(pk=storm.pk)
        if storm.state in (Storm.State.RELEASED, Storm.State.DROPPED):
            return False
        before = {"state": storm.state}
        storm.state = state
        storm.save(update_fields=["state"])
        number = held_by(storm).update(**changes, journal=Further(F("journal"), Value([line], JSONField())))
        write_decision(storm, number, by=by)
        note_change(storm, before=before, after={"state": storm.state, "messages": number}, by=by)
    return True


def _end(pk: int, quiet: datetime) -> int:
    with transaction.atomic():
        storm = Storm.objects.select_for_update(of=("self",)).get(pk=pk)
        if storm.state != Storm.State.BLOWING or storm.last_at >= quiet:
            return 0
        write_digest(storm)
        storm.state = Storm.State.OVER
        storm.save(update_fields=["state"])
        return 1


def _is_exempt(incoming: Incoming) -> bool:
    """What was released is not held again, and some senders may send as much as they want."""
    return incoming.storm_id is not None or lists(rules().storm_never, incoming.sender)


def _is_proven(incoming: Incoming) -> bool:
    return incoming.authentication.get("verdict") == PASS


def _blowing_for(incoming: Incoming, kind: str, about: str) -> Storm | None:
    """The one that blows, unless all that it holds is unproven and this message is proven."""
    storm = _blowing(kind, about)
    if storm is None or not _is_proven(incoming):
        return storm
    return storm if storm.messages.filter(**PROVEN).exists() else None


def _is_too_much(newest_first: QuerySet, field: str, at: datetime, rate: Rate) -> bool:
    if not rate.limit:
        return False
    return breaks(list(newest_first.values_list(field, flat=True)[: rate.limit]), at, rate)


def _blowing(kind: str, about: str) -> Storm | None:
    """Most of the time there is none at all, and that is known for a moment. One that began within this moment is found
    by whoever counts (`_begun`)."""
    if (kind, about) not in _names_of_blowing():
        return None
    return _blowing_now(kind, about)


@remembered
def _names_of_blowing() -> frozenset[tuple[str, str]]:
    return frozenset(Storm.objects.filter(state=Storm.State.BLOWING).values_list("kind", "about"))


def _blowing_now(kind: str, about: str) -> Storm | None:
    return Storm.objects.filter(kind=kind, about=about, state=Storm.State.BLOWING).first()


def _begun(kind: str, about: str) -> Storm:
    hold(f"storm {kind} {about}")
    return _blowing_now(kind, about) or Storm.objects.create(kind=kind, about=about[:320])


def waiting() -> int:
    """Storms about which nobody has decided."""
    return Storm.objects.filter(Q(state=Storm.State.BLOWING) | Q(state=Storm.State.OVER)).count()
