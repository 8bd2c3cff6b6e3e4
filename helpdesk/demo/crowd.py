"""`demo --tickets N`: a large realistic world, quickly. Years of tickets in business hours, most of them closed."""

import os
import random
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.models import EmailAddress, Membership, Organisation, User
from accounts.people import person_with_address, system_actor
from accounts.roles import create_role
from core.blobs import store
from helpdesk.demo.stories import ZONES
from helpdesk.demo.words import Writer
from sla.models import Policy, QueueHours
from sla.retargeting import ask_for
from tickets.actions.queues import save_queue
from tickets.bulkload import Life, StoredFile, large_load, load
from tickets.models import Priority, Queue, State, Ticket, TicketType
from tickets.models.ticket import Channel
from tickets.rights import grant

BATCH = 500
# More than processors: while one batch is written, another is told.
PROCESSES = min(8, 2 * (os.cpu_count() or 1))
YEARS = 2
QUEUES, AGENTS, TICKETS_PER_CUSTOMER, CUSTOMERS_PER_ORGANISATION = 40, 60, 15, 8
LANGUAGES, SHARES = ("en", "de", "es", "pt"), (40, 25, 20, 15)
# Arrivals per hour of a working day, and how much of that a Saturday or Sunday sees.
HOURS = [1, 1, 1, 1, 1, 2, 5, 12, 25, 32, 34, 30, 22, 26, 30, 28, 24, 16, 9, 7, 6, 5, 3, 2]
WEEKEND = 0.15

Progress = Callable[[int, int], None]


def grow(number: int, progress: Progress) -> None:
    """Bring the installation to `number` tickets; what is there counts, so an interrupted run goes on."""
    there = Ticket.objects.count()
    people = _People(number)
    spans = [(start, min(start + BATCH, number)) for start in range(there, number, BATCH)]
    arrival = _arrivals(number)
    done = 0
    with large_load():
        connection.close()  # children must not share it
        with get_context("fork").Pool(PROCESSES, _begin, (people, arrival)) as pool:
            for count in pool.imap_unordered(_load_span, spans):
                done += count
                progress(done, number - there)


def let_clocks_follow() -> None:
    """What is promised for the open tickets of the crowd is worked out in the background, from their history: a load
    of rows past the verbs starts no clocks. Closed tickets have none."""
    if Policy.objects.active().exists() or QueueHours.objects.exists():
        ask_for("demo", by=system_actor("system"))


def _begin(people: "_People", arrival: "_Quantiles") -> None:
    """What each process holds for all its batches."""
    global _teller, _arrival  # noqa: PLW0603
    _teller, _arrival = _Teller(people), arrival


def _load_span(span: tuple[int, int]) -> int:
    """One batch in one transaction. The same span tells the same stories."""
    start, end = span
    _teller.dice.seed(start)
    lives = [_teller.life(_arrival(position + _teller.dice.random())) for position in range(start, end)]
    load(lives, first_state=_teller.new)
    return end - start


