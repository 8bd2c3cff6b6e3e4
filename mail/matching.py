"""To which ticket does a message belong? Pure: values in, a verdict with its reasons out.

A stranger must not get in by guessing a number (T19), nor by a reference of the right form (T23): our own Message-IDs
carry a MAC, and whatever points to a ticket counts only when the sender takes part in it (decision 21).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Pointer:
    """Something in a message that names a ticket: `kind` is "token" (MAC checked), "reference" or "tag"."""

    kind: str
    number: str


@dataclass(frozen=True)
class Verdict:
    """Where it belongs; no `number` means a new ticket. `marks` go onto the article, `trace` into the ledger."""

    number: str = ""
    marks: Sequence[dict[str, Any]] = ()
    trace: Sequence[dict[str, str]] = field(default_factory=list)


def decide(pointers: Sequence[Pointer], sender: str, participants: Mapping[str, frozenset[str]]) -> Verdict:
    """The first pointer whose ticket the sender takes part in wins; `participants` has the addresses per number.

    A number that is not among `participants` does not exist.
    """
    trace: list[dict[str, str]] = []
    named: list[str] = []
    for pointer in pointers:
        if pointer.number not in participants:
            trace.append({"step": pointer.kind, "found": pointer.number, "result": "no such ticket"})
        elif sender in participants[pointer.number]:
            trace.append({"step": pointer.kind, "found": pointer.number, "result": "sender takes part"})
            marks = [] if pointer.kind == "token" else [{"code": "unverified"}]
            return Verdict(pointer.number, marks, trace)
        else:
            trace.append({"step": pointer.kind, "found": pointer.number, "result": "sender does not take part"})
            named.append(pointer.number)
    marks = [{"code": "names_ticket", "number": number} for number in dict.fromkeys(named)]
    return Verdict(marks=marks, trace=trace)
