"""What is measured on: a large demo world, and somebody who works and somebody who asks in it."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.test import Client

from accounts.models import User
from helpdesk.bench.measuring import REPEAT
from helpdesk.demo import crowd, world
from helpdesk.settled import settle
from tickets.models import Queue, Ticket

AGENT = "agent000000@crowd.example"
_WORD = re.compile(r"\w{4,}")


class NotOurs(Exception):
    """The database holds something else than a demo world: nothing may be measured there, for that writes."""


def prepare(tickets: int, progress: Callable[[int, int], None]) -> None:
    """Bring the world to this size. Raises `NotOurs` where there are people who are no demo people."""
    if User.objects.filter(system_key__isnull=True).exists():
        if not world.exists():
            raise NotOurs("This database is in use. Measuring writes: give it a database of its own.")
    else:
        world.build()
    crowd.grow(tickets, progress)


@dataclass
class Ground:
    """Where the targets find what they need. The same dice choose the same, so that runs can be compared."""

    tickets: int
    repeat: int = REPEAT
    agents: int = 500
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311

    @cached_property
    def agent(self) -> User:
        """Somebody who sees the whole crowd's queues, and is no administrator."""
        return User.objects.get(email=AGENT)

    @cached_property
    def browser(self) -> Client:
        settle()
        browser = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
        browser.force_login(self.agent, backend=settings.AUTHENTICATION_BACKENDS[0])
        return browser

    @cached_property
    def queues(self) -> Sequence[Queue]:
        return list(Queue.objects.filter(path__startswith="Crowd::"))

    def some_tickets(self, number: int) -> list[Ticket]:
        """Drawn from the whole world, old and new."""
        last = Ticket.objects.order_by("-id").values_list("id", flat=True)[0]
        drawn = [self.dice.randint(1, last) for _n in range(number)]
        found = [Ticket.objects.filter(pk__gte=pk, queue__in=self.queues).order_by("pk").first() for pk in drawn]
        return [ticket for ticket in found if ticket is not None]

    def pairs_of_words(self, number: int) -> list[str]:
        """Two words each that somebody may look for because they have read them together: most of them rare."""
        pairs = []
        for ticket in self.some_tickets(number):
            words = _WORD.findall(ticket.articles.order_by("id").values_list("body", flat=True)[0])
            pairs.append(" ".join(self.dice.sample(sorted(set(words)), k=2)) if len(set(words)) > 1 else "battery late")
        return pairs
