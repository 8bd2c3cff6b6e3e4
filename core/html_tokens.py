"""Splits HTML into text and tags in linear time, whatever a stranger sends; used by tidying and by text making."""

import html as html_entities
import re
from collections.abc import Iterator

MAX_TAGS = 100_000

HTML_BLANKS = " \t\n\r\f"
# References to line feeds and the like would survive one pass as characters and be collapsed by the next.
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{12,};?")
_CONTROL_REFERENCE = re.compile(r"&(?:#0*(?:9|1[0-3])(?![0-9]);?|#[xX]0*[9a-dA-D](?![0-9a-fA-F]);?|NewLine;|Tab;)")

# A start or end tag, or a comment-like thing. It never fails once it has begun, and nothing in it backtracks, so
# scanning is linear even for hostile input. Quotes count only after "="; "<" ends a tag that was not closed.
_TAG = re.compile(r"""(</?[a-zA-Z][^<>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?[^<>=]*+)*+>?|<[!?/][^<>]*+>?)""")
_NAME = re.compile(r"(?s)<(/?)([a-zA-Z][^\s/<>]*+)(.*)")
_VALUE = r"""\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+))"""
_ATTRIBUTE = re.compile(r"([^\s/>=]++)" + _VALUE)
_HREF = re.compile(r"""(?i)(?<![^\s"'/])href""" + _VALUE)

_EMPTY = frozenset({"br", "hr", "img", "input", "meta", "link", "base", "col", "wbr"})
# Elements that go with everything in them: none of it is written for readers.
_HIDDEN = ("script", "style", "title", "xml", "svg", "math", "template")
_MAY_HIDE = re.compile(rf"(?i)<(?:{'|'.join(_HIDDEN)})")
_INLINE_TAG = re.compile(r"(?i)</?(?:a|b|i|u|s|em|strong|span|font|code|small|big|sub|sup|o:p)(?=[\s/>])[^<>]*+>")
# What sloppy programs leave as it is: a browser would take it for an element and show nothing.
_BARE_TARGET = re.compile(r"<((?:mailto:)?[\w.+%=-]{1,64}@[\w.-]{1,200}|https?://[^\s<>\"']{3,2000})>")
# Whose line breaks count although it is no <pre>.
_WHITE_SPACE = re.compile(r"(?i)white-space\s{0,3}:\s{0,3}(pre|break-spaces|normal|nowrap)")
_KEEPS_LINES = re.compile(r"(?i)white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)")
_INDENTED_LINE = re.compile(r"\n( {0,40})")
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*+>")

Tag = tuple[str, str, str]


def tokens(html: str) -> Iterator[tuple[str, str]] | None:
    """Each piece of text with the tag after it, either may be empty; None if there are too many."""
    html = without_hidden(html)
    if "@" in html or "://" in html:
        html = _BARE_TARGET.sub(r"&lt;\1&gt;", html)
    if html.count("<") > MAX_TAGS:
        return None
    parts = _TAG.split(_CONTROL_REFERENCE.sub(" ", html))
    parts.append("")
    if _KEEPS_LINES.search(html):
        parts = _with_kept_lines(parts)
    return zip(parts[0::2], parts[1::2], strict=True)


def read_tag(tag: str) -> Tag:
    """("/" or "", lower-case name, attributes); the name is empty for comments and for tags that are not closed."""
    match = _NAME.match(tag)
    if match is None or not tag.endswith(">"):
        return "", "", ""
    return match[1], match[2].lower(), match[3][:-1]


def unescape(text: str) -> str:
    """Character references read; Python refuses to turn very long numbers into integers, so these go first."""
    if "&" not in text:
        return text
    return html_entities.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def without_tags(html: str) -> str:
    """The crude way, for what has too many tags: those within lines go, each other one becomes a line break."""
    return _ANY_TAG.sub("\n", _INLINE_TAG.sub("", without_hidden(html)))


def is_text(tag: str) -> bool:
    """Whether what looked like the beginning of a tag was never closed: a plain `<` in somebody's sentence."""
    return tag != "" and not tag.endswith(">") and tag[1].isalpha()


def without_hidden(html: str) -> str:
    """Without comments, scripts, styles and other things that are not shown; unclosed ones hide nothing."""
    if "<!--" in html:
        html = _without_comments(html)
    if _MAY_HIDE.search(html):
        for name in _HIDDEN:
            html = _without_element(html, name)
    return html


def attributes_of(attributes: str) -> dict[str, str]:
    """Raw values (entities and all) by lower-case name; the first one of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attributes[:100_000]):
        found.setdefault(name.lower(), double or single or bare)
    return found


def link_target(attributes: str) -> str | None:
    match = _HREF.search(attributes)
    return (match[1] or match[2] or match[3] or "") if match else None


def _with_kept_lines(parts: list[str]) -> list[str]:
    """Line feeds within elements styled to show them as line breaks; parts are texts and tags by turns."""
    kept: list[str] = []
    open_elements: list[list] = []  # those that say something about line feeds: name, depth, whether they keep them
    for text, tag in zip(parts[0::2], parts[1::2], strict=True):
        if open_elements and open_elements[-1][2] and "\n" in text:
            lines = _INDENTED_LINE.split(text.replace("\r\n", "\n"))
            for indent, line in zip(["", *lines[1::2]], lines[0::2], strict=True):
                kept += ["&nbsp;" * len(indent) + line, "<br>"]
            kept[-1] = tag
        else:
            kept += [text, tag]
        slash, name, attributes = read_tag(tag)
        said = _WHITE_SPACE.search(attributes) if name and not slash and "white-space" in attributes.lower() else None
        if said and name not in _EMPTY:
            open_elements.append([name, 1, said[1].lower() in {"pre", "break-spaces"}])
        elif open_elements and name == open_elements[-1][0]:
            open_elements[-1][1] += -1 if slash else 1
            if not open_elements[-1][1]:
                open_elements.pop()
    return kept


def _without_comments(html: str) -> str:
    kept, position = [], 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start + 2)  # "<!-->" is a whole comment
        if end < 0:
            kept.append(html[start:].replace("<!--", ""))
            return "".join(kept)
        position = end + 3
    kept.append(html[position:])
    return "".join(kept)


def _without_element(html: str, name: str) -> str:
    """Without every `<name ...>...</name ...>`; a start tag that is never closed stays for the caller to unwrap."""
    kept, position = [], 0
    begin = re.compile(rf"(?i)<{name}(?![\w:-])[^<>]*+>?")
    finish = re.compile(rf"(?i)</{name}(?![\w:-])[^<>]*+>?")
    while start := begin.search(html, position):
        end = finish.search(html, start.end())
        if end is None:
            break
        kept.append(html[position : start.start()])
        position = end.end()
    kept.append(html[position:])
    return "".join(kept)
