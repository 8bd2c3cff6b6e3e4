"""What somebody who answers a mail of ours has written himself, and nothing of what he quotes. Pure.

`mail/replies.py` separates for display and leaves everything in sight when in doubt. Here it is the other way round:
these words go to a customer, and what they answer is for agents alone (T38). So in doubt there are none.
"""

import re
from itertools import takewhile

from mail import reply_words as words
from mail.replies import split_reply
from mail.reply_lines import INVISIBLE, LINE_WIDTH, MAX_LINES

NOTHING, MIXED = "nothing", "mixed"
HEADER_LINES = 5

# Whatever marks a quote somewhere, also behind initials ("BC> ").
_QUOTE = re.compile(r"(?:[A-Za-z]{0,3}>|[|»›¦│])")
_RULE = re.compile(r"[-_=*~\u2013\u2014\s]{3,}\Z")
_FIELDS = (words.FROM, words.SENT, words.SUBJECT, words.OTHER_FIELD)


class Unsure(ValueError):
    """There are no words that may go out; `code` says why: NOTHING is new, or what is new is MIXED with a quote."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def own_words(text: str) -> str:
    """The new part without quotes, history and signature. Raises `Unsure`."""
    visible, folded = split_reply(text)
    lines = [_bare(line) for line in visible.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if folded and lines and _is_unknown_intro(lines[-1], folded):
        lines.pop()
    if len(lines) >= MAX_LINES or any(_may_be_old(lines, index) for index in range(len(lines))):
        raise Unsure(MIXED)
    if not _says_something(lines):
        raise Unsure(NOTHING)
    return "\n".join(visible.splitlines()[: len(lines)]).strip()


def _bare(line: str) -> str:
    return line.strip().lstrip(INVISIBLE).strip()


def _says_something(lines: list[str]) -> bool:
    """More than a signature: alone it has nothing above it from which it could be parted."""
    above = takewhile(lambda line: not words.SIGNATURE.match(line), lines)
    return any(re.search(r"\w", line) and not words.DEVICE.match(line[:LINE_WIDTH]) for line in above)


def _is_unknown_intro(line: str, folded: str) -> bool:
    """The line above a quote that says who wrote it when, in a language that we do not know."""
    if not _bare(folded.lstrip()[:LINE_WIDTH]).startswith(">") or not line.endswith(":"):
        return False
    return any(one.search(line[:LINE_WIDTH]) for one in (words.ADDRESS, words.CLOCK))


def _may_be_old(lines: list[str], index: int) -> bool:
    """Whether this line, or what begins with it, may have been written before: here one sign is enough."""
    line = lines[index][:LINE_WIDTH]
    if not line:
        return False
    if any(one.match(line) for one in (_QUOTE, _RULE, words.SEPARATOR, words.FORWARDED, words.NOTES_INTRO)):
        return True
    return _is_intro(lines, index) or _is_header(lines, index)


def _is_intro(lines: list[str], index: int) -> bool:
    joined = " ".join(lines[index : index + 2])[:LINE_WIDTH]
    return any(
        (words.BEGINS_INTRO.match(one) and words.ENDS_INTRO.search(one)) or words.ENDS_WITH_ADDRESS.search(one)
        for one in (lines[index][:LINE_WIDTH], joined)
    )


def _is_header(lines: list[str], index: int) -> bool:
    """Two different fields of a mail's header near each other."""
    found = {
        number
        for line in lines[index : index + HEADER_LINES]
        for number, field in enumerate(_FIELDS)
        if field.match(line[:LINE_WIDTH])
    }
    return len(found) > 1 and any(field.match(lines[index][:LINE_WIDTH]) for field in _FIELDS)
