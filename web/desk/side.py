"""The panel beside the lists: built-in views and the tree of queues, with counts that cost what they show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.models import Queue
from tickets.models.queue import SEPARATOR
from tickets.rights import rights_of
from tickets.views import COUNT_LIMIT, VIEWS, count_in, open_counts


@dataclass(frozen=True)
class Entry:
    key: str
    label: str | Promise
    url: str
    icon: str = ""
    # Levels below the topmost queue the agent may see.
    depth: int = 0
    count: int | None = None

    @property
    def command(self) -> str:
        """What the palette calls the way here."""
        return _("Go to %(label)s") % {"label": self.label}

    @property
    def shown_count(self) -> str:
        """Nothing while it is not counted, and no more than the counters count."""
        if self.count is None:
            return ""
        return str(self.count) if self.count < COUNT_LIMIT else f"{COUNT_LIMIT - 1}+"


@dataclass(frozen=True)
class Side:
    views: Sequence[Entry]
    queues: Sequence[Entry]

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in [*self.views, *self.queues] if entry.key == key), None)


def side_of(user: User) -> Side:
    """Without counts, so that a list need not wait for them."""
    return Side(_views(user, counted=False), _queues(user, counts=None))


def counted_side_of(user: User) -> Side:
    return Side(_views(user, counted=True), _queues(user, counts=open_counts(user)))


def _views(user: User, *, counted: bool) -> list[Entry]:
    return [
        Entry(
            key=f"view:{view.key}",
            label=view.title,
            url=reverse("desk:view", args=[view.key]),
            icon=view.icon,
            count=count_in(view, user) if counted else None,
        )
        for view in VIEWS
    ]


def _queues(user: User, *, counts: dict[int, int] | None) -> list[Entry]:
    queues = list(Queue.objects.active().filter(pk__in=rights_of(user).queues["read"]))
    return [
        Entry(
            key=f"queue:{queue.pk}",
            label=queue.name,
            url=reverse("desk:queue", args=[queue.pk]),
            depth=sum(_lies_below(queue, other) for other in queues),
            count=_with_those_below(queue, queues, counts) if counts is not None else None,
        )
        for queue in queues
    ]


def _with_those_below(queue: Queue, queues: list[Queue], counts: dict[int, int]) -> int:
    """As the page of a queue shows them: its own tickets and those of the queues below."""
    return sum(counts.get(other.pk, 0) for other in queues if other.pk == queue.pk or _lies_below(other, queue))


def _lies_below(queue: Queue, other: Queue) -> bool:
    return queue.path.startswith(f"{other.path}{SEPARATOR}")
