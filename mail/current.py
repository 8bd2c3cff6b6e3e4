"""The message that is being dealt with in this transaction. Events that follow from it name it as their cause, and what
they lead to asks here what it is: its row says so only when everything that follows from it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mail.models import Incoming

_current: ContextVar[Incoming | None] = ContextVar("incoming", default=None)


@contextmanager
def dealing_with(incoming: Incoming) -> Iterator[None]:
    token = _current.set(incoming)
    try:
        yield
    finally:
        _current.reset(token)


def is_automatic(pk: int) -> bool:
    """Whether a program wrote this message, and not a person."""
    current = _current.get()
    if current is not None and current.pk == pk:
        return current.is_automatic
    return Incoming.objects.filter(pk=pk, is_automatic=True).exists()
