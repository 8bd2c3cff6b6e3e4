"""No graph of help desks, automatic responders, bouncers and forwarders makes more than a bounded number of messages.

The world is simulated, the decisions are the real ones: `why_automatic`, `has_come_back`, `decide` and `breaks`.
Responders may strip every mark, change the subject, wait as long as they like, and answer whatever comes.
"""

import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from core.secrets import derived_key
from mail.loops import MARK, ROUNDS, Case, decide, has_come_back
from mail.marks import make_message_id
from mail.models import MailRules
from mail.parse import Message
from mail.parsing.automatic import why_automatic
from mail.storms import Rate, breaks

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAYS = 2
# What strangers do among themselves is theirs: so many of their messages are looked at.
MOST = 1_500


@dataclass(frozen=True)
class Mail:
    sender: str
    to: str
    return_path: str
    headers: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    id: str = ""
    subject: str = "Hello"


@dataclass
class Ticket:
    people: set[str]
    automatic: int = 0
    messages: list[datetime] = field(default_factory=list)


@dataclass
class Desk:
    """One of our installations, as far as it answers by itself: every event is answered."""

    rules: MailRules
    tickets: list[Ticket] = field(default_factory=list)
    known: dict[str, Ticket] = field(default_factory=dict)
    automatic: set[str] = field(default_factory=set)
    given: dict[str, list[datetime]] = field(default_factory=dict)
    made: dict[str, list[datetime]] = field(default_factory=dict)
    storms: dict[str, datetime] = field(default_factory=dict)
    sent: int = 0
    held: int = 0

    def take(self, mail: Mail, at: datetime, me: str) -> list[Mail]:
        message = Message(message_id=mail.id, references=mail.references, headers=mail.headers)
        if has_come_back(message) or self._is_stormy(mail.sender, at):
            return []
        why = why_automatic(
            [(name.lower(), value) for name, value in mail.headers],
            subject=mail.subject,
            sender=mail.sender,
            return_path=mail.return_path,
        )
        circling = len(set(mail.references) & self.automatic) >= ROUNDS
        ticket = self._ticket_of(mail)
        ticket.messages.append(at)
        self.made.setdefault(mail.sender, []).append(at)
        if mail.id:
            self.known[mail.id] = ticket
        return self._answer(mail, ticket, at, me, is_automatic=bool(why) or circling)

    def _is_stormy(self, sender: str, at: datetime) -> bool:
        span = timedelta(minutes=self.rules.storm_minutes)
        last = self.storms.get(sender)
        if (
            last is not None
            and at - last < span
            or breaks(self.made.get(sender, []), at, Rate(self.rules.storm_of_sender, span))
        ):
            self.storms[sender] = at
            self.held += 1
            return True
        return False

    def _ticket_of(self, mail: Mail) -> Ticket:
        for reference in reversed(mail.references):
            ticket = self.known.get(reference)
            if ticket and mail.sender in ticket.people:
                return ticket
        self.tickets.append(Ticket({mail.sender}))
        return self.tickets[-1]

    def _answer(self, mail: Mail, ticket: Ticket, at: datetime, me: str, *, is_automatic: bool) -> list[Mail]:
        given = self.given.setdefault(mail.sender, [])
        case = Case(
            address=mail.sender,
            is_automatic=is_automatic,
            is_ours=mail.sender == me,
            last_hour=sum(1 for one in given if one > at - timedelta(hours=1)),
            last_day=sum(1 for one in given if one > at - timedelta(days=1)),
            rounds=ticket.automatic,
        )
        if not decide(case, self.rules).may:
            return []
        given.append(at)
        self.sent += 1
        ticket.automatic += 1
        own = make_message_id(derived_key("message ids"), UUID(int=len(self.known) + 1), "desk.example", "1")
        self.known[own] = ticket
        self.automatic.add(own)
        marks = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), (MARK, own))
        return [Mail(me, mail.sender, "", marks, (*mail.references, mail.id), own)]


@dataclass(frozen=True)
class Stranger:
    """`kind`: responder, bouncer or forwarder (to `target`). `strips`: no mark, no reference is left; `polite`: answers
    no automatic mail; `floods`: so many copies of each answer."""

    kind: str
    strips: bool
    polite: bool
    rewrites: bool
    floods: int
    minutes: int
    target: int

    def take(self, mail: Mail, me: str, names: list[str], number: int) -> list[Mail]:
        marked = any(name in ("Auto-Submitted", "Precedence") for name, _value in mail.headers)
        if self.kind == "forwarder":
            to = names[self.target % len(names)]
            kept = () if self.strips else mail.headers
            sender = me if self.rewrites else mail.sender
            return [Mail(sender, to, mail.return_path, kept, mail.references, mail.id, mail.subject)]
        if self.polite and (marked or not mail.return_path):
            return []
        back = mail.return_path if self.kind == "bouncer" and not self.strips else mail.sender
        if not back:
            return []
        headers = () if self.strips else (("Auto-Submitted", "auto-replied"),)
        references = () if self.rewrites else (*mail.references, mail.id)
        path = "" if self.kind == "bouncer" and not self.strips else me
        return [
            Mail(me, back, path, headers, references, f"<{number}-{copy}@{me}>", f"Subject {number}")
            for copy in range(self.floods)
        ]


