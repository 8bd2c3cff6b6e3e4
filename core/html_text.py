"""Between HTML and plain text: `to_text`, `from_text`, and `excerpt` for lists.

Nothing here makes anything safe: what `from_text` returns is built from escaped text, what `to_text` returns is
text and must be escaped like any other.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.html_tidy import BLOCK_ELEMENTS, DIVISIONS
from core.html_tokens import Tag, attributes_of, is_text, link_target, read_tag, tokens, unescape, without_tags
from core.text import clean_line, strip_nul

TEXT_LIMIT = 1024 * 1024
CUT = "[…]"
MAX_QUOTE_DEPTH = 20
LINK_LIMIT = 300

# While text is collected, these stand for what the markup means; the source is freed of them first.
_BR, _BLOCK, _PARAGRAPH, _CELL, _QUOTE, _UNQUOTE, _KEPT_BLANK = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
_MARKS = re.compile("[\x00-\x08]")
_BREAKS = re.compile("([\x01-\x06][ \x01-\x06]*)")
_PARAGRAPHS = frozenset({"p", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_OTHERWISE = frozenset({"td", "th", "li", "blockquote", "tbody", "thead", "tfoot", "hr"})
_BLOCKS = BLOCK_ELEMENTS - _PARAGRAPHS - _OTHERWISE | set(DIVISIONS)
_SIMPLE = (
    dict.fromkeys(_PARAGRAPHS, (_PARAGRAPH, _PARAGRAPH))
    | dict.fromkeys(_BLOCKS, (_BLOCK, _BLOCK))
    | {"td": (_CELL, ""), "th": (_CELL, ""), "br": (_BR, _BR), "hr": (f"{_BLOCK}---{_BLOCK}", "")}
)
_STATEFUL = frozenset({"a", "img", "li", "ul", "ol", "pre", "blockquote"})
_MEANING = {f"<{name}>": start for name, (start, _) in _SIMPLE.items() if name not in _STATEFUL} | {
    f"</{name}>": end for name, (_, end) in _SIMPLE.items() if name not in _STATEFUL
}
# Where a word may be broken, and what newsletters fill their previews with.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\ufeff"))
_QUOTE_MARKS = re.compile(r"(?:> ?)+")
_LINK_TARGET = re.compile(r" <(?:https?|mailto|tel):[^\s<>]{1,300}>")
# Bounded and anchored so that a megabyte of one letter is scanned once.
_LINKABLE = re.compile(
    r"""(?i)(?<![\w@])(?:(https?://[^\s<>"'`]{1,2000})|([\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}))"""
)


def to_text(html: str, *, limit: int = TEXT_LIMIT) -> str:
    """What a reader of the HTML would read: lines kept, `> ` before quotes, list marks, link targets in <>."""
    html = _MARKS.sub("", html)
    parts = tokens(html)
    text = _Writer().write(parts) if parts is not None else without_tags(html).replace("\n", _BR)
    runs = _BREAKS.split(" ".join(text.split()))
    runs[1::2] = [_line_breaks(run) for run in runs[1::2]]
    text = "".join(runs).replace(" \n", "\n")
    if len(text) > limit:
        text = text[:limit] + "\n" + CUT
    if _QUOTE in text:
        text = _with_quote_marks(text)
    text = unescape(text.replace(_KEPT_BLANK, " ")).translate(_INVISIBLE)
    return strip_nul(text).replace("\xa0", " ").replace("\r", " ").strip("\n").rstrip()


def from_text(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """Paragraphs, line breaks, quotes and links of a plain text as HTML that `clean` leaves as it is."""
    text = strip_nul(text).replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    pieces: list[str] = []
    paragraph: list[str] = []
    depth = length = 0
    for line in text.split("\n"):
        marks = _QUOTE_MARKS.match(line)
        wanted = min(marks[0].count(">"), MAX_QUOTE_DEPTH) if marks else 0
        content = line[marks.end() :] if marks else line
        blank = not content or content.isspace()
        if paragraph and (wanted != depth or blank):
            pieces.append("<p>" + "<br>".join(paragraph) + "</p>")
            paragraph = []
        if wanted != depth and not (blank and not wanted):
            pieces.append("<blockquote>" * (wanted - depth) + "</blockquote>" * (depth - wanted))
            depth = wanted
        if not blank:
            paragraph.append(_linked(content.rstrip()))
            length += len(paragraph[-1]) + 10
        if length > limit:
            paragraph.append(CUT)
            break
    if paragraph:
        pieces.append("<p>" + "<br>".join(paragraph) + "</p>")
    return "".join(pieces) + "</blockquote>" * depth


def excerpt(text: str, limit: int = 120) -> str:
    """The first words of a plain text on one line, without quoted lines and link targets."""
    start = text[: limit * 40].split("\n")
    own = [line for line in start if not line.startswith(">")] or start
    return clean_line(_LINK_TARGET.sub("", " ".join(own)), limit)


class _Writer:
    """Turns tags into marks; only lists, links and preformatted text need to remember anything."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.pre = 0
        self.link = ""
        self.link_from = 0
        self.lists: list[int] = []  # 0 for bullets, else the next number

    def write(self, parts: Iterator[tuple[str, str]]) -> str:
        add = self.pieces.append
        known: dict[str, Tag] = {}
        for text, tag in parts:
            if text:
                add(self.preformatted(text) if self.pre else text)
            if tag in _MEANING:
                add(_MEANING[tag])
                continue
            if tag not in known:
                known[tag] = read_tag(tag)
            slash, name, attributes = known[tag]
            if name in _STATEFUL:
                self.tag(name, slash, attributes)
            if name in _SIMPLE:
                add(_SIMPLE[name][1 if slash else 0])
            elif not name and is_text(tag):
                add(tag)
        return "".join(self.pieces)

    def tag(self, name: str, slash: str, attributes: str) -> None:
        if name == "a":
            self.end_link() if slash else self.start_link(attributes)
        elif name == "img":
            self.pieces.append(attributes_of(attributes).get("alt", ""))
        elif name == "blockquote":
            self.pieces.append(_UNQUOTE if slash else _QUOTE)
        elif name == "pre":
            self.pre = max(self.pre + (-1 if slash else 1), 0)
        elif name == "li":
            self.pieces.append(_BLOCK if slash else _BLOCK + self.list_mark())
        elif slash:
            del self.lists[-1:]
        elif len(self.lists) < MAX_QUOTE_DEPTH:
            self.lists.append(1 if name == "ol" else 0)

    def preformatted(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", _BR).replace("\t", "    ").replace(" ", _KEPT_BLANK)

    def list_mark(self) -> str:
        indent = 2 * _KEPT_BLANK * (len(self.lists) - 1)
        if not self.lists or not self.lists[-1]:
            return indent + "* "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1] - 1}. "

    def start_link(self, attributes: str) -> None:
        target = (link_target(attributes) or "").strip()
        self.link = target if len(target) <= LINK_LIMIT and target[:4].lower() in {"http", "mail", "tel:"} else ""
        self.link_from = len(self.pieces)

    def end_link(self) -> None:
        if self.link:
            shown = "".join(self.pieces[self.link_from :]).strip()
            if shown and shown.rstrip("/") not in self.link:
                self.pieces.append(f" &lt;{self.link}&gt;")
        self.link = ""


@lru_cache(maxsize=4096)
def _line_breaks(run: str) -> str:
    """What a run of marks between two words amounts to.

    A <br> ends a line or, at the start of one, makes an empty line; a block begins a new line unless there is one.
    """
    if not run.strip(_CELL + " "):
        return "  "
    lines, at_start, paragraph, quotes = 0, False, False, ""
    for mark in run:
        if mark == _BR:
            lines += 1
            at_start = True
        elif mark in {_QUOTE, _UNQUOTE}:
            quotes += mark
        if mark not in {_CELL, " "} and not at_start:
            lines += 1
            at_start = True
        paragraph |= mark in {_PARAGRAPH, _QUOTE, _UNQUOTE}
    lines = min(max(lines, 2 if paragraph else 1), 3)
    if _UNQUOTE in quotes:  # the empty line stands outside of both quotes
        return "\n" + quotes.replace(_QUOTE, "") + "\n" * (lines - 1) + quotes.replace(_UNQUOTE, "")
    return "\n" * lines + quotes


def _with_quote_marks(text: str) -> str:
    lines, depth, prefix = [], 0, ""
    for line in text.split("\n"):
        if line[:1] in {_QUOTE, _UNQUOTE}:
            own = line.lstrip(_QUOTE + _UNQUOTE)
            for mark in line[: len(line) - len(own)]:
                depth = max(depth + (1 if mark == _QUOTE else -1), 0)
            prefix, line = "> " * min(depth, MAX_QUOTE_DEPTH), own
        lines.append(prefix + line if line else prefix[:-1])
    return "\n".join(lines).replace(_QUOTE, "").replace(_UNQUOTE, "")


def _linked(line: str) -> str:
    """One escaped line with its addresses as links and its indentation kept."""
    if "://" not in line and "@" not in line:
        return _spaced(_escaped(line))
    pieces, position = [], 0
    for match in _LINKABLE.finditer(line):
        shown = match[0].rstrip(".,;:!?]}…*_" if "(" in match[0] else ".,;:!?)]}…*_")
        target = shown if match[1] else "mailto:" + shown
        if match[1] and len(shown) <= len("https://"):
            continue
        pieces.append(_escaped(line[position : match.start()]))
        pieces.append(f'<a href="{_escaped(target)}" rel="noopener noreferrer nofollow ugc">{_escaped(shown)}</a>')
        position = match.start() + len(shown)
    pieces.append(_escaped(line[position:]))
    return _spaced("".join(pieces))


def _spaced(written: str) -> str:
    if written.startswith(" "):
        indent = len(written) - len(written.lstrip(" "))
        written = "&nbsp;" * min(indent, 40) + written[indent:]
    return written.replace("  ", " &nbsp;") if "  " in written else written


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")
