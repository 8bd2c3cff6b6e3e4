"""Do the conditions of a filter fit a message, and what do its expressions find? Pure, and bounded in time (T64).

An expression that takes too long counts as if it had found nothing, and its filter does not fit: the mail goes on.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.expressions import MAX_EXPRESSION, BadExpression, compiled
from core.text import fold, normalise_address
from mail.parse import Message

__all__ = [
    "EXPRESSIONS",
    "MAX_EXPRESSION",
    "NEGATIVE",
    "NUMBERS",
    "PARTS",
    "TESTS",
    "BadExpression",
    "Budget",
    "Condition",
    "Fit",
    "check_expression",
    "filled",
    "fit",
    "texts",
]

# What a condition looks at. "from" is address and name, "to" is To, Cc and the envelope, "header" is any header by its
# name; "proof" is pass, fail or none, or empty where nobody was asked.
PARTS: Mapping[str, str | Promise] = {
    "from": _("sender"),
    "to": _("recipients"),
    "subject": _("subject"),
    "body": _("text"),
    "attachment": _("names of files"),
    "header": _("another header"),
    "proof": _("proof of the sender"),
}
TESTS: Mapping[str, str | Promise] = {
    "contains": _("contains"),
    "lacks": _("does not contain"),
    "is": _("is exactly"),
    "is_not": _("is not"),
    "matches": _("matches the expression"),
    "matches_not": _("does not match the expression"),
    "at_least": _("has a number of at least"),
    "below": _("has a number below"),
}
NEGATIVE = frozenset({"lacks", "is_not", "matches_not"})
EXPRESSIONS = frozenset({"matches", "matches_not"})
NUMBERS = frozenset({"at_least", "below"})

MAX_TEXT = 256 * 1024
MAX_HEADER = 1024 * 1024
# Seconds that one expression may take, and all of a message together.
PATIENCE, ALL_PATIENCE = 0.25, 2.0

_PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")
_NUMBER = re.compile(r"(?:score\s*=\s*)(-?\d{1,9}(?:\.\d{1,6})?)|(?<![\w.])(-?\d{1,9}(?:\.\d{1,6})?)", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    part: str
    test: str
    value: str
    header: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Condition":
        return cls(*(str(data.get(name, "")) for name in ("part", "test", "value", "header")))

    def stored(self) -> dict[str, str]:
        return {"part": self.part, "header": self.header, "test": self.test, "value": self.value}


@dataclass(frozen=True)
class Fit:
    """Whether all conditions hold, what the expressions found, and which of them took too long."""

    fits: bool
    captures: Mapping[str, str] = field(default_factory=dict)
    too_slow: str = ""


@dataclass
class Budget:
    """How much time is left for the expressions of one message."""

    left: float = ALL_PATIENCE

    def next(self) -> float:
        return min(PATIENCE, self.left)

    def spend(self, seconds: float) -> None:
        self.left = max(0.0, self.left - seconds)


def fit(conditions: Sequence[Condition], mail: Message, *, envelope: Sequence[str], proof: str, budget: Budget) -> Fit:
    """Every condition must hold; one without conditions fits nothing."""
    captures: dict[str, str] = {}
    for condition in conditions:
        values = texts(condition, mail, envelope=envelope, proof=proof)
        try:
            found = _holds(condition, values, captures, budget)
        except TimeoutError:
            return Fit(fits=False, too_slow=condition.value[:200])
        except BadExpression:
            return Fit(fits=False)
        if not found:
            return Fit(fits=False)
    return Fit(fits=bool(conditions), captures=captures)


def texts(condition: Condition, mail: Message, *, envelope: Sequence[str], proof: str) -> list[str]:
    """What the condition looks at, each value on its own."""
    if condition.part == "from":
        people = mail.from_addresses
        return [text for one in people for text in (normalise_address(one.address), one.name) if text]
    if condition.part == "to":
        named = (*mail.to, *mail.cc)
        addresses = [*envelope, *mail.delivered_to, *(one.address for one in named)]
        return [*dict.fromkeys(map(normalise_address, addresses)), *(one.name for one in named if one.name)]
    if condition.part == "header":
        return [value[:MAX_HEADER] for value in mail.all_headers(condition.header.strip())]
    if condition.part == "attachment":
        return [attachment.name for attachment in mail.attachments]
    return [{"subject": mail.subject, "body": mail.text[:MAX_TEXT], "proof": proof}.get(condition.part, "")]


def filled(template: str, captures: Mapping[str, str]) -> str:
    """`{1}` and `{name}` replaced by what was found; one that nothing was found for leaves nothing."""
    return _PLACEHOLDER.sub(lambda match: captures.get(match[1], ""), template)


def check_expression(text: str) -> None:
    """Raises `BadExpression`."""
    compiled(text)


def _holds(condition: Condition, values: Sequence[str], captures: dict[str, str], budget: Budget) -> bool:
    if condition.test in NUMBERS:
        return _compares(condition, values)
    found = any(_found(condition, value, captures, budget) for value in values)
    return found is not (condition.test in NEGATIVE)


def _found(condition: Condition, value: str, captures: dict[str, str], budget: Budget) -> bool:
    if condition.test in EXPRESSIONS:
        match = _search(condition.value, value, budget)
        if match is not None and condition.test == "matches":
            captures |= {str(n): text or "" for n, text in enumerate(match.groups(), start=1)}
            captures |= {name: text or "" for name, text in match.groupdict().items()}
        return match is not None
    wanted = fold(condition.value.strip())
    if condition.test in ("is", "is_not"):
        return fold(value.strip()) == wanted
    return bool(wanted) and wanted in fold(value)


def _search(expression: str, text: str, budget: Budget) -> Any:
    """Raises TimeoutError when it takes too long, or when all the time of this message is used up."""
    if budget.left <= 0:
        raise TimeoutError
    begun = time.monotonic()
    try:
        return compiled(expression).search(text, timeout=budget.next())
    finally:
        budget.spend(time.monotonic() - begun)


def _compares(condition: Condition, values: Sequence[str]) -> bool:
    """The greatest number counts, so that a sender who adds a small one of his own wins nothing."""
    wanted, numbers = _number(condition.value), [number for value in values if (number := _number(value)) is not None]
    if wanted is None or not numbers:
        return False
    return max(numbers) >= wanted if condition.test == "at_least" else max(numbers) < wanted


def _number(text: str) -> Decimal | None:
    """The one after "score=", as spam filters write it, else the first."""
    found = list(_NUMBER.finditer(text[:2_000]))
    match = next((one for one in found if one[1]), found[0] if found else None)
    try:
        return Decimal(match[1] or match[2]) if match else None
    except InvalidOperation:
        return None
