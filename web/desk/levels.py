"""Service levels on the page of a ticket: its clocks beside the conversation, and each of them explained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.addresses import address
from core.clock import now
from core.moments import moment
from core.prepared import prepared
from sla.clocks import BREACH
from sla.journals import Interval, Step, explain, steps_of
from sla.models import Clock, EntryKind, Kind, Policy, State, TicketTargets
from sla.reasons import Reason, Why
from sla.standing import Look, Standing, latest_clocks, standing_of
from tickets.models import Ticket
from tickets.sentences import sentence_of
from web.desk.deadlines import chip, long_time, unreached_chip
from web.desk.panels import TicketPanel
from web.desk.undelivered import HELD, undelivered_ends

METERS = {Look.SOON: "warn", Look.LATE: "danger", Look.MISSED: "danger", Look.PAUSED: "muted", Look.STOPPED: "muted"}
EARLIER_SHOWN = 30


@dataclass(frozen=True)
class Timer:
    """A clock with everything that is said about it."""

    standing: Standing
    # The state of the mail by which it was met, where that has reached nobody (web/desk/undelivered.py).
    unreached: str = ""

    @property
    def label(self) -> str:
        return str(self.standing.kind.label)

    @property
    def chip(self) -> SafeString:
        return unreached_chip(self.standing) if self.unreached else chip(self.standing, alone=True)

    @property
    def doubt(self) -> str:
        """What the figure of a clock that is met does not say; empty when all is well."""
        if not self.unreached:
            return ""
        if self.unreached == HELD:
            return _("Counted from when the answer was written. It is held back and has not left yet.")
        return _("Counted from when the answer was written. Its email could not be delivered to anybody.")

    @property
    def is_going(self) -> bool:
        return self.standing.clock.state in (State.RUNNING, State.PAUSED)

    @property
    def meter(self) -> str:
        return METERS.get(self.standing.look, "")

    @property
    def until(self) -> str:
        """ "By 17 Nov, 11:04", or how much is left of what stands still."""
        if not self.is_going:
            return ""
        if self.standing.look == Look.PAUSED:
            if self.standing.left < 0:
                return _("%(time)s late") % {"time": long_time(-self.standing.left)}
            return _("%(time)s left") % {"time": long_time(self.standing.left)}
        if self.standing.due_at is None:
            return _("Never due")
        words = _("Was due on %(time)s") if self.standing.look == Look.LATE else _("By %(time)s")
        return words % {"time": moment(self.standing.due_at)}

    @property
    def calendar(self) -> str:
        version = self.standing.clock.calendar
        return version.calendar.name if version else _("every hour")

    @property
    def target(self) -> str:
        return long_time(self.standing.target)

    @property
    def spent(self) -> str:
        return long_time(self.standing.spent)

    @property
    def rest(self) -> str:
        left = self.standing.left
        return _("%(time)s late") % {"time": long_time(-left)} if left < 0 else long_time(left)

    @property
    def state(self) -> str:
        return str(State(self.standing.clock.state).label)


@dataclass(frozen=True)
class Level:
    """What the panel shows. `url` is where the SLA is chosen, by those who may; `next` is what will be told next."""

    name: str
    is_chosen: bool
    timers: Sequence[Timer]
    url: str
    explain_url: str
    next: str


@dataclass(frozen=True)
class Told:
    """A mark of a clock. `at` is when it was or will be reached; None while the clock stands still."""

    words: str
    at: datetime | None
    is_told: bool
    is_next: bool


@dataclass(frozen=True)
class Stretch:
    """An interval of a clock's life in words."""

    interval: Interval
    what: str
    cause: str

    @property
    def seconds(self) -> str:
        return long_time(self.interval.seconds)

    @property
    def total(self) -> str:
        return long_time(self.interval.total)

    @property
    def target(self) -> str:
        return long_time(self.interval.target)


@dataclass(frozen=True)
class Explained:
    timer: Timer
    stretches: Sequence[Stretch]
    marks: Sequence[Told]


def level_of(ticket: Ticket, agent: User) -> Level:
    found = _targets(ticket.pk)
    targets = found[0] if found else None
    timers = timers_of(ticket) if targets else []
    may_write = ticket.allows(agent, "write") and not ticket.merged_into_id
    return Level(
        name=targets.policy.name if targets and targets.policy else "",
        is_chosen=bool(targets and targets.is_chosen),
        timers=timers,
        url=address("desk:level", ticket.number) if may_write else "",
        explain_url=address("desk:deadlines", ticket.number) if timers else "",
        next=_next(timers),
    )


@prepared(int)
def _targets(pk: int) -> QuerySet[TicketTargets]:
    return TicketTargets.objects.select_related("policy").filter(ticket=pk)


