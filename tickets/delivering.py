"""Events are handed to the handlers of settings.AFTER: those of many tickets at a time, in order per ticket.

Claimed together by one worker, events are read in one go, and what is costly for each is done once for all (TOGETHER).
An event that has failed before goes on its own, so that it cannot hold up others again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from core import logs
from core.database import Session, commit_lightly, mend_session
from core.memo import for_a_moment
from core.turns import Turn
from core.work import LEASE, Setback, run_leased, wake
from tickets.claims import Claim, claimed
from tickets.events import handlers
from tickets.fresh import as_it_is
from tickets.models import Delivery, Event

log = logging.getLogger(__name__)

# A task must end in time; what is left is woken anew.
MOST_AT_ONCE = 20
# Of so many that are due the earliest events are taken.
LOOKED_AT = 200
LOST = "the connection to the database was lost"


class NotOurs(Setback):
    """The lock that keeps others from this event went with the session that had it."""


@dataclass
class _Given:
    """A claimed event and what went wrong with it."""

    delivery: Delivery
    error: Exception | None = None


def take_turn(pk: int) -> None:
    """Deliver all that is due, for as long as a turn lasts; what has failed before comes last, and yet some of it in
    every turn. `pk` is a row of it."""
    turn = Turn(Delivery)
    while _deliver_some(pk, turn) and turn.lasts():
        pass
    again = _failed_before()
    tried = 0
    for each in again:
        if tried and not turn.lasts():
            break
        tried += deliver_one(each, turn)
    if not turn.lasts() or (tried and len(again) == MOST_AT_ONCE):
        turn.call_another(pk)


def _deliver_some(pk: int, turn: Turn) -> bool:
    """As many as one claims at a time; whether there were any."""
    with claimed(most=MOST_AT_ONCE, looked_at=LOOKED_AT) as claim:
        if not claim.deliveries:
            return False
        if len(claim.deliveries) == MOST_AT_ONCE:
            turn.call_another(pk)
        with for_a_moment():
            _deliver(claim, turn)
    return True


def deliver_one(pk: int, turn: Turn) -> bool:
    """One event on its own, then the later ones of its ticket, which wait for it; whether its turn had come.

    Each handler that has succeeded once is not run again.
    """
    delivery = Delivery.objects.unfinished().filter(pk=pk).first()
    if delivery is None or _waits_for_earlier(delivery):
        return False
    if not run_leased(Delivery, pk, _run_handlers, lease=LEASE):
        return False
    _deliver_later_ones(delivery, turn)
    return True


def _deliver_later_ones(delivery: Delivery, turn: Turn) -> None:
    """Of its ticket, as long as none fails and the turn lasts."""
    for _event in range(MOST_AT_ONCE):
        following = Delivery.objects.unfinished().filter(ticket_id=delivery.ticket_id).order_by("event_id").first()
        if following is None or following.pk == delivery.pk:  # the latter has failed: the others wait for it
            return
        delivery = following
        if not turn.lasts() or not run_leased(Delivery, delivery.pk, _run_handlers, lease=LEASE):
            return
    wake(delivery)


def _failed_before() -> list[int]:
    """Those whose turn has come; what waits for an earlier event of its ticket would only stand in their way."""
    earlier = Delivery.objects.unfinished().filter(ticket_id=OuterRef("ticket_id"), event__lt=OuterRef("event_id"))
    found = Delivery.objects.due().filter(~Exists(earlier), attempts__gt=0)
    return list(found.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _deliver(claim: Claim, turn: Turn) -> None:
    """One after the other. The later events of a ticket where one failed are given back, and so is what a turn has no
    time for, what is ours no longer and whatever an accident leaves behind; the first always has its time."""
    given: dict[int, list[_Given]] = {}
    done: list[_Given] = []
    try:
        for delivery in claim.deliveries:
            before = given.get(delivery.ticket_id, [])
            if (given and not turn.lasts()) or (before and before[-1].error is not None):
                continue
            if not claim.session.lasts():
                break
            error = _deliver_alone(delivery, claim.session, read_anew=bool(before))
            given.setdefault(delivery.ticket_id, []).append(_Given(delivery, error))
        everyone = [one for some in given.values() for one in some]
        _run_together([one for one in everyone if one.error is None], claim.session)
        done = everyone
    finally:
        _settle(done, claim)


def _deliver_alone(delivery: Delivery, session: Session, *, read_anew: bool) -> Exception | None:
    """What goes wrong around the handlers is the trouble of this event, too: the others of the claim go on."""
    with logs.scope(work=f"{Delivery._meta.label} {delivery.pk}"):
        try:
            if read_anew:  # handlers may have changed the ticket since it was read
                _look_again(delivery)
            error = _run(delivery, _one_by_one(), session)
        except Exception as trouble:
            log.exception("failed")
            error = trouble
        if error is None:
            log.info("done")
    return error


def _run_together(given: Sequence[_Given], session: Session) -> None:
    """What does many events at once; when that fails, each on its own, so that only the one to blame fails."""
    for name, act in _together().items():
        lacking = [one for one in given if name not in one.delivery.done]
        if not session.lasts():
            for one in lacking:
                one.error = NotOurs(LOST)
            continue
        try:
            with transaction.atomic():
                act([one.delivery.event for one in lacking])
        except Exception:
            log.exception("%s failed for %s events at once", name, len(lacking))
            for one in lacking:
                one.error = _run(one.delivery, [name], session) or one.error
        else:
            for one in lacking:
                one.delivery.done = [*one.delivery.done, name]


def _settle(given: Sequence[_Given], claim: Claim) -> None:
    """Whatever of the claim was not given to all its handlers goes back, with what it has done so far. A claim that has
    run out meanwhile is somebody else's: the number of the try is the fence, and no other try has put it off since."""
    mend_session()  # one that was lost is no reason to keep the claim
    done = [one.delivery.pk for one in given if one.error is None]
    back = {delivery.pk: delivery for delivery in claim.deliveries}
    for one in given:
        del back[one.delivery.pk]
    untouched = [delivery.pk for delivery in back.values() if not delivery.done]
    with transaction.atomic():
        commit_lightly()
        ours = Delivery.objects.filter(attempts=1, due_at__lte=claim.at)
        ours.filter(pk__in=done).update(due_at=None, leased_until=None, done=list(settings.AFTER))
        ours.filter(pk__in=untouched).update(leased_until=None, attempts=0)
        for begun in (delivery for delivery in back.values() if delivery.done):
            ours.filter(pk=begun.pk).update(leased_until=None, attempts=0, done=begun.done)
        for one in given:
            if one.error is not None:
                one.delivery.attempts = 0  # fail() counts this try
                one.delivery.fail(f"{type(one.error).__name__}: {one.error}")
                changed = {name: getattr(one.delivery, name) for name in Delivery.WORK_FIELDS}
                ours.filter(pk=one.delivery.pk).update(**changed)


