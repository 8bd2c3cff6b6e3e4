"""What people take back: an answer before it left, a merge. To clocks it has never been, for them it never counted."""

from dataclasses import replace

from sla.cases import Case, timer_of
from sla.clocks import Timer, follow
from sla.facts import Terms
from sla.keeping import past_of
from sla.models import Clock, Entry, EntryKind, State
from sla.story import Situation
from sla.terms import hours_of
from sla.writing import write_clocks
from tickets.models import Event

TAKEN_BACK, RELEASED = "article.taken_back", "ticket.released"
UNDOES = (TAKEN_BACK, RELEASED)


def undo(case: Case, event: Event, terms: Terms) -> None:
    """What the undone event has begun is void, what it has ended has been running all the time."""
    undone = _undone_by(event)
    if undone is None or case.targets is None:
        return
    past = past_of(case.ticket, terms)()
    case.situation.facts = past.facts
    touched = Clock.objects.filter(ticket=event.ticket_id, entries__event=undone).exclude(state=State.CANCELLED)
    timers = [_at_hand(case, clock) for clock in touched.distinct()]
    for timer in (*timers, *case.situation.going()):
        if timer.state != State.CANCELLED and timer.kind in terms.promises and _same(past, timer) is None:
            timer.end(State.CANCELLED, event.at.replace(microsecond=0), hours_of, event=event.pk)
    # No two of a kind may go on: first those are written that no longer do.
    write_clocks([case])
    for timer in timers:
        told = _same(past, timer)
        if told is not None and timer.state == State.MET and _was_ended_by(timer, undone):
            _revive(timer, told, undone, event)
            _bring_forward(case, timer)


def _revive(timer: Timer, told: Timer, undone: int, event: Event) -> None:
    """The clock goes on from its end, in the way in which the history tells it now."""
    end = timer.ended_at
    assert end is not None
    timer.revoke(end, event=event.pk)
    before = [line for line in told.lines if line.event is None or line.event <= undone]
    if before[-1].kind in (EntryKind.PAUSE, EntryKind.STOP):
        follow(timer, [replace(before[-1], at=end, event=event.pk)], hours_of)
    follow(timer, told.lines[len(before) :], hours_of)


def _at_hand(case: Case, clock: Clock) -> Timer:
    """The clock as the case has it, or one that has ended long ago."""
    known = case.situation.timers.get(clock.kind)
    if known is not None and known.pk == clock.pk:
        return known
    case.clocks[clock.pk] = clock
    timer = timer_of(clock)
    case.situation.replaced.append(timer)
    return timer


def _bring_forward(case: Case, timer: Timer) -> None:
    """It is the present one of its kind again."""
    if case.situation.timers[timer.kind] is not timer:
        case.situation.replaced = [each for each in case.situation.replaced if each is not timer]
        case.situation.put(timer)


def _was_ended_by(timer: Timer, event: int) -> bool:
    return Entry.objects.filter(clock=timer.pk, kind=EntryKind.MET, event=event).exists()


def _same(past: Situation, timer: Timer) -> Timer | None:
    """The clock of this kind that is about the same beginning."""
    told = [*past.replaced, *past.timers.values()]
    return next((each for each in told if each.kind == timer.kind and each.since == timer.since), None)


def _undone_by(event: Event) -> int | None:
    """The event that this one takes back."""
    before = Event.objects.filter(ticket=event.ticket_id, pk__lt=event.pk)
    if event.kind == TAKEN_BACK:
        said = before.filter(article=event.article_id, kind__in=("ticket.created", "article.added"))
        return said.values_list("pk", flat=True).first()
    released = event.data["absorbed"]["was"]["id"]
    absorbed = before.filter(kind="ticket.absorbed", data__absorbed__now__id=released)
    return absorbed.order_by("-id").values_list("pk", flat=True).first()
