"""Colleagues who are named in a text by `@` and their name: whom it means, and how they are written. Pure but for one
question: who may read the ticket."""

import re
from collections.abc import Iterable, Sequence

from accounts.models import User
from core.text import fold
from tickets.models import Queue
from tickets.rights import agents_with


def mentionable(queue: Queue) -> list[User]:
    """Who may be named on a ticket of this queue: to be named grants nothing, so only who may read it anyway."""
    return agents_with("read", queue)


def mentioned_in(text: str, queue: Queue) -> list[User]:
    return named_in(text, mentionable(queue)) if "@" in text else []


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """Who of `people` is named, each once, in the order of `people`. A longer name is never taken for a shorter one:
    "@Anna Maria Smith" does not mean Anna, if both are there."""
    handles = _handles(people)
    if not handles:
        return []
    found = {match[1] for match in _finder(handles).finditer(fold(text))}
    return list(dict.fromkeys(person for name, person in handles.items() if name in found))


def handle_of(person: User, people: Sequence[User]) -> str:
    """How this one is named so that no other is meant: by name, or by address where two have the same name."""
    alone = sum(fold(str(other)) == fold(str(person)) for other in people) < 2
    return str(person) if alone else person.email


def _handles(people: Iterable[User]) -> dict[str, User]:
    """What may stand behind the sign: addresses, and names that only one person has."""
    people = list(people)
    names = [fold(str(person)) for person in people]
    by_name = {name: person for name, person in zip(names, people, strict=True) if names.count(name) == 1}
    return by_name | {fold(person.email): person for person in people}


def _finder(handles: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, handles), key=len, reverse=True)
    return re.compile(rf"(?<![\w@.])@({'|'.join(map(re.escape, longest_first))})(?![\w@]|\.\w)")
