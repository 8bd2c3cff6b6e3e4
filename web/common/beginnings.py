"""The beginning of a huge text, such as a log: what a page shows before somebody asks for all. Pure."""

import re

from core.html import clean
from mail.replies import Split

# Of a text that is longer so much is shown, in lines and in characters.
LINES, CHARACTERS = 200, 20_000
# What is hardly longer is not cut, and neither is what a page bears well: history is folded away already, and in HTML
# most characters are form.
SHORT_LINES, SHORT = 300, 30_000
SHORT_QUOTED = 100_000
SHORT_HTML, HTML = 90_000, 60_000
_PICTURE = re.compile(r'<img[^<>]{0,300} src="cid:([^"<>]{1,250})"')


def beginning_of(parts: Split, *, is_html: bool) -> Split:
    """The same when it is short. What is quoted below a text that is cut comes with the whole."""
    cut = html_beginning if is_html else text_beginning
    visible = cut(parts.visible)
    if visible != parts.visible:
        return Split(visible, "")
    return Split(visible, parts.quoted if len(parts.quoted) <= SHORT_QUOTED else cut(parts.quoted))


def text_beginning(text: str) -> str:
    if len(text) <= SHORT and text.count("\n") <= SHORT_LINES:
        return text
    begun = "\n".join(text[:CHARACTERS].split("\n", LINES)[:LINES])
    # not within a word, where there are words
    at = max(begun.rfind(" "), begun.rfind("\n")) if len(begun) == CHARACTERS else 0
    return begun[:at] if at > CHARACTERS - 200 else begun


def html_beginning(html: str) -> str:
    """Cut between two elements or words; what is open there is closed."""
    if len(html) <= SHORT_HTML:
        return html
    begun = html[:HTML]
    tag, text = begun.rfind("<"), begun.rfind(">")
    begun = begun[: tag if tag > text else max(text + 1, begun.rfind(" "))]
    return clean(begun, images={name: f"cid:{name}" for name in _PICTURE.findall(begun)})
