"""Answers that many pieces of work in a row ask for alike: which rows are the stock ones, which addresses are ours.

`@remembered` functions are asked anew each time, but for where a worker has said `for_a_moment()`: within it the first
answer stands, also for the next piece of work, until the moment is over, however long the block is. So nothing is ever
older than that moment, and pages always see what has just been changed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

# Seconds that an answer stands: from one piece of work to the next, and in the middle of one.
MOMENT = 1.0
WITHIN = 1.0

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Answers:
    """What was answered since when."""

    since: float = 0.0
    given: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def current(self) -> dict[tuple[Any, ...], Any]:
        if time.monotonic() - self.since > WITHIN:
            self.given, self.since = {}, time.monotonic()
        return self.given


_answers: ContextVar[_Answers | None] = ContextVar("answers", default=None)


class _Last:
    """The answers of this process."""

    def __init__(self) -> None:
        self.answers = _Answers()

    def fresh(self) -> _Answers:
        if time.monotonic() - self.answers.since > MOMENT:
            self.answers = _Answers(since=time.monotonic())
        return self.answers


_last = _Last()


@contextmanager
def for_a_moment() -> Iterator[None]:
    """Remember within this block, together with the blocks right before and after it."""
    token = _answers.set(_last.fresh())
    try:
        yield
    finally:
        _answers.reset(token)


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """For functions of hashable arguments that only read. An answer of None is asked for again."""

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        block = _answers.get()
        if block is None:
            return function(*args, **kwargs)
        answers = block.current()
        key = (function, args, tuple(kwargs.items()))
        if answers.get(key) is None:
            answers[key] = function(*args, **kwargs)
        return answers[key]

    return ask
