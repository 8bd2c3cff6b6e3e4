"""Whether a text is HTML, and what in it only looks so. Pure.

People write `<Ctrl>+C`, `List<int>` and `<jo@example.org>` in plain texts, and forget to escape them in HTML.
"""

import re
from html import escape

from django.utils.html import linebreaks

from core.html_tidy import BLOCK_ELEMENTS, KEPT_ELEMENTS

_TAG = re.compile(r"<([a-zA-Z][^\s<>/]*)([^<>]*)>")
_END = re.compile(r"</([a-zA-Z][^\s<>/]*)\s*>")
_ATTRIBUTE = re.compile(r"\s[\w:.@-]+\s*=")
_BLOCKS = BLOCK_ELEMENTS | {"br"}  # one of these alone makes a text HTML
_ALONE = {"html", "head", "body", "meta", "link", "base", "img", "wbr", "col", "colgroup", "input", "source"}


def as_html(text: str) -> str:
    """HTML as it is, plain text in paragraphs: words in angle brackets stay words in both."""
    ends = {name.lower() for name in _END.findall(text)}
    begun = {name.lower() for name, _rest in _TAG.findall(text)}
    if not begun & _BLOCKS and not begun & ends & KEPT_ELEMENTS:
        return linebreaks(text, autoescape=True)
    return _TAG.sub(lambda tag: tag[0] if _is_markup(tag[1], tag[2], ends) else escape(tag[0], quote=False), text)


def _is_markup(name: str, rest: str, ends: set[str]) -> bool:
    """What can stand alone in HTML; anything else when it is closed or has attributes."""
    return name.lower() in _BLOCKS | _ALONE | ends or rest.strip() == "/" or _ATTRIBUTE.search(rest) is not None
