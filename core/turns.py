"""A worker that was called goes on until nothing is due, or until others shall have a turn: a flood costs few calls."""

import time
from collections.abc import Callable

from core.calls import note_taken
from core.work import WorkRow, nudge

# Other kinds of work wait no longer than this for a worker.
TURN = 2.0
# So many rows are looked up at a time.
AHEAD = 20


class Turn:
    """As long as `lasts()`, the worker may take another row. Begun before anybody looks for one."""

    def __init__(self, model: type[WorkRow]) -> None:
        self._task = model.task
        self._end = time.monotonic() + TURN
        note_taken(self._task)

    def lasts(self) -> bool:
        return time.monotonic() < self._end

    def call_another(self, pk: int) -> None:
        """There is more to do than this worker does at once; `pk` is a row of it."""
        nudge(self._task, pk)


def take_turn(model: type[WorkRow], pk: int, act: Callable[[int], bool]) -> None:
    """Do the row that was named, then what else is due, the oldest first.

    `act` leaves a row alone that is not due any more or that somebody else is at, so whoever is called to help gets
    his share of the rows; it tells whether it did anything. Who finds nothing to do calls nobody: rows that others are
    at stay due, and the idle would call each other for them without end.
    """
    turn, tried = Turn(model), {pk}
    helps = act(pk)
    while found := list(model.objects.due().exclude(pk__in=tried).values_list("pk", flat=True)[:AHEAD]):
        called = False
        for each in found:
            if helps and not called and each != found[-1]:
                turn.call_another(found[-1])
                called = True
            if not turn.lasts():
                turn.call_another(each)
                return
            tried.add(each)
            helps = act(each) or helps
