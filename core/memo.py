"""Answers that many pieces of work in a row ask for alike: which rows are the stock ones, which addresses are ours.

`@remembered` functions are asked anew each time, but for where a worker has said `for_a_moment()`: within it, and for
the next piece of work that begins before the moment is over, the first answer stands. So nothing is ever older than
that moment, and pages always see what has just been changed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

MOMENT = 1.0

P = ParamSpec("P")
R = TypeVar("R")
Answers = dict[tuple[Any, ...], Any]

_answers: ContextVar[Answers | None] = ContextVar("answers", default=None)


class _Last:
    """The answers of this process, and when the first of them was given."""

    def __init__(self) -> None:
        self.answers: Answers = {}
        self.since = 0.0

    def fresh(self) -> Answers:
        if time.monotonic() - self.since > MOMENT:
            self.answers, self.since = {}, time.monotonic()
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
        answers = _answers.get()
        if answers is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(kwargs.items()))
        if answers.get(key) is None:
            answers[key] = function(*args, **kwargs)
        return answers[key]

    return ask