def timers_of(ticket: Ticket) -> Sequence[Timer]:
    """What goes on before what is over; a stay or a lock that is over is of no interest any more."""
    timers = _timers(latest_clocks(ticket))
    shown = [timer for timer in timers if timer.is_going or timer.standing.kind in Kind.of_policies()]
    return sorted(shown, key=lambda timer: not timer.is_going)


def _timers(clocks: Sequence[Clock]) -> Sequence[Timer]:
    moment_now, lost = now(), undelivered_ends(clocks)
    return [Timer(standing_of(clock, moment_now), lost.get(clock.pk, "")) for clock in clocks]


def explained(ticket: Ticket) -> Sequence[Explained]:
    return [_explained(timer) for timer in timers_of(ticket)]


def earlier_clocks(ticket: Ticket, without: Iterable[Explained]) -> Sequence[Timer]:
    """Clocks of the same kinds that ended before, the newest first."""
    shown = [one.timer.standing.clock.pk for one in without]
    ended = Clock.objects.filter(ticket=ticket, state=State.MET).exclude(pk__in=shown)
    clocks = ended.select_related("calendar__calendar").order_by("-ended_at", "-id")[:EARLIER_SHOWN]
    return _timers(list(clocks))


def people_told(ticket: Ticket) -> str:
    """Who sees at once that a mark was reached."""
    people = list(dict.fromkeys(str(person) for person in (ticket.owner, ticket.responsible) if person))
    if not people:
        return _("Nobody has the ticket yet, so everybody sees it in the lists of this queue.")
    if len(people) == 1:
        return _("%(person)s sees it at once, everybody else in the lists of this queue.") % {"person": people[0]}
    words = {"owner": people[0], "responsible": people[1]}
    return _("%(owner)s and %(responsible)s see it at once, everybody else in the lists of this queue.") % words


def reason_in_words(reason: Reason) -> str:
    if reason.why == Why.PERSON:
        person = {"person": reason.person or _("Somebody")}
        if reason.policy is None:
            return _("%(person)s decided that this ticket has no SLA.") % person
        return _("%(person)s chose it for this ticket.") % person
    if reason.why == Why.CONDITION:
        return _("It is the first one whose condition this ticket meets.")
    if reason.why == Why.QUEUE and reason.queue:
        return _("It is that of the queue %(queue)s, as no condition is met.") % {"queue": reason.queue.place}
    return _("No condition is met, and the queue names none.")


def _next(timers: Sequence[Timer]) -> str:
    going = [timer for timer in timers if timer.standing.clock.fires_at and timer.standing.kind != Kind.LOCK]
    if not going:
        return ""
    first = min(going, key=lambda timer: timer.standing.clock.fires_at)
    clock = first.standing.clock
    mark = next(name for name, _seconds in clock.marks if name not in clock.fired)
    return _("Next on %(time)s: %(what)s (%(clock)s)") % {
        "time": moment(clock.fires_at),
        "what": _mark(mark),
        "clock": first.label,
    }


def _explained(timer: Timer) -> Explained:
    clock = timer.standing.clock
    steps = [step for step in steps_of(clock) if timer.is_going or step.told]
    waiting = next((step.mark for step in steps if not step.told), "")
    return Explained(
        timer,
        [_stretch(interval) for interval in explain(clock, now())],
        [_told(step, is_next=step.mark == waiting) for step in steps],
    )


def _stretch(interval: Interval) -> Stretch:
    cause = sentence_of(interval.cause) if interval.cause else _("The settings of SLAs were changed")
    return Stretch(interval, _WHAT[interval.kind](), cause)


def _told(step: Step, *, is_next: bool) -> Told:
    return Told(_mark(step.mark), step.at, step.told, is_next)


def _mark(mark: str) -> str:
    if mark == BREACH:
        return _("the time runs out")
    if mark.startswith("w"):
        return _("%(percent)s %% of the time has passed") % {"percent": mark[1:]}
    return _("escalation level %(level)s") % {"level": mark[1:]}


_WHAT = {
    EntryKind.START: lambda: _("Begins"),
    EntryKind.PAUSE: lambda: _("Pauses"),
    EntryKind.RESUME: lambda: _("Goes on"),
    EntryKind.STOP: lambda: _("Stops"),
    EntryKind.MET: lambda: _("Is met"),
    EntryKind.CANCEL: lambda: _("Is given up"),
    EntryKind.RETARGET: lambda: _("Gets another target or calendar"),
    EntryKind.RENEW: lambda: _("Begins anew"),
    EntryKind.REVOKE: lambda: _("Goes on: its end was taken back"),
}


def _set_up(ticket: Ticket, _now: datetime) -> QuerySet:
    """Rows where there are service levels at all, or were for this ticket."""
    return Policy.objects.active().values("pk").union(TicketTargets.objects.filter(ticket=ticket).values("pk"))


SERVICE_LEVEL = TicketPanel("desk/group_level.html", level_of, _set_up)
