"""Every measure counted from the raw history, ticket by ticket and event by event: slow, and hard to get wrong.

Nothing here knows the rows that reports keep. What a ticket was at some moment is worked out from its opening each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from automation.models import SurveyAnswer
from sla.models import Clock
from tickets.models import Event, State, Ticket, TimeEntry

FIELDS = ("queue", "owner", "state", "priority", "type", "service", "customer", "organisation")
SLA = ("first_response", "next_response", "update", "solution")


@dataclass
class One:
    """Something that counts: when, where the ticket was, who did it, and what it comes to."""

    ticket: int
    at: datetime
    place: dict[str, Any]
    agent: int | None = None
    amount: float | None = None
    business: float | None = None
    target: str = ""


class Past:
    """One ticket with everything that is known of it."""

    def __init__(self, ticket: Ticket):
        self.ticket = ticket
        self.events = list(Event.objects.filter(ticket=ticket).order_by("version").select_related("article", "actor"))
        self.types = dict(State.objects.values_list("id", "type"))

    def place(self, moment: datetime) -> dict[str, Any]:
        """What all events up to this moment have made of it."""
        return self._after([event for event in self.events if event.at <= moment] or self.events[:1])

    def after(self, event: Event) -> dict[str, Any]:
        return self._after([each for each in self.events if each.version <= event.version])

    def at_end_of_second(self, moment: datetime) -> dict[str, Any]:
        return self.place(moment.replace(microsecond=999_999))

    def is_open(self, moment: datetime) -> bool:
        """Opened by then, and in a state that is not final."""
        if self.opened_at > moment:
            return False
        return self.types[self.place(moment)["state"]] not in ("closed", "merged", "removed")

    @property
    def opened_at(self) -> datetime:
        return self.events[0].at

    def agent(self, event: Event) -> int | None:
        return None if event.actor.system_key else event.actor_id

    def said(self, event: Event) -> str:
        article = event.article
        if event.kind not in ("ticket.created", "article.added") or article is None or article.sender == "system":
            return ""
        if article.sender == "agent":
            return "agent" if article.visible_to_customer else "internal"
        automatic = any(mark.get("code") == "automatic" for mark in article.marks)
        return "customer" if article.visible_to_customer and not automatic else ""

    def spoken(self, who: str) -> list[One]:
        found = []
        for event in self.events:
            if self.said(event) == who:
                place = {**self.after(event), "channel": event.article.channel}
                agent = None if who == "customer" else event.article.author_id
                found.append(One(self.ticket.pk, event.at, place, agent))
        return found

    def one(self, event: Event, **amounts: Any) -> One:
        return One(self.ticket.pk, event.at, self.after(event), self.agent(event), **amounts)

    def standing_before(self, event: Event) -> str:
        """ "closed" or "open", whatever became of it by spam, merging or the trash meanwhile."""
        standing = "open"
        for each in self.events:
            if each.version >= event.version:
                break
            if (kind := self.standing_by(each)) is not None:
                standing = kind
        return standing

    def standing_by(self, event: Event) -> str | None:
        if "state" not in event.data or event.data["state"]["now"] is None or event.kind == "ticket.created":
            return None
        type = self.types[event.data["state"]["now"]["id"]]
        if event.kind == "ticket.spam" or type in ("merged", "removed"):
            return None
        return "closed" if type == "closed" else "open"

    def closings(self) -> list[Event]:
        return [
            event
            for event in self.events
            if self.standing_by(event) == "closed" and self.standing_before(event) == "open"
        ]

    def reopenings(self) -> list[Event]:
        return [
            event
            for event in self.events
            if self.standing_by(event) == "open" and self.standing_before(event) == "closed"
        ]

    def last_closing(self) -> Event | None:
        """Of a ticket that has not been reopened since."""
        closings, reopenings = self.closings(), self.reopenings()
        if not closings or (reopenings and reopenings[-1].version > closings[-1].version):
            return None
        return closings[-1]

    def counted(self, kind: str, event: Event) -> int | None:
        second = event.at.replace(microsecond=0)
        met = Clock.objects.filter(ticket=self.ticket, kind=kind, state="met", ended_at=second).order_by("id")
        return met.values_list("spent", flat=True).last()

    def since_opening(self, event: Event) -> int:
        return int((event.at - self.opened_at).total_seconds())

    def seconds_open_until(self, end: datetime) -> int:
        """Between one event and the next the ticket is what it was."""
        edges = sorted({event.at for event in self.events if event.at < end} | {end})
        total = 0
        for start, stop in zip(edges, edges[1:], strict=False):
            if self.is_open(start):
                total += int((stop - start).total_seconds())
        return total

    def _after(self, events: Iterable[Event]) -> dict[str, Any]:
        place: dict[str, Any] = dict.fromkeys(FIELDS)
        for event in events:
            for name in FIELDS:
                if name in event.data:
                    now = event.data[name]["now"]
                    place[name] = now["id"] if now else None
        place["channel"] = self.events[0].data["channel"]["now"]
        return place


# ---- what happened, by name


def created(past: Past) -> list[One]:
    return [past.one(past.events[0])]


def closed(past: Past) -> list[One]:
    return [past.one(event) for event in past.closings()]


def reopened(past: Past) -> list[One]:
    return [past.one(event) for event in past.reopenings()]


def resolved(past: Past) -> list[One]:
    last = past.last_closing()
    if last is None:
        return []
    return [past.one(last, amount=past.since_opening(last), business=past.counted("solution", last))]


def repaired(past: Past) -> list[One]:
    return [
        One(one.ticket, one.at, one.place, one.agent, amount=past.seconds_open_until(one.at)) for one in resolved(past)
    ]


def one_touch(past: Past) -> list[One]:
    if len(past.spoken("agent")) > 1 or past.reopenings() or reassigned(past):
        return []
    return resolved(past)


def first_response(past: Past) -> list[One]:
    answers = [event for event in past.events if past.said(event) == "agent"]
    if not answers or answers[0].kind == "ticket.created":
        return []
    first = answers[0]
    one = past.one(first, amount=past.since_opening(first), business=past.counted("first_response", first))
    one.agent = first.article.author_id
    return [one]


def next_response(past: Past) -> list[One]:
    found = []
    spoken = [event for event in past.events if past.said(event) in ("agent", "customer")]
    for number, event in enumerate(spoken):
        if past.said(event) != "agent" or not any(past.said(each) == "agent" for each in spoken[:number]):
            continue
        waiting = []
        for earlier in reversed(spoken[:number]):
            if past.said(earlier) == "agent":
                break
            waiting.append(earlier)
        if waiting:
            seconds = int((event.at - waiting[-1].at).total_seconds())
            one = past.one(event, amount=seconds, business=past.counted("next_response", event))
            one.agent = event.article.author_id
            found.append(one)
    return found


def changed_owner(past: Past, *, from_somebody: bool) -> list[One]:
    later = [event for event in past.events[1:] if "owner" in event.data and event.data["owner"]["now"]]
    return [past.one(event) for event in later if bool(event.data["owner"]["was"]) == from_somebody]


def reassigned(past: Past) -> list[One]:
    return changed_owner(past, from_somebody=True)


def assigned(past: Past) -> list[One]:
    return changed_owner(past, from_somebody=False)


def moved(past: Past) -> list[One]:
    return [past.one(event) for event in past.events[1:] if "queue" in event.data]


def of_kind(kind: str) -> Callable[[Past], list[One]]:
    return lambda past: [past.one(event) for event in past.events if event.kind == kind]


def of_clock(kind: str) -> Callable[[Past], list[One]]:
    def found(past: Past) -> list[One]:
        ones = of_kind(kind)(past)
        events = [event for event in past.events if event.kind == kind]
        for one, event in zip(ones, events, strict=True):
            one.target, one.agent = event.data["clock"]["now"], None
        return ones

    return found


def promises(past: Past, *, targets: tuple[str, ...], kept: bool) -> list[One]:
    found = []
    for clock in Clock.objects.filter(ticket=past.ticket, kind__in=targets, ended_at__isnull=False).order_by("id"):
        late = clock.spent > clock.target
        if late == kept or not (clock.state == "met" or (clock.state == "stopped" and late)):
            continue
        place = past.at_end_of_second(clock.ended_at)
        if clock.kind == "stay":
            place = {**place, "queue": past.place(clock.since)["queue"]}
        found.append(One(past.ticket.pk, clock.ended_at, place, None, target=clock.kind))
    return found


def kept(*targets: str) -> Callable[[Past], list[One]]:
    return lambda past: promises(past, targets=targets, kept=True)


def broken(*targets: str) -> Callable[[Past], list[One]]:
    return lambda past: promises(past, targets=targets, kept=False)


def rated(past: Past) -> list[One]:
    found = []
    for answer in SurveyAnswer.objects.filter(ticket=past.ticket):
        place = past.place(answer.answered_at)
        found.append(One(past.ticket.pk, answer.answered_at, place, place["owner"], amount=answer.score))
    return found


def satisfied(past: Past) -> list[One]:
    return [one for one in rated(past) if one.amount >= 4]


def worked(past: Past) -> list[One]:
    return [
        One(past.ticket.pk, entry.at, past.place(entry.at), entry.user_id, amount=entry.minutes)
        for entry in TimeEntry.objects.filter(ticket=past.ticket)
    ]


def messages(who: str) -> Callable[[Past], list[One]]:
    return lambda past: past.spoken(who)


def activity(past: Past) -> list[One]:
    by_hand = (closed, reopened, assigned, reassigned, moved, of_kind("ticket.merged"), of_kind("ticket.spam"))
    found = [one for counted in by_hand for one in counted(past)] + past.spoken("agent") + past.spoken("internal")
    return [one for one in found if one.agent is not None]


# ---- what they come to


def count(ones: list[One]) -> int:
    return len(ones)


def total(ones: list[One]) -> float:
    return sum(one.amount for one in ones)


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def percentile(share: float) -> Callable[[list[float]], float | None]:
    """Between two values it lies where the share lies between them."""

    def found(values: list[float]) -> float | None:
        if not values:
            return None
        ordered, place = sorted(values), share * (len(values) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

    return found


def ratio(part: list[One], of: list[One]) -> float | None:
    return len(part) / len(of) if of else None


# By measure: what is counted, and how. Pairs of lists for shares.
COUNTS: dict[str, Callable[[Past], list[One]]] = {
    "created": created,
    "closed": closed,
    "resolved": resolved,
    "reopened": reopened,
    "merged": of_kind("ticket.merged"),
    "spam": of_kind("ticket.spam"),
    "sla_kept": kept(*SLA),
    "sla_broken": broken(*SLA),
    "ola_kept": kept("stay"),
    "ola_broken": broken("stay"),
    "warnings": of_clock("sla.warned"),
    "breaches": of_clock("sla.breached"),
    "escalations": of_clock("sla.escalated"),
    "one_touch": one_touch,
    "ratings": rated,
    "messages_in": messages("customer"),
    "messages_out": messages("agent"),
    "notes": messages("internal"),
    "activity": activity,
    "assignments": assigned,
    "reassignments": reassigned,
    "moves": moved,
}
SHARES: dict[str, tuple[Callable[[Past], list[One]], ...]] = {
    "reopened_share": (reopened, closed),
    "sla_share": (kept(*SLA), broken(*SLA)),
    "sla_first_response_share": (kept("first_response"), broken("first_response")),
    "sla_next_response_share": (kept("next_response"), broken("next_response")),
    "sla_update_share": (kept("update"), broken("update")),
    "sla_solution_share": (kept("solution"), broken("solution")),
    "ola_share": (kept("stay"), broken("stay")),
    "one_touch_share": (one_touch, resolved),
    "satisfied_share": (satisfied, rated),
}
OF_BOTH = ("sla_", "ola_")
VALUES: dict[str, tuple[Callable[[Past], list[One]], str, Callable[[list[float]], float | None]]] = {
    f"{name}{'_business' if column == 'business' else ''}_{ending}": (counted, column, sums)
    for name, counted in (
        ("first_response", first_response),
        ("next_response", next_response),
        ("resolution", resolved),
    )
    for column in ("amount", "business")
    for ending, sums in (("mean", mean), ("median", percentile(0.5)), ("p90", percentile(0.9)))
}
VALUES["mttr"] = (repaired, "amount", mean)
VALUES["satisfaction"] = (rated, "amount", mean)


def value_of(measure: str, pasts: list[Past], keep: Callable[[One], bool]) -> float | None:
    """What a measure comes to over what `keep` leaves of everything that happened."""

    def found(counted: Callable[[Past], list[One]]) -> list[One]:
        return [one for past in pasts for one in counted(past) if keep(one)]

    if measure in COUNTS:
        return count(found(COUNTS[measure]))
    if measure in SHARES:
        part, other = (found(counted) for counted in SHARES[measure])
        return ratio(part, part + other if measure.startswith(OF_BOTH) else other)
    if measure == "time_spent":
        return total(found(worked))
    counted, column, sums = VALUES[measure]
    return sums([getattr(one, column) for one in found(counted) if getattr(one, column) is not None])


def standing(pasts: list[Past], moment: datetime, keep: Callable[[dict[str, Any]], bool]) -> int:
    """How many tickets were open then."""
    return sum(past.is_open(moment) and keep(past.place(moment)) for past in pasts)
