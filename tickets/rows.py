"""The rows of lists: tickets that somebody has found already, with everything that a row shows."""

from collections.abc import Callable, Collection
from functools import partial

from django.db.models import QuerySet

from accounts.models import User
from core.prepared import IDS, prepared
from tickets.models import Ticket


def rows_for(user: User) -> Callable[[Collection[int]], list[Ticket]]:
    """Gives the tickets with these ids, as `for_list` does, in no order. Which of them `user` may see is settled."""
    return partial(_rows, user.pk)


@prepared(int, IDS)
def _rows(user: int, ids: Collection[int]) -> QuerySet[Ticket]:
    return Ticket.objects.for_list(user).filter(id__among=ids)