STRANGERS = st.builds(
    Stranger,
    kind=st.sampled_from(["responder", "bouncer", "forwarder"]),
    strips=st.booleans(),
    polite=st.booleans(),
    rewrites=st.booleans(),
    floods=st.sampled_from([1, 1, 1, 3]),
    minutes=st.sampled_from([1, 1, 5, 59, 61, 240]),
    target=st.integers(0, 4),
)
LIMITS = st.builds(
    MailRules,
    answers_per_hour=st.sampled_from([1, 4, 40]),
    answers_per_day=st.sampled_from([3, 10, 40]),
    storm_of_sender=st.sampled_from([5, 50]),
)

ALONE = STRANGERS.filter(lambda one: one.kind != "forwarder" and one.floods == 1)


@dataclass
class World:
    desks: dict[str, Desk]
    strangers: dict[str, Stranger]
    among_strangers: int = 0
    drained: bool = True

    def run(self, first: list[Mail]) -> None:
        names = [*self.desks, *self.strangers]
        queue = [(START, number, mail) for number, mail in enumerate(first)]
        heapq.heapify(queue)
        number = len(queue)
        while queue:
            at, _number, mail = heapq.heappop(queue)
            if number > MOST or at > START + timedelta(days=DAYS):
                self.drained = False
                return
            if desk := self.desks.get(mail.to):
                answers, minutes = desk.take(mail, at, mail.to), 1
            else:
                stranger = self.strangers[mail.to]
                answers, minutes = stranger.take(mail, mail.to, names, number), stranger.minutes
            for answer in answers:
                number += 1
                heapq.heappush(queue, (at + timedelta(minutes=minutes), number, answer))


def played(desks: list[MailRules], strangers: list[Stranger]) -> World:
    world = World(
        {f"desk{number}@one.example": Desk(rules) for number, rules in enumerate(desks)},
        {f"robot{number}@two.example": stranger for number, stranger in enumerate(strangers)},
    )
    names = [*world.desks, *world.strangers]
    world.run([Mail(one, desk, one, (), (), f"<first-{one}>") for desk in world.desks for one in names if one != desk])
    return world


@settings(max_examples=150, deadline=None)
@given(st.lists(LIMITS, min_size=1, max_size=2), st.lists(STRANGERS, min_size=1, max_size=4))
def test_t32_no_graph_of_two_to_five_makes_us_send_more_than_a_bounded_number(desks, strangers):
    world = played(desks, strangers[: 5 - len(desks)])
    people = len(world.desks) + len(world.strangers)
    for desk in world.desks.values():
        per_address = {address: len(times) for address, times in desk.given.items()}
        assert max(per_address.values(), default=0) <= desk.rules.answers_per_day * (DAYS + 1)
        assert desk.sent <= desk.rules.answers_per_day * (DAYS + 1) * people
        assert all(ticket.automatic <= ROUNDS for ticket in desk.tickets)


@settings(max_examples=100, deadline=None)
@given(st.lists(LIMITS, min_size=1, max_size=2), st.lists(STRANGERS, min_size=1, max_size=4))
def test_the_breaker_lets_no_sender_make_more_than_its_tickets(desks, strangers):
    world = played(desks, strangers[: 5 - len(desks)])
    for desk in world.desks.values():
        span = timedelta(minutes=desk.rules.storm_minutes)
        for times in desk.made.values():
            assert max(sum(1 for one in times if at - span < one <= at) for at in times) <= desk.rules.storm_of_sender


@settings(max_examples=100, deadline=None)
@given(st.lists(LIMITS, min_size=1, max_size=2), ALONE)
def test_with_one_stranger_every_exchange_comes_to_an_end(desks, stranger):
    """Whoever answers us at once gets a handful of answers; only days make more of it than the limit of one."""
    world = played(desks, [stranger])
    assert world.drained or stranger.minutes >= 59  # with our own minute that is an hour
    ours = sum(desk.sent for desk in world.desks.values())
    assert ours <= sum(rules.answers_per_day for rules in desks) * (DAYS + 1) * (len(desks) + 1)


def test_t32_two_of_us_and_nobody_else_exchange_one_receipt_each():
    world = played([MailRules(answers_per_hour=40, answers_per_day=40)] * 2, [])
    assert [desk.sent for desk in world.desks.values()] == [1, 1]
    assert world.drained
