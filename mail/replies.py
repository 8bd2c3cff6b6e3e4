"""What is new in a reply, and what is quoted history or a signature: nothing is deleted, only separated.

One list of lines is judged in the same way for plain text and for cleaned HTML. Every rule looks at one line, or at
a few lines after it, through expressions that cannot backtrack over more than a line's first 300 characters; the
whole is linear and capped (T64). When in doubt, nothing is cut: a fold too few is better than a hidden answer.
"""

from typing import NamedTuple

from mail import reply_words as words
from mail.reply_lines import LINE_WIDTH, Line, lines_of_html, lines_of_text

INTRO_LINES = 4  # "On ... wrote:" may be wrapped over this many lines
HEADER_BLOCK_LINES = 10
HEADER_FIELDS = 7


class Split(NamedTuple):
    """The part to show and the part to fold away; one after the other they are the whole."""

    visible: str
    quoted: str


def split_reply(text: str) -> Split:
    """Plain text into its new part and the history or signature below; `visible + quoted` is the text, unchanged."""
    lines = lines_of_text(text)
    cut = _cut(lines)
    return Split(text, "") if cut is None else Split(text[:cut], text[cut:])


def split_html(html: str) -> Split:
    """The same for HTML that went through `core.html.clean`; elements around the cut are closed and opened again."""
    lines, stacks = lines_of_html(html)
    cut = _cut(lines)
    if cut is None:
        return Split(html, "")
    around = stacks[cut]
    closing = "".join(f"</{name}>" for name in reversed(around))
    opening = "".join(f"<{name}>" for name in around)
    return Split(html[:cut] + closing, opening + html[cut:])


def _cut(lines: list[Line]) -> int | None:
    """Where the folded part begins; None if nothing should be folded, also if nothing would be left to see."""
    end = len(lines)
    for index in range(len(lines)):
        if lines[index].blank or lines[index].quoted:
            continue
        if words.FORWARDED.match(lines[index].text):
            return None  # what somebody forwards is what they want to be read
        if _begins_history(lines, index):
            if any(words.ANSWERS_BELOW.search(line.text) for line in lines[:index] if not line.quoted):
                return None
            end = index
            break
    for shorten in (_before_signature, _before_quotes, _before_signature):
        shorter = shorten(lines, end)
        if _says_something(lines[:shorter]):
            end = shorter
    if end == len(lines) or not _says_something(lines[:end]):
        return None
    return lines[end].start


def _says_something(lines: list[Line]) -> bool:
    return any(not line.blank and line.text.strip("-_ ") for line in lines)


def _begins_history(lines: list[Line], index: int) -> bool:
    """Whether everything from this line on is an older mail, whatever follows."""
    line = lines[index]
    if words.SEPARATOR.match(line.text):
        return not _is_answered(lines, index)
    heading = words.RULE.match(line.text) or words.NOTES_INTRO.match(line.text)
    if heading and (following := _next(lines, index)) is not None:
        return _is_header_block(lines, following, after_rule=True) and not _is_answered(lines, following)
    if _is_header_block(lines, index, after_rule=False):
        return not _is_answered(lines, index)
    after = _after_intro(lines, index)
    if after is None or lines[after].quoted:
        return False
    # Without quote marks below it takes what a program writes and hardly any person.
    intro = " ".join(line.text for line in lines[index:after])
    return words.ADDRESS.search(intro) is not None or (
        words.CLOCK.search(intro) is not None and words.FULL_DATE.search(intro) is not None
    )


def _is_header_block(lines: list[Line], index: int, *, after_rule: bool) -> bool:
    """From, Sent and at least one more line of a mail header, as Outlook writes them above the old text.

    Travel plans have a "From" and a "Date" too: it takes a subject, an address or a rule above to be a mail.
    """
    if not _is_field(lines[index].text) and not words.SUBJECT.match(lines[index].text):
        return False
    if _is_a_form(lines, index):
        return False
    block = [line.text for line in lines[index : index + HEADER_BLOCK_LINES] if not line.blank][:HEADER_FIELDS]
    of_a_mail = after_rule or any(words.SUBJECT.match(text) or ("@" in text and _is_field(text)) for text in block)
    others = any(words.OTHER_FIELD.match(text) or words.SUBJECT.match(text) for text in block)
    return of_a_mail and others and all(any(field.match(text) for text in block) for field in (words.FROM, words.SENT))


