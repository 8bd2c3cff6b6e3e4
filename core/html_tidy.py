"""Rewrites any HTML into a short list of elements, well nested and of bounded depth, in linear time.

This is not the sanitiser: nh3 decides what is safe (core/html.py). But nh3 and every HTML parser can be made to
need minutes by deep nesting, by tens of thousands of attributes or by open formatting elements. What leaves this
module has none of these, and words are never lost: elements we do not know are unwrapped, not dropped.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import NamedTuple

from core.html_tokens import HTML_BLANKS, attributes_of, is_text, link_target, read_tag, tokens, unescape

MAX_DEPTH = 250
MAX_NUMBER = 100  # columns or rows of a cell, start of a list: a cell over a million columns would stall the browser

_INLINE = {
    "b": "b", "strong": "strong", "i": "i", "em": "em", "u": "u", "s": "s", "strike": "s", "del": "del", "ins": "ins",
    "code": "code", "tt": "code", "kbd": "kbd", "samp": "samp", "var": "var", "q": "q", "mark": "mark",
    "small": "small", "sub": "sub", "sup": "sup", "cite": "i", "dfn": "i",
}  # fmt: skip
DIVISIONS = [
    "address", "article", "aside", "caption", "center", "details", "dialog", "fieldset", "figcaption", "figure",
    "footer", "form", "header", "hgroup", "legend", "main", "nav", "option", "optgroup", "search", "section",
    "summary",
]  # fmt: skip
_BLOCK = {name: name for name in ("p", "div", "blockquote", "ul", "ol", "dl", "table")} | (
    {"menu": "ul", "dir": "ul"} | dict.fromkeys(DIVISIONS, "div")
)
_HEADINGS = {f"h{level}": f"h{level}" for level in range(1, 7)}
_PRE = {"pre": "pre", "xmp": "pre", "listing": "pre", "plaintext": "pre"}
_ITEMS = {"li": frozenset({"li"}), "dd": frozenset({"dd", "dt"}), "dt": frozenset({"dd", "dt"})}
_VOID = frozenset({"br", "hr", "img"})

_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"tbody", "thead", "tfoot"})
_TABLE_ONLY = frozenset({"table"})
_WALLS = _CELLS | _TABLE_ONLY  # end tags of ordinary elements do not reach beyond these
_NO_WALLS: frozenset[str] = frozenset()
# An open <li> is looked for through these only; a list or a quote in between belongs to the item.
_SEE_THROUGH = frozenset(_INLINE.values()) | {"a", "p", "div"}

_LINK = re.compile(r"(?i)\s*(?:https?://|mailto:|tel:)[^\s].{0,8000}$")
_DIRECTION = re.compile(r"""(?i)\bdir\s*=\s*["']?(rtl|ltr)\b""")
_SMALL_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*$")


def tidy(html: str, *, picture: Callable[[str], str | None]) -> str | None:
    """The same content in simple, balanced markup; None if there are too many tags for that.

    `picture` gets each source of a picture as it is written and returns the address to show, or None.
    """
    parts = tokens(html)
    if parts is None:
        return None
    builder = _Builder()
    open_elements, write = builder.open, builder.pieces.append
    known: dict[str, _Known] = {}
    for text, tag in parts:  # the hot loop: a big mail has 20,000 tags, most of them alike
        if text:
            if "<" in text:
                text = text.replace("<", "&lt;")
            if builder.after_pre or (open_elements and open_elements[-1] in _TABLE_PARTS):
                builder.text(text)
            else:
                write(text)
        if tag not in known:
            known[tag] = _understood(tag, picture)
        slash, rule, written = known[tag]
        if rule is None:
            if written:
                builder.text(written)
        elif not slash:
            builder.start(rule, written)
        elif open_elements and open_elements[-1] == rule.name:
            open_elements.pop()
            write(f"</{rule.name}>")
            builder.after_pre = False
        else:
            builder.end(rule)
    return builder.finish()


