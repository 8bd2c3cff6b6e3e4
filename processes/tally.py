"""When an approval is over, from the answers so far. Pure."""

from collections.abc import Sequence

APPROVED, DECLINED = "approved", "declined"


def outcome_of(rule: str, answers: Sequence[str]) -> str:
    """ "approved", "declined", or "" while it is open. `answers` has one for each who is asked, "" without an answer.

    one: whoever answers first decides. any: one approval is enough, and all must decline. all: everybody must approve,
    one is enough to decline. majority: more than half of those who are asked; over as soon as that is sure.
    """
    asked, yes, no = len(answers), answers.count(APPROVED), answers.count(DECLINED)
    if not asked:
        return ""
    needed = {"one": 1, "any": 1, "all": asked, "majority": asked // 2 + 1}[rule]
    if rule == "one" and no and not yes:
        return DECLINED
    if yes >= needed:
        return APPROVED
    return DECLINED if asked - no < needed else ""