class _People:
    """Who works and who writes: made once, found again by a later run."""

    def __init__(self, tickets: int) -> None:
        self.administrator = person_with_address("alex@demo.example") or User.objects.filter(is_agent=True)[0]
        self.queues = _queues(self.administrator)
        self.agents = _agents(self.queues)
        self.customers = _customers(max(50, tickets // TICKETS_PER_CUSTOMER))


def _queues(by: User) -> list[Queue]:
    top = Queue.objects.filter(path="Crowd").first() or save_queue(Queue(name="Crowd"), by=by)
    known = {queue.name: queue for queue in top.children.all()}
    names = [f"Team {n:02}" for n in range(QUEUES)]
    return [known.get(name) or save_queue(Queue(name=name, parent=top), by=by) for name in names]


def _agents(queues: list[Queue]) -> list[User]:
    agents = _users("agent", AGENTS, is_agent=True)
    role = Group.objects.filter(name="Crowd").first()
    if role is None:
        role = create_role(name="Crowd")
        grant(role, queues[0].parent, "write")
    role.user_set.set(agents)
    for person in User.objects.filter(email__in=("alex@demo.example", "bea@demo.example")):
        role.user_set.add(person)
    return agents


def _customers(number: int) -> list[tuple[User, Organisation]]:
    customers = _users("customer", number, is_customer=True)
    names = [f"Company {n:05}" for n in range(number // CUSTOMERS_PER_ORGANISATION + 1)]
    Organisation.objects.bulk_create([Organisation(name=name) for name in names], ignore_conflicts=True)
    known = {o.name: o for o in Organisation.objects.filter(name__in=names)}
    pairs = [(user, known[names[n // CUSTOMERS_PER_ORGANISATION]]) for n, user in enumerate(customers)]
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=organisation) for user, organisation in pairs], ignore_conflicts=True
    )
    return pairs


def _users(kind: str, number: int, **marks: bool) -> list[User]:
    emails = [f"{kind}{n:06}@crowd.example" for n in range(number)]
    users = [_user(email, f"{kind.capitalize()} {n:06}", LANGUAGES[n % 4], **marks) for n, email in enumerate(emails)]
    User.objects.bulk_create(users, ignore_conflicts=True, batch_size=2000)
    found = list(
        User.objects.filter(email__startswith=kind, email__endswith="@crowd.example").order_by("email")[:number]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, address=user.email) for user in found], ignore_conflicts=True, batch_size=2000
    )
    return found


def _user(email: str, name: str, language: str, **marks: bool) -> User:
    """Nobody knows the password."""
    return User(email=email, name=name, password="!", language=language, time_zone=ZONES[language], **marks)  # noqa: S106


def _arrivals(total: int) -> "_Quantiles":
    """When the n-th of `total` tickets came: the rhythm of weeks and hours, with growth over the years."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    first = now - timedelta(days=365 * YEARS)
    edges, weights, reached = [], [], 0.0
    for hour in range(24 * 365 * YEARS):
        moment = first + timedelta(hours=hour)
        growth = 1 + hour / (24 * 365 * YEARS)
        reached += HOURS[moment.hour] * (WEEKEND if moment.weekday() > 4 else 1) * growth
        edges.append(moment)
        weights.append(reached)
    return _Quantiles(edges, weights, total)


class _Quantiles:
    """Hours with the weight reached by their end; asked for the moment at a position among `total`."""

    def __init__(self, edges: list[datetime], weights: list[float], total: int) -> None:
        self.edges, self.weights, self.total = edges, weights, total

    def __call__(self, position: float) -> datetime:
        wanted = position / self.total * self.weights[-1]
        at = min(bisect_left(self.weights, wanted), len(self.weights) - 1)
        below = self.weights[at - 1] if at else 0.0
        share = (wanted - below) / (self.weights[at] - below)
        return self.edges[at] + timedelta(hours=min(share, 0.999))


class _Teller:
    """Makes up what happened to one ticket after another."""

    def __init__(self, people: _People) -> None:
        self.dice, self.people = random.Random(0), people  # noqa: S311
        self.writer = Writer(self.dice)
        self.now = datetime.now(UTC)
        states = {state.name: state for state in State.objects.all()}
        self.new, self.open = states["new"], states["open"]
        self.waiting, self.closed = states["pending reminder"], states["closed successful"]
        self.priorities = list(Priority.objects.all())
        self.types = list(TicketType.objects.all())
        content = b"%PDF-1.4 a demo file\n"
        self.file = StoredFile("photo.pdf", "application/pdf", len(content), store(content))

    def life(self, at: datetime) -> Life:
        dice = self.dice
        customer, organisation = dice.choice(self.people.customers)
        life = Life(
            title=self.writer.title(customer.language),
            queue=dice.choice(self.people.queues),
            type=dice.choice(self.types),
            priority=dice.choices(self.priorities, weights=(2, 8, 70, 15, 5))[0],
            customer=customer,
            organisation=organisation,
            channel=dice.choices((Channel.EMAIL, Channel.WEB, Channel.PHONE), weights=(75, 20, 5))[0],
            language=customer.language,
            state=self.new,
            tags=dice.sample(("warranty", "delivery", "refund", "vip"), k=dice.choices((0, 1, 2), (60, 30, 10))[0]),
        )
        life.tags.sort()
        life.open(at, self.writer.message(life.language), files=[self.file] if dice.random() < 0.15 else ())
        self._go_on(life, at)
        return life

    def _go_on(self, life: Life, at: datetime) -> None:
        """A reply, perhaps a question back and forth, and an end: each step only if its time has come already."""
        agent = self.dice.choice(self.people.agents)
        steps: list[Callable[[datetime], None]] = [
            lambda at: life.assign(at, agent, by=agent),
            lambda at: life.reply(at, self.writer.message(life.language), by=agent, then=self.open),
        ]
        if self.dice.random() < 0.3:
            steps.append(lambda at: life.note(at, self.writer.message("en"), by=agent))
        if self.dice.random() < 0.7:
            steps.append(lambda at: life.receive(at, self.writer.message(life.language), opened=self.open))
        if self.dice.random() < 0.2:
            steps.append(self._wait(life, agent))
        steps.append(lambda at: life.set_state(at, self.closed, by=agent))
        for step in steps:
            at += timedelta(hours=min(self.dice.paretovariate(0.9), 2000) * 0.7)
            if at >= self.now:
                return
            step(at)

    def _wait(self, life: Life, agent: User) -> Callable[[datetime], None]:
        def wait(at: datetime) -> None:
            until = max(at, self.now) + timedelta(days=self.dice.randint(1, 5))
            life.reply(at, self.writer.message(life.language), by=agent, then=self.waiting, until=until)

        return wait