class _Builder:
    """Writes balanced markup while it reads tags in any order; `open` is the stack of elements not yet closed."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.write = self.pieces.append
        self.after_pre = False

    def text(self, text: str) -> None:
        if self.open and self.open[-1] in _TABLE_PARTS:
            if not text.strip(HTML_BLANKS):
                return
            self.start_cell("td", "<td>")
        if self.after_pre:
            text = text.lstrip("\r\n")
            self.after_pre = not text
        self.write(text)

    def start(self, rule: "_Rule", written: str) -> None:
        if len(self.open) >= MAX_DEPTH and rule.name not in _VOID:
            if rule.name in BLOCK_ELEMENTS:
                self.write("<br>")
            return
        if self.open and self.open[-1] in _TABLE_PARTS and not rule.is_table_part:
            self.start_cell("td", "<td>")  # parsers would move content that lies directly in a table in front of it
        rule.begin(self, rule.name, written)

    def end(self, rule: "_Rule") -> None:
        if rule.name in self.open:
            walls = _NO_WALLS if rule.name == "table" else _TABLE_ONLY if rule.is_table_part else _WALLS
            self.close_nearest((rule.name,), walls)
        elif rule.name in _CELLS:
            self.close_nearest(("div",), _WALLS)  # a cell outside of any table has become a block
        elif rule.name == "br":
            self.write("<br>")

    def finish(self) -> str:
        self.close_to(0)
        return "".join(self.pieces)

    # How each kind of element begins.

    def start_inline(self, name: str, written: str) -> None:
        self.open.append(name)
        self.after_pre = False
        self.write(written)

    def start_void(self, name: str, written: str) -> None:
        self.write(written)

    def start_block(self, name: str, written: str) -> None:
        if "p" in self.open:
            self.close_nearest(("p",), _WALLS)
        self.open.append(name)
        self.after_pre = False
        self.write(written)

    def start_heading(self, name: str, written: str) -> None:
        if "p" in self.open:
            self.close_nearest(("p",), _WALLS)
        if self.open and self.open[-1] in _HEADINGS:
            self.close_to(len(self.open) - 1)
        self.start_block(name, written)

    def start_pre(self, name: str, written: str) -> None:
        self.start_block(name, written)
        self.after_pre = True  # parsers swallow one line feed here; without this a second pass would differ

    def start_item(self, name: str, written: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in _ITEMS[name]:
                self.close_to(index)
                break
            if self.open[index] not in _SEE_THROUGH:
                break
        self.start_block(name, written)

    def start_a(self, name: str, written: str) -> None:
        if "a" in self.open:
            self.close_nearest(("a",), _WALLS)
            if "a" in self.open:
                return
        self.start_inline(name, written)

    def start_hr(self, name: str, written: str) -> None:
        if "p" in self.open:
            self.close_nearest(("p",), _WALLS)
        self.write(written)

    def start_section(self, name: str, written: str) -> None:
        if self.close_down_to(_TABLE_ONLY):
            self.start_inline(name, written)

    def start_tr(self, name: str, written: str) -> None:
        if self.close_down_to(_SECTIONS | _TABLE_ONLY):
            if self.open[-1] == "table":
                self.start_inline("tbody", "<tbody>")
            self.start_inline(name, written)

    def start_cell(self, name: str, written: str) -> None:
        if not self.close_down_to(_TABLE_PARTS):
            self.start_block("div", "<div>")
            return
        if self.open[-1] != "tr":
            self.start_tr("tr", "<tr>")
        self.start_inline(name, written)

    # The stack.

    def close_nearest(self, names: tuple[str], walls: frozenset[str]) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in names:
                self.close_to(index)
                return
            if self.open[index] in walls:
                return

    def close_down_to(self, names: frozenset[str]) -> bool:
        """Close until the nearest of these is the innermost element; False if there is none."""
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in names:
                self.close_to(index + 1)
                return True
            if self.open[index] == "table":
                break
        return False

    def close_to(self, depth: int) -> None:
        while len(self.open) > depth:
            self.write(f"</{self.open.pop()}>")
        self.after_pre = False


class _Rule(NamedTuple):
    """What happens at a tag: the element written, how it begins, whether it belongs directly into tables."""

    name: str
    begin: Callable[[_Builder, str, str], None]
    is_table_part: bool = False


def _rules() -> Iterator[tuple[str, _Rule]]:
    for source, name in _INLINE.items():
        yield source, _Rule(name, _Builder.start_inline)
    for source, name in _BLOCK.items():
        yield source, _Rule(name, _Builder.start_block)
    for name in _HEADINGS:
        yield name, _Rule(name, _Builder.start_heading)
    for source in _PRE:
        yield source, _Rule("pre", _Builder.start_pre)
    for name in _ITEMS:
        yield name, _Rule(name, _Builder.start_item)
    for name in _SECTIONS:
        yield name, _Rule(name, _Builder.start_section, is_table_part=True)
    for name in _CELLS:
        yield name, _Rule(name, _Builder.start_cell, is_table_part=True)
    yield "tr", _Rule("tr", _Builder.start_tr, is_table_part=True)
    yield "a", _Rule("a", _Builder.start_a)
    yield "br", _Rule("br", _Builder.start_void)
    yield "img", _Rule("img", _Builder.start_void)
    yield "hr", _Rule("hr", _Builder.start_hr)


_RULES: dict[str, _Rule] = dict(_rules())
KEPT_ELEMENTS = frozenset(rule.name for rule in _RULES.values())
BLOCK_ELEMENTS = KEPT_ELEMENTS - set(_INLINE.values()) - {"a", "br", "img"}
_Known = tuple[str, _Rule | None, str]


def _understood(tag: str, picture: Callable[[str], str | None]) -> _Known:
    """("/" or "", the rule, the tag as it will be written); without a rule, text to be shown or nothing."""
    slash, name, attributes = read_tag(tag)
    rule = _RULES.get(name)
    if rule is None:
        return slash, None, tag.replace("<", "&lt;") if is_text(tag) else ""
    if slash:
        return slash, rule, ""
    if rule.name == "img":
        return slash, rule, _image(attributes, picture)
    if rule.name == "a":
        href = link_target(attributes) or ""
        if not _LINK.match(unescape(href)):
            return slash, None, ""
        return slash, rule, f'<a href="{_quoted(href)}">'
    written = rule.name
    if "=" in attributes and rule.begin is not _Builder.start_inline:
        written += _numbers(rule.name, attributes) + _direction(attributes)
    return slash, rule, f"<{written}>"


def _image(attributes: str, picture: Callable[[str], str | None]) -> str:
    given = attributes_of(attributes)
    width, height = _number(given.get("width")), _number(given.get("height"))
    if width in {"0", "1"} or height in {"0", "1"}:
        return ""  # a tracking pixel: nothing to see
    source = picture(given["src"]) if "src" in given else None
    written = f' src="{escape(source)}"' if source else ""
    written += f' alt="{_quoted(given.get("alt", ""))}"'
    written += f' width="{width}"' if width else ""
    written += f' height="{height}"' if height else ""
    return f"<img{written}>"


def _number(value: str | None) -> str | None:
    match = _SMALL_NUMBER.match(value) if value else None
    return str(int(match[1])) if match else None


def _numbers(name: str, attributes: str) -> str:
    wanted = {"ol": ("start",), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}.get(name, ())
    if not wanted or not ("span" in attributes.lower() or name == "ol"):
        return ""
    given = attributes_of(attributes)
    numbers = {key: int(_number(given.get(key)) or 1) for key in wanted}
    return "".join(f' {key}="{number}"' for key, number in numbers.items() if 1 < number <= MAX_NUMBER)


def _direction(attributes: str) -> str:
    match = _DIRECTION.search(attributes)
    return f' dir="{match[1].lower()}"' if match else ""


def _quoted(value: str) -> str:
    return value.replace('"', "&quot;")
