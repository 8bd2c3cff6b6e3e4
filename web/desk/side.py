"""The panel beside the lists: views and the tree of queues, with counts that cost what they show."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.addresses import address
from core.prepared import IDS, prepared
from processes.models import Decision, Task
from tickets.models import Queue, SavedView
from tickets.models.queue import SEPARATOR
from tickets.queries import TicketQuerySet
from tickets.rights import queues_for
from tickets.saved import known_views, tickets_in_saved
from tickets.views import COUNT_LIMIT, VIEW, counted, open_counts, tickets_in, views_for

# What has to do with oneself stands above the rest.
PERSONAL = ("mine", "mentioned", "watched")
# Saved views ask for anything; if counting them all takes longer, the panel does without.
PATIENCE = "1s"


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
    """`views` are the built-in ones, `own` and `shared` those that people saved; `tasks` are those of processes."""

    views: Sequence[Entry]
    own: Sequence[Entry]
    shared: Sequence[Entry]
    queues: Sequence[Entry]
    tasks: Entry

    @property
    def personal(self) -> list[Entry]:
        return [entry for entry in self.views if entry.key.removeprefix("view:") in PERSONAL]

    @property
    def common(self) -> list[Entry]:
        return [entry for entry in self.views if entry.key.removeprefix("view:") not in PERSONAL]

    @property
    def all(self) -> list[Entry]:
        return [*self.views, self.tasks, *self.own, *self.shared, *self.queues]

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.all if entry.key == key), None)


def side_of(user: User) -> Side:
    """Without counts, so that a list need not wait for them."""
    saved = known_views(user.pk)
    return Side(
        [_of_view(view.key) for view in views_for(user)],
        [_of_saved(view) for view in saved if view.owner_id == user.pk],
        [_of_saved(view) for view in saved if view.owner_id != user.pk],
        _queues(user, counts=None),
        _tasks(),
    )


def counted_side_of(user: User) -> Side:
    built_in, saved = views_for(user), known_views(user.pk)
    to_count = [view for view in built_in if view.is_counted]
    *numbers, tasks, decisions = counted([*(tickets_in(view, user) for view in to_count), *asked_of(user)])
    by_key = {view.key: number for view, number in zip(to_count, numbers, strict=True)}
    counts = _counts_of_saved(saved, user)
    return Side(
        [replace(_of_view(view.key), count=by_key.get(view.key)) for view in built_in],
        [replace(_of_saved(view), count=counts.get(view.pk)) for view in saved if view.owner_id == user.pk],
        [replace(_of_saved(view), count=counts.get(view.pk)) for view in saved if view.owner_id != user.pk],
        _queues(user, counts=open_counts(user)),
        replace(_tasks(), count=min(tasks + decisions, COUNT_LIMIT)),
    )


def patiently_counted(sets: Sequence[TicketQuerySet]) -> Sequence[int]:
    """How many are in each, as `counted`; nothing where that would take longer than anybody wants to wait."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            numbers = counted(sets)
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError:
        return []
    return numbers


def _counts_of_saved(views: Sequence[SavedView], user: User) -> dict[int, int]:
    numbers = patiently_counted([tickets_in_saved(view, user) for view in views]) if views else []
    return dict(zip((view.pk for view in views), numbers, strict=False))


def asked_of(user: User) -> tuple[QuerySet, QuerySet]:
    """What processes ask of an agent: tasks, and decisions."""
    return Task.objects.of_agent(user), Decision.objects.of(user)


def _tasks() -> Entry:
    return Entry("tasks", gettext_lazy("My tasks"), address("desk:tasks"), icon="flow")


def _of_view(key: str) -> Entry:
    view = VIEW[key]
    return Entry(f"view:{key}", view.title, address("desk:view", key), icon=view.icon)


def _of_saved(view: SavedView) -> Entry:
    return Entry(f"saved:{view.pk}", view.name, address("desk:saved", view.pk), icon="filter")


def _queues(user: User, *, counts: dict[int, int] | None) -> list[Entry]:
    queues = _active(queues_for(user, "read"))
    known = {queue.path for queue in queues}
    numbers = _with_those_below(queues, counts) if counts is not None else None
    return [
        Entry(
            key=f"queue:{queue.pk}",
            label=queue.name,
            url=address("desk:queue", queue.pk),
            depth=sum(path in known for path in _above(queue.path)),
            count=numbers[queue.path] if numbers is not None else None,
        )
        for queue in queues
    ]


@prepared(IDS)
def _active(ids: Collection[int]) -> QuerySet[Queue]:
    return Queue.objects.active().filter(id__among=ids)


def _with_those_below(queues: Iterable[Queue], counts: dict[int, int]) -> Counter[str]:
    """By path, as the page of a queue shows them: its own tickets and those of the queues below."""
    numbers: Counter[str] = Counter()
    for queue in queues:
        for path in [queue.path, *_above(queue.path)]:
            numbers[path] += counts.get(queue.pk, 0)
    return numbers


def _above(path: str) -> list[str]:
    """The paths of the queues above: "A::B::C" -> ["A::B", "A"]."""
    found = []
    while SEPARATOR in path:
        path = path.rpartition(SEPARATOR)[0]
        found.append(path)
    return found
