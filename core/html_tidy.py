"""Rewrites any HTML into a short list of elements, well nested and of bounded depth, in linear time.

This is not the sanitiser: nh3 decides what is safe (core/html.py). But nh3 and every HTML parser can be made to
need minutes by deep nesting, by tens of thousands of attributes or by open formatting elements. What leaves this
module has none of these, and words are never lost: elements we do not know are unwrapped, not dropped.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

from core.html_tokens import HTML_BLANKS, attributes_of, is_text, link_target, read_tag, tokens

MAX_DEPTH = 250

_INLINE = {
    "b": "b", "strong": "strong", "i": "i", "em": "em", "u": "u", "s": "s", "strike": "s", "del": "del", "ins": "ins",
    "code": "code", "tt": "code", "kbd": "kbd", "samp": "samp", "var": "var", "q": "q", "mark": "mark",
    "small": "small", "sub": "sub", "sup": "sup", "cite": "i", "dfn": "i",
}  # fmt: skip
_BLOCK = {"p": "p", "div": "div", "blockquote": "blockquote", "ul": "ul", "dl": "dl", "menu": "ul", "dir": "ul"} | (
    dict.fromkeys(
        "address article aside caption center details dialog fieldset figcaption figure footer form header hgroup"
        " legend main nav option optgroup search section summary".split(),
        "div",
    )
)
_HEADINGS = {f"h{level}": f"h{level}" for level in range(1, 7)}
_PRE = {"pre": "pre", "xmp": "pre", "listing": "pre", "plaintext": "pre"}
_ITEMS = {"li": frozenset({"li"}), "dd": frozenset({"dd", "dt"}), "dt": frozenset({"dd", "dt"})}
_VOID = frozenset({"br", "hr", "img"})

_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_SECTIONS = frozenset({"tbody", "thead", "tfoot"})
_TABLE_ONLY = frozenset({"table"})
_WALLS = frozenset({"table", "td", "th"})  # end tags of ordinary elements do not reach beyond these
_NO_WALLS: frozenset[str] = frozenset()
# An open <li> is looked for through these only; a list or a quote in between belongs to the item.
_SEE_THROUGH = frozenset(_INLINE.values()) | {"a", "p", "div"}

_DIRECTION = re.compile(r"""(?i)\bdir\s*=\s*["']?(rtl|ltr)\b""")
_SMALL_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*$")


def tidy(html: str, *, picture: Callable[[str], str | None]) -> str | None:
    """The same content in simple, balanced markup; None if there are too many tags for that.

    `picture` gets each source of a picture as it is written and returns the address to show, or None.
    """
    parts = tokens(html)
    if parts is None:
        return None
    builder = _Builder(picture)
    open_elements, write = builder.open, builder.pieces.append
    known: dict[str, tuple[str, _Rule | None, str]] = {}
    for text, tag in parts:  # the hot loop: a big mail has 20,000 tags, most of them alike
        if text:
            if "<" in text:
                text = text.replace("<", "&lt;")
            if builder.after_pre or (open_elements and open_elements[-1] in _TABLE_PARTS):
                builder.text(text)
            else:
                write(text)
        if tag not in known:
            slash, name, attributes = read_tag(tag)
            known[tag] = slash, _RULES.get(name), attributes
        slash, rule, attributes = known[tag]
        if rule is None:
            if is_text(tag):
                builder.text(tag.replace("<", "&lt;"))
        elif not slash:
            builder.start(rule, attributes)
        elif open_elements and open_elements[-1] == rule[0]:
            write(f"</{open_elements.pop()}>")
            builder.after_pre = False
        else:
            builder.end(rule)
    return builder.finish()


