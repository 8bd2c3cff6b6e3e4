"""How each queue gives its tickets, told for all of them at once: what it says, or from which queue above it comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from automation.models import Method, QueueAssignment, Waiting
from tickets.models import Queue


@dataclass(frozen=True)
class QueuePolicy:
    """`row` is None where nothing is said; `above` is the queue that says it, None where it is this one. `waiting`
    tickets were given to nobody, because nobody can take them."""

    queue: Queue
    row: QueueAssignment | None
    above: Queue | None
    waiting: int

    @property
    def is_given(self) -> bool:
        return self.row is not None and self.row.method != Method.MANUAL


def policies() -> Sequence[QueuePolicy]:
    """Of the queues in use, in the order of their tree; three questions, however many there are."""
    queues = {queue.pk: queue for queue in Queue.objects.order_by("path")}
    rows = {row.pk: row for row in QueueAssignment.objects.select_related("role__group")}
    counted = Waiting.objects.unfinished().order_by().values_list("ticket__queue").annotate(number=Count("pk"))
    waiting = dict(counted)
    return [_of(queue, queues, rows, waiting.get(queue.pk, 0)) for queue in queues.values() if queue.is_active]


def _of(queue: Queue, queues: Mapping[int, Queue], rows: Mapping[int, QueueAssignment], waiting: int) -> QueuePolicy:
    says: Queue | None = queue
    while says is not None and says.pk not in rows:
        says = queues.get(says.parent_id) if says.parent_id else None
    if says is None:
        return QueuePolicy(queue, None, None, waiting)
    return QueuePolicy(queue, rows[says.pk], says if says is not queue else None, waiting)