def _is_a_form(lines: list[Line], index: int) -> bool:
    """Whether other things are named among the fields or a message is announced below: what a web site sends."""
    end = index
    while end < min(index + HEADER_BLOCK_LINES, len(lines)) and not lines[end].blank:
        if words.LABEL.match(lines[end].text) and not _is_known(lines[end].text):
            return True
        end += 1
    below = _next(lines, end - 1)
    return below is not None and words.LABEL_OF_A_MESSAGE.match(lines[below].text) is not None


def _is_known(text: str) -> bool:
    fields = (words.FROM, words.SENT, words.SUBJECT, words.OTHER_FIELD, words.KNOWN_FIELD)
    return any(field.match(text) for field in fields)


def _is_field(text: str) -> bool:
    return words.FROM.match(text) is not None or words.SENT.match(text) is not None


def _is_answered(lines: list[Line], index: int) -> bool:
    """Whether the old text has quote marks and somebody wrote between or below them."""
    content = next((i for i in range(index + 1, len(lines)) if not _belongs_to_heading(lines[i])), None)
    if content is None or not lines[content].quoted:
        return False
    return any(not line.quoted and not line.blank for line in lines[content:])


def _belongs_to_heading(line: Line) -> bool:
    fields = (words.FROM, words.SENT, words.SUBJECT, words.OTHER_FIELD)
    return line.blank or (not line.quoted and any(field.match(line.text) for field in fields))


def _after_intro(lines: list[Line], index: int) -> int | None:
    """The first line with text after an "On ... wrote:" that begins here; None if none begins here."""
    text = lines[index].text
    if not words.BEGINS_INTRO.match(text):
        return None
    joined = ""
    for end in range(index, min(index + INTRO_LINES, len(lines))):
        if lines[end].blank or lines[end].quoted:
            return None
        joined = f"{joined} {lines[end].text}".strip()[: 2 * LINE_WIDTH]
        if len(joined) > 10 and _has_ending(joined):
            if not any(char.isdigit() for char in joined) and "@" not in joined:
                return None
            return None if _begins_later(lines, index, end) else _next(lines, end)
    return None


def _begins_later(lines: list[Line], index: int, end: int) -> bool:
    """Whether the line is a sentence in front of an introduction, not the first of its lines."""
    text = lines[index].text
    if words.MOMENT.search(text) and not text.endswith((".", "!", "?")):
        return False
    return any(words.BEGINS_INTRO.match(line.text) for line in lines[index + 1 : end + 1])


def _has_ending(joined: str) -> bool:
    """The verb or an address stands near the end; German puts the name after the verb ("schrieb Dana Acme:")."""
    if not joined.endswith((":", "：")):
        return False
    near = joined[-LINE_WIDTH:]
    return words.ENDS_INTRO.search(near) is not None or (
        words.ENDS_WITH_ADDRESS.search(near) is not None and words.MOMENT.search(joined) is not None
    )


def _next(lines: list[Line], index: int) -> int | None:
    return next((i for i in range(index + 1, min(index + 6, len(lines))) if not lines[i].blank), None)


def _before_quotes(lines: list[Line], end: int) -> int:
    """Without the quoted lines at the end and the line that introduces them; quotes followed by words stay."""
    start = end
    while start and (lines[start - 1].quoted or lines[start - 1].blank):
        start -= 1
    first = next((index for index in range(start, end) if lines[index].quoted), None)
    if first is None:
        return end
    begin = first
    for index in range(start - 1, max(start - 1 - INTRO_LINES, -1), -1):
        if lines[index].blank:
            break
        if _after_intro(lines, index) == first:
            begin = index
    return begin


def _before_signature(lines: list[Line], end: int) -> int:
    """Without a signature after "-- " or a line that a telephone adds; a long text after it is none."""
    below = 0
    for index in range(end - 1, max(end - 40, -1), -1):
        if lines[index].blank:
            continue
        if words.SIGNATURE.match(lines[index].text) and not lines[index].quoted and _stands_apart(lines, index):
            return index
        if below <= 1 and words.DEVICE.match(lines[index].text):
            return index
        below += 1
    return end


def _stands_apart(lines: list[Line], index: int) -> bool:
    """Two dashes without the blank that belongs to them may as well divide what somebody wrote."""
    return lines[index].text.endswith(" ") or index == 0 or lines[index - 1].blank
