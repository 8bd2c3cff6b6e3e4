"""Two versions of an article as one text with what came and what went, drawn from knowledge/diff.py."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from knowledge.diff import Block, How, Piece, changed_blocks, changed_words
from knowledge.models import ArticleFile, Revision
from web.desk.knowledge.bodies import addresses_of

LISTS = ("ul", "ol")
_ELEMENTS = frozenset({"strong", "em", "code", "u", "s"})
_PLAIN = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "pre"})


@dataclass(frozen=True)
class Compared:
    """`words` says which versions these are. Without a change nothing is marked in them."""

    words: str
    title: SafeString
    summary: SafeString
    body: SafeString
    keywords: SafeString
    has_changed: bool


def compare(
    was: Revision | None, now: Revision, pictures: Iterable[ArticleFile], *, quotes: Sequence[str] = ()
) -> Compared:
    """All of `now` counts as added where there is nothing before it. `quotes` are words that somebody commented on."""
    drawing = _Drawing(addresses_of(pictures), [quote for quote in quotes if quote.strip()])
    blocks = changed_blocks(was.body if was else "", now.body)
    lines = [
        changed_words(old, new)
        for old, new in (
            (was.title if was else "", now.title),
            (was.summary if was else "", now.summary),
            (", ".join(was.keywords) if was else "", ", ".join(now.keywords)),
        )
    ]
    changed = any(block.how != How.SAME for block in blocks) or any(
        piece.how != How.SAME for line in lines for piece in line
    )
    title, summary, keywords = (drawing.pieces(line) for line in lines)
    return Compared(_words(was, now), title, summary, drawing.blocks(blocks), keywords, changed)


def _words(was: Revision | None, now: Revision) -> str:
    if was is None:
        return _("Version %(now)s, the first one") % {"now": now.number}
    return _("Version %(now)s compared with version %(was)s") % {"now": now.number, "was": was.number}


@dataclass(frozen=True)
class _Drawing:
    addresses: Mapping[str, str]
    quotes: Sequence[str]

    def blocks(self, blocks: Sequence[Block]) -> SafeString:
        """Neighbours in one place (a list, a quote, a table) stand in one element."""
        groups = ((within, list(run)) for within, run in groupby(blocks, key=lambda block: block.within))
        return format_html_join("\n", "{}", ((self._group(within, run),) for within, run in groups))

    def _group(self, within: tuple[str, ...], run: Sequence[Block]) -> SafeString:
        if not within:
            return _joined(self._block(block) for block in run)
        place, outer = within[-1], within[:-1]
        if place in LISTS:
            drawn = _element(
                place, "", _joined(_element("li", _CLASSES[block.how], self._words(block)) for block in run)
            )
        elif place == "blockquote":
            drawn = _element("blockquote", "", _joined(self._block(block) for block in run))
        else:
            drawn = _element("div", "diff-cells", _joined(self._block(block) for block in run))
        for name in reversed(outer):
            drawn = _element(name, "", _element("li", "diff-within", drawn)) if name in LISTS else drawn
        return drawn

    def _block(self, block: Block) -> SafeString:
        name = block.tag if block.tag in _PLAIN else "p"
        return _element(name, _CLASSES[block.how], self._words(block))

    def _words(self, block: Block) -> SafeString:
        return self.pieces(block.pieces, whole=block.how in (How.ADDED, How.REMOVED))

    def pieces(self, pieces: Iterable[Piece], *, whole: bool = False) -> SafeString:
        """A block that is wholly new or gone is marked as a whole, but still said to be so to screen readers."""
        drawn = [(piece.how, self._piece(piece)) for piece in pieces]
        if whole and drawn:
            return _ends(drawn[0][0], _joined(text for _how, text in drawn), marked=False)
        return _joined(_ends(how, text, marked=True) for how, text in drawn)

    def _piece(self, piece: Piece) -> SafeString:
        drawn = _joined(self._marked(piece.text)) if piece.how != How.REMOVED else format_html("{}", piece.text)
        for mark in reversed(piece.marks):
            name, _blank, address = mark.partition(" ")
            if name == "img":
                drawn = self._picture(address, piece.text)
            elif name == "a" and address:
                drawn = format_html('<a href="{}" rel="noopener noreferrer">{}</a>', address, drawn)
            elif name in _ELEMENTS:
                drawn = _element(name, "", drawn)
        return drawn

    def _picture(self, address: str, alt: str) -> SafeString:
        found = self.addresses.get(address.removeprefix("cid:"))
        return format_html('<img src="{}" alt="{}">', found, alt) if found else format_html("[{}]", alt or _("Picture"))

    def _marked(self, text: str) -> Iterator[SafeString]:
        """The words somebody commented on stand out."""
        if not self.quotes:
            yield format_html("{}", text)
            return
        known = "|".join(re.escape(quote) for quote in sorted(self.quotes, key=len, reverse=True))
        for place, part in enumerate(re.split(f"({known})", text)):
            yield format_html('<span class="anchor-c">{}</span>' if place % 2 else "{}", part)


_NAMES = {How.ADDED: "ins", How.REMOVED: "del"}
_CLASSES = {How.SAME: "", How.CHANGED: "", How.ADDED: "diff-add", How.REMOVED: "diff-del"}


def _ends(how: How, text: SafeString, *, marked: bool) -> SafeString:
    if how not in _NAMES:
        return text
    return _element(_NAMES[how], _CLASSES[how] if marked else "", text)


def _element(name: str, css: str, inner: SafeString) -> SafeString:
    """`name` is one of the few above, never a word of the text."""
    start = format_html('<{} class="{}">', mark_safe(name), css) if css else format_html("<{}>", mark_safe(name))  # noqa: S308
    return format_html("{}{}</{}>", start, inner, mark_safe(name))  # noqa: S308


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
