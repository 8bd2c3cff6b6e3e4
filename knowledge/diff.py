"""What has changed between two versions of an article, readable: block by block, and within a block word by word.

Pure: HTML in, values out. Pages put their own elements around the pieces, so nothing here makes markup.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser
from itertools import groupby
from typing import NamedTuple

# Blocks that hold words themselves; what lies around them (lists, quotes, tables) is their place.
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "td", "th", "dt", "dd", "div"})
_PLACES = frozenset({"ul", "ol", "blockquote", "table", "dl"})
_MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "code": "code", "u": "u", "s": "s", "a": "a"}
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
# Blocks that share less than this part of their words are two blocks and not one that was changed.
ALIKE = 0.4
# Longer blocks are compared as wholes: comparing words takes their number squared.
MOST_TOKENS = 4_000
# And so many blocks in a row are not paired with each other.
MOST_PAIRED = 60


class How(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Token(NamedTuple):
    """A word, a blank or a sign, with what it is marked by: ("strong", "a https://…")."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """Words that belong together: both versions have them, or one of them."""

    text: str
    how: How
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list item, cell or picture. `within` are the elements around it, the outermost first."""

    tag: str
    within: tuple[str, ...]
    how: How
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Read:
    tag: str
    within: tuple[str, ...]
    tokens: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        return [token.text for token in self.tokens if not token.text.isspace()]


def changed_blocks(old: str, new: str) -> list[Block]:
    """Two bodies (cleaned HTML) as one text with everything that was and is."""
    before, after = read(old), read(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    blocks: list[Block] = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            blocks += [_whole(block, How.SAME) for block in after[first:last]]
        else:
            blocks += _replaced(before[start:end], after[first:last])
    return blocks


def changed_words(old: str, new: str) -> list[Piece]:
    """Two lines, such as titles, as one with everything that was and is."""
    return list(_pieces(_tokens(old), _tokens(new)))


def read(html: str) -> list[_Read]:
    """The blocks of a body in their order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.blocks


def _replaced(removed: Sequence[_Read], added: Sequence[_Read]) -> Iterator[Block]:
    """Blocks that took the place of others: those that are alike are shown as one, in the order of the new version."""
    done = 0
    for block in added:
        place = _alike(block, removed[done : done + MOST_PAIRED])
        if place is None:
            yield _whole(block, How.ADDED)
            continue
        yield from (_whole(gone, How.REMOVED) for gone in removed[done : done + place])
        yield _compared(removed[done + place], block)
        done += place + 1
    yield from (_whole(gone, How.REMOVED) for gone in removed[done:])


def _alike(block: _Read, others: Sequence[_Read]) -> int | None:
    """The first of them that may have become `block`."""
    for place, other in enumerate(others):
        if other.tag == block.tag and len(block.tokens) + len(other.tokens) <= MOST_TOKENS:
            ratio = SequenceMatcher(None, other.words, block.words, autojunk=False)
            if ratio.real_quick_ratio() >= ALIKE and ratio.quick_ratio() >= ALIKE and ratio.ratio() >= ALIKE:
                return place
    return None


def _compared(old: _Read, new: _Read) -> Block:
    return Block(new.tag, new.within, How.CHANGED, tuple(_pieces(old.tokens, new.tokens)))


def _whole(block: _Read, how: How) -> Block:
    return Block(block.tag, block.within, how, tuple(_together(block.tokens, how)))


def _pieces(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Piece]:
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _together(new[first:last], How.SAME)
        else:
            yield from _together(old[start:end], How.REMOVED)
            yield from _together(new[first:last], How.ADDED)


def _together(tokens: Sequence[Token], how: How) -> Iterator[Piece]:
    """Neighbours with the same marks as one piece."""
    for marks, run in groupby(tokens, key=lambda token: token.marks):
        yield Piece("".join(token.text for token in run), how, marks)


def _tokens(text: str, marks: tuple[str, ...] = ()) -> list[Token]:
    return [Token(found, marks) for found in _TOKENS.findall(text)]


class _Reader(HTMLParser):
    """Collects the blocks of cleaned HTML; words between blocks are a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[_Read] = []
        self._around: list[str] = []
        self._tag = "p"
        self._marks: list[str] = []
        self._tokens: list[Token] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PLACES or tag in _BLOCKS:
            self.finish()
            self._around.append(tag)
            self._tag = tag if tag in _BLOCKS else "p"
        elif tag in _MARKS:
            address = dict(attrs).get("href") or ""
            self._marks.append(f"a {address}" if tag == "a" else _MARKS[tag])
        elif tag == "br":
            self._tokens.append(Token("\n"))
        elif tag == "img":
            self._picture(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._around:
            self.finish()
            del self._around[len(self._around) - 1 - self._around[::-1].index(tag) :]
            self._tag = next((name for name in reversed(self._around) if name in _BLOCKS), "p")
        elif tag in _MARKS and self._marks:
            self._marks.pop()

    def handle_data(self, data: str) -> None:
        text = data if "pre" in self._around else " ".join(re.split(r"\s+", data))
        self._tokens += _tokens(text, tuple(self._marks))

    def finish(self) -> None:
        """What has been collected is a block, if it says anything."""
        tokens, self._tokens = self._tokens, []
        while tokens and tokens[-1].text.isspace():
            tokens.pop()
        while tokens and tokens[0].text.isspace():
            tokens.pop(0)
        if tokens:
            places = tuple(name for name in self._around if name in _PLACES)
            self.blocks.append(_Read(self._tag, places, tuple(tokens)))

    def _picture(self, attributes: dict[str, str | None]) -> None:
        self.finish()
        places = tuple(name for name in self._around if name in _PLACES)
        said = Token(attributes.get("alt") or "", (f"img {attributes.get('src') or ''}",))
        self.blocks.append(_Read("img", places, (said,)))
