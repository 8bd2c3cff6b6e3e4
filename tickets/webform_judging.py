"""What makes something that came through a web form look like spam. Pure; how often things come is counted elsewhere.

Nothing is thrown away by it: what looks like spam is held among the unwanted messages, without a receipt.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

# Nobody fills in a form sooner after it was shown.
SOONEST = timedelta(seconds=3)
MOST_LINKS = 4

TRAP, FAST, LINKS, NAME, PLACE, ADDRESS, FLOOD = "trap", "fast", "links", "name", "place", "address", "flood"
# Found when it is written down: the person has been deactivated, which nobody outside may learn.
INACTIVE = "inactive"

_LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """What is known of one sending; `often` says which of `PLACE`, `ADDRESS`, `FLOOD` come too often."""

    trap: str
    age: timedelta
    name: str
    subject: str
    text: str
    often: Collection[str] = ()


def suspicions(sent: Sent) -> Sequence[str]:
    """Codes of what is suspicious, none for what looks honest."""
    found = {
        TRAP: bool(sent.trap),
        FAST: sent.age < SOONEST,
        LINKS: len(_LINK.findall(sent.text)) > MOST_LINKS,
        NAME: bool(_LINK.search(f"{sent.name} {sent.subject}")),
        **{code: code in sent.often for code in (PLACE, ADDRESS, FLOOD)},
    }
    return [code for code, is_so in found.items() if is_so]