def _run_handlers(delivery: Delivery) -> None:
    """A failing handler fails alone: the others run, and only it is tried again.

    A first try of which nothing is known was a claim of many whose worker was killed, as a rule by another event: it
    does not count.
    """
    if delivery.attempts == 2 and not delivery.last_error:
        delivery.attempts = 1
    delivery.event = _event(delivery.event_id)
    if error := _run(delivery, settings.AFTER, Session()):
        raise error


def _run(delivery: Delivery, names: Sequence[str], session: Session) -> Exception | None:
    """Those of these handlers that have not had the event yet; gives what the last failure was."""
    event, failed = delivery.event, None
    logs.note(ticket=event.ticket.number)
    by_name = dict(zip(settings.AFTER, handlers("AFTER"), strict=True))
    for name in names:
        if name in delivery.done:
            continue
        if not session.lasts():
            return failed or NotOurs(LOST)
        try:
            by_name[name](event)
        except Exception as error:
            log.exception("%s failed for event %s", name, delivery.event_id)
            failed = error
        else:
            delivery.done = [*delivery.done, name]
    return failed


def _one_by_one() -> Sequence[str]:
    return [name for name in settings.AFTER if name not in settings.TOGETHER]


def _together() -> Mapping[str, Callable[[Sequence[Event]], None]]:
    return _loaded(tuple(settings.TOGETHER.items()))


@cache
def _loaded(named: tuple[tuple[str, str], ...]) -> Mapping[str, Callable[[Sequence[Event]], None]]:
    return {name: import_string(act) for name, act in named}


def _look_again(delivery: Delivery) -> None:
    """Whatever handlers do to a ticket is an event of it: where there was none, its articles are the same, too."""
    ticket = as_it_is(delivery.event.ticket)
    if ticket is not delivery.event.ticket:
        delivery.event = _event(delivery.event_id)


def _event(pk: int) -> Event:
    return Event.objects.select_related("ticket", "article").get(pk=pk)


def _waits_for_earlier(delivery: Delivery) -> bool:
    """Order per ticket: an earlier event of the same ticket that is not done and not parked goes first."""
    earlier = Delivery.objects.unfinished().filter(ticket_id=delivery.ticket_id, event__lt=delivery.event_id)
    return earlier.exists()
