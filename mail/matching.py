"""To which ticket does a message belong? Pure: values in, a verdict with its reasons out.

A stranger must not get in by guessing a number (T19), nor by a reference of the right form (T23): our own Message-IDs
carry a MAC, and whatever points to a ticket counts only when the sender takes part in it (decision 21).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mail.authentication import FAIL, PASS


@dataclass(frozen=True)
class Pointer:
    """Something in a message that names a ticket: `kind` is "token" (MAC checked), "tag", "reference" or "external"."""

    kind: str
    number: str


@dataclass(frozen=True)
class Verdict:
    """Where it belongs; no `number` means a new ticket. `marks` go onto the article, `trace` into the ledger.

    `is_held`: it is kept there as a note, because its sender is forged or may be.
    """

    number: str = ""
    marks: Sequence[dict[str, Any]] = ()
    trace: Sequence[dict[str, str]] = field(default_factory=list)
    is_held: bool = False


def decide(
    pointers: Sequence[Pointer], sender: str, participants: Mapping[str, frozenset[str]], *, proof: str = ""
) -> Verdict:
    """The first pointer whose ticket the sender takes part in wins; `participants` has the addresses per number.

    A number that is not among `participants` does not exist. `proof` is what is known of the sender's address: pass,
    fail, none, or nothing where nobody was asked.
    """
    trace: list[dict[str, str]] = []
    named: list[str] = []
    for pointer in pointers:
        if pointer.number not in participants:
            trace.append({"step": pointer.kind, "found": pointer.number, "result": "no such ticket"})
        elif sender in participants[pointer.number]:
            if proof == FAIL:
                trace.append({"step": pointer.kind, "found": pointer.number, "result": "sender is not who he says"})
                return Verdict(pointer.number, [], trace, is_held=True)
            is_sure = pointer.kind == "token"
            result = "sender is proven" if proof == PASS and not is_sure else "sender takes part"
            trace.append({"step": pointer.kind, "found": pointer.number, "result": result})
            marks = [] if is_sure or proof == PASS else [{"code": "unverified"}]
            return Verdict(pointer.number, marks, trace)
        else:
            trace.append({"step": pointer.kind, "found": pointer.number, "result": "sender does not take part"})
            named.append(pointer.number)
    marks = [{"code": "names_ticket", "number": number} for number in dict.fromkeys(named)]
    return Verdict(marks=marks, trace=trace)
