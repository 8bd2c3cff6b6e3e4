"""What higher apps see to when something happens to a person: lists in the settings, read top to bottom."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def followers(setting: str) -> Sequence[Callable[..., Any]]:
    """The functions that a list in the settings names."""
    return _load(tuple(getattr(settings, setting)))


@cache
def _load(names: tuple[str, ...]) -> Sequence[Callable[..., Any]]:
    return [import_string(name) for name in names]
