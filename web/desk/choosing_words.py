"""Choices of rows by the words a query takes: what is written is also what is shown."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from tickets import options


def choices_of_words(rows: Iterable[Model]) -> list[tuple[str, str]]:
    """Names of stock rows are translated, and are understood like that."""
    return [(_(str(row)), _(str(row))) for row in rows]


def choices_of_queues(user: User) -> list[tuple[str, str]]:
    """By the path, which no two queues share."""
    return [(queue.path, queue.place) for queue in options.queues_to_read(user).order_by("path")]
