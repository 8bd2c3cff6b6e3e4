"""Texts of a search: `*` and `%` stand for anything, case does not matter, several texts mean one of them."""

import re
from typing import Any

from django.db.models import Q

from api.otrs.door import listed

_ANYTHING = re.compile(r"[*%]+")
# Each stands for a pause in which PostgreSQL may try again: a few are enough for people.
MOST = 8


def matching(path: str, value: Any) -> Q:
    condition = Q(pk__in=[])
    for text in listed(value):
        condition |= _one(path, text)
    return condition


def _one(path: str, text: str) -> Q:
    parts = _ANYTHING.split(text, maxsplit=MOST)
    if len(parts) == 1:
        return Q(**{f"{path}__iexact": text})
    if len(parts) == 3 and not parts[0] and not parts[2]:
        return Q(**{f"{path}__icontains": parts[1]})
    return Q(**{f"{path}__iregex": f"^{'.*'.join(map(re.escape, parts))}$"})
