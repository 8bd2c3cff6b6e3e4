"""Rows with an order of their own: to a place that is counted from 1, by the functions that move them step by step."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from accounts.models import User


def move_to(row: Any, place: int, move: Callable[..., None], *, by: User) -> None:
    """Behind the last one where the place is higher than there are rows."""
    row = type(row).objects.get(pk=row.pk)
    before = Q(position__lt=row.position) | Q(position=row.position, pk__lt=row.pk)
    steps = place - 1 - type(row).objects.filter(before).count()
    if steps:
        move(row, steps, by=by)