class _Builder:
    """Writes balanced markup while it reads tags in any order; `open` is the stack of elements not yet closed."""

    def __init__(self, picture: Callable[[str], str | None]) -> None:
        self.picture = picture
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.write = self.pieces.append
        self.after_pre = False

    def text(self, text: str) -> None:
        if self.open and self.open[-1] in _TABLE_PARTS:
            if not text.strip(HTML_BLANKS):
                return
            self.start_cell("td", "")
        if self.after_pre:
            text = text.lstrip("\r\n")
            self.after_pre = not text
        self.write(text)

    def start(self, rule: "_Rule", attributes: str) -> None:
        name, begin, is_table_part = rule
        if len(self.open) >= MAX_DEPTH and name not in _VOID:
            if name in BLOCK_ELEMENTS:
                self.write("<br>")
            return
        if not is_table_part and self.open and self.open[-1] in _TABLE_PARTS:
            self.start_cell("td", "")  # parsers would move content that lies directly in a table in front of it
        begin(self, name, attributes)

    def end(self, rule: "_Rule") -> None:
        name, _, is_table_part = rule
        if name in self.open:
            walls = _NO_WALLS if name == "table" else _TABLE_ONLY if is_table_part else _WALLS
            self.close_nearest((name,), walls)
        elif name == "br":
            self.write("<br>")

    def finish(self) -> str:
        self.close_to(0)
        return "".join(self.pieces)

    # How each kind of element begins.

    def start_inline(self, name: str, attributes: str) -> None:
        self.open.append(name)
        self.after_pre = False
        self.write(f"<{name}>")

    def start_block(self, name: str, attributes: str) -> None:
        self.close_paragraph()
        self.push(name, _direction(attributes))

    def start_ol(self, name: str, attributes: str) -> None:
        self.close_paragraph()
        number = _number(attributes_of(attributes).get("start"))
        self.push(name, (f' start="{number}"' if number else "") + _direction(attributes))

    def start_heading(self, name: str, attributes: str) -> None:
        self.close_paragraph()
        if self.open and self.open[-1] in _HEADINGS:
            self.close_to(len(self.open) - 1)
        self.push(name, _direction(attributes))

    def start_pre(self, name: str, attributes: str) -> None:
        self.start_block(name, attributes)
        self.after_pre = True  # parsers swallow one line feed here; without this a second pass would differ

    def start_item(self, name: str, attributes: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in _ITEMS[name]:
                self.close_to(index)
                break
            if self.open[index] not in _SEE_THROUGH:
                break
        self.close_paragraph()
        self.push(name, _direction(attributes))

    def start_a(self, name: str, attributes: str) -> None:
        if "a" in self.open:
            self.close_nearest(("a",), _WALLS)
            if "a" in self.open:
                return
        href = link_target(attributes)
        self.push(name, f' href="{_quoted(href)}"' if href is not None else "")

    def start_br(self, name: str, attributes: str) -> None:
        self.write("<br>")

    def start_hr(self, name: str, attributes: str) -> None:
        self.close_paragraph()
        self.write("<hr>")

    def start_img(self, name: str, attributes: str) -> None:
        given = attributes_of(attributes)
        width, height = _number(given.get("width")), _number(given.get("height"))
        if width in {"0", "1"} or height in {"0", "1"}:
            return  # a tracking pixel: nothing to see
        source = self.picture(given["src"]) if "src" in given else None
        written = f' src="{escape(source)}"' if source else ""
        written += f' alt="{_quoted(given.get("alt", ""))}"'
        written += f' width="{width}"' if width else ""
        written += f' height="{height}"' if height else ""
        self.write(f"<img{written}>")

    def start_section(self, name: str, attributes: str) -> None:
        if self.close_down_to(_TABLE_ONLY):
            self.push(name, "")

    def start_tr(self, name: str, attributes: str) -> None:
        if self.close_down_to(_SECTIONS | _TABLE_ONLY):
            if self.open[-1] == "table":
                self.push("tbody", "")
            self.push(name, _direction(attributes))

    def start_cell(self, name: str, attributes: str) -> None:
        if not self.close_down_to(_TABLE_PARTS):
            self.start_block("div", attributes)
            return
        if self.open[-1] != "tr":
            self.start_tr("tr", "")
        self.push(name, _spans(attributes) + _direction(attributes))

    # The stack.

    def push(self, name: str, attributes: str) -> None:
        self.open.append(name)
        self.after_pre = False
        self.write(f"<{name}{attributes}>")

    def close_paragraph(self) -> None:
        if "p" in self.open:
            self.close_nearest(("p",), _WALLS)

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


_Rule = tuple[str, Callable[[_Builder, str, str], None], bool]


def _rules() -> Iterator[tuple[str, _Rule]]:
    """For each tag name: the name written, how it begins, and whether it belongs directly into tables."""
    for source, name in _INLINE.items():
        yield source, (name, _Builder.start_inline, False)
    for source, name in (_BLOCK | {"table": "table"}).items():
        yield source, (name, _Builder.start_block, False)
    for name in _HEADINGS:
        yield name, (name, _Builder.start_heading, False)
    for source in _PRE:
        yield source, ("pre", _Builder.start_pre, False)
    for name in _ITEMS:
        yield name, (name, _Builder.start_item, False)
    yield "ol", ("ol", _Builder.start_ol, False)
    yield "a", ("a", _Builder.start_a, False)
    yield "br", ("br", _Builder.start_br, False)
    yield "hr", ("hr", _Builder.start_hr, False)
    yield "img", ("img", _Builder.start_img, False)
    yield "tr", ("tr", _Builder.start_tr, True)
    for name in _SECTIONS:
        yield name, (name, _Builder.start_section, True)
    for name in ("td", "th"):
        yield name, (name, _Builder.start_cell, True)


_RULES: dict[str, _Rule] = dict(_rules())
KEPT_ELEMENTS = frozenset(name for name, _, _ in _RULES.values())
BLOCK_ELEMENTS = KEPT_ELEMENTS - set(_INLINE.values()) - {"a", "br", "img"}


def _number(value: str | None) -> str | None:
    match = _SMALL_NUMBER.match(value) if value else None
    return str(int(match[1])) if match else None


def _spans(attributes: str) -> str:
    lowered = attributes.lower()
    if "span" not in lowered:
        return ""
    given = attributes_of(attributes)
    numbers = {span: int(_number(given.get(span)) or 1) for span in ("colspan", "rowspan")}
    return "".join(f' {span}="{number}"' for span, number in numbers.items() if 1 < number <= 100)


def _direction(attributes: str) -> str:
    if "=" not in attributes:
        return ""
    match = _DIRECTION.search(attributes)
    return f' dir="{match[1].lower()}"' if match else ""


def _quoted(value: str) -> str:
    return value.replace('"', "&quot;")
