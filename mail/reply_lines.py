"""The lines of a reply as a reader sees them, of plain text and of cleaned HTML alike, each with its place."""

from dataclasses import dataclass

from core.html_tokens import is_text, read_tag, tokens, unescape
from mail import reply_words as words

MAX_LINES = 20_000
LINE_WIDTH = 300
INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"  # what some programs put in front of their lines
_BLOCKS = frozenset(
    {"p", "div", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "tr", "td", "th"}
    | {"pre", "h1", "h2", "h3", "h4", "h5", "h6"}
)


@dataclass(frozen=True)
class Line:
    """One line as a reader sees it; `start` is where it begins in the source."""

    text: str
    start: int
    quoted: bool = False

    @property
    def blank(self) -> bool:
        return not self.text and not self.quoted


def lines_of_text(text: str) -> list[Line]:
    """The lines of a plain text; those after the first 20,000 are left out."""
    lines, position = [], 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if number >= MAX_LINES:
            break
        start = line[:LINE_WIDTH].strip().lstrip(INVISIBLE).lstrip()
        start = words.MARK if line.rstrip("\r\n") == words.MARK else start
        lines.append(_line(start, position))
        position += len(line)
    return lines


def lines_of_html(html: str) -> tuple[list[Line], dict[int, tuple[str, ...]]]:
    """The lines a reader of the HTML sees, and which elements are open where each begins."""
    reader = _LineReader()
    position = 0
    for text, tag in tokens(html) or ():
        reader.text(text, position)
        position += len(text)
        reader.tag(tag, position)
        position += len(tag)
        if len(reader.lines) >= MAX_LINES:
            break
    else:
        if position != len(html):  # not clean HTML: positions would be wrong
            return [], {}
    reader.end_line()
    return reader.lines, reader.stacks


def _line(text: str, start: int, *, within_quote: bool = False) -> Line:
    """A line without its quote marks; arrows on both sides (GroupWise) are a heading, not a quote."""
    if words.SEPARATOR.match(text) and text.startswith(">>"):
        return Line(text, start, quoted=within_quote)
    return Line(text.lstrip("> "), start, quoted=within_quote or text.startswith(">"))


class _LineReader:
    """Breaks clean HTML into lines; each begins in front of the elements that hold nothing but it and what follows."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.stacks: dict[int, tuple[str, ...]] = {}
        self.open: list[str] = []
        self.words: list[str] = []
        self.start: int | None = None
        self.quoted = False

    def text(self, text: str, position: int) -> None:
        if text.strip():
            self.begin(position)
            if not self.words:
                self.quoted = "blockquote" in self.open
            self.words.append(text)
        elif self.words:
            self.words.append(" ")

    def tag(self, tag: str, position: int) -> None:
        slash, name, _ = read_tag(tag)
        if name in _BLOCKS or name in {"br", "hr"}:
            self.end_line()
        if name == "img":
            self.text("\ufffc", position)
        elif name == "hr":
            self.text("___", position)
            self.end_line()
        elif slash:
            self.close(name)
        elif name and name != "br":
            self.begin(position)
            self.open.append(name)
        elif is_text(tag):
            self.text(tag, position)

    def close(self, name: str) -> None:
        if name not in self.open:
            return
        del self.open[len(self.open) - 1 - self.open[::-1].index(name) :]
        if not self.words and self.start is not None and len(self.open) < len(self.stacks[self.start]):
            self.start = None  # the line began in an element that is over now

    def begin(self, position: int) -> None:
        if self.start is None:
            self.start = position
            self.stacks[position] = tuple(self.open)

    def end_line(self) -> None:
        if self.words and self.start is not None:
            text = " ".join(unescape("".join(self.words)).split()).lstrip(INVISIBLE)[:LINE_WIDTH]
            text = words.MARK if text == words.MARK.strip() else text  # no HTML keeps the blank
            self.lines.append(_line(text, self.start, within_quote=self.quoted))
            self.words, self.start = [], None
