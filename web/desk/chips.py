"""Names of colleagues in a message, told apart from its other words. Pure."""

import re
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from core.html_tokens import tokens


def with_chips(html: SafeString, names: Iterable[str]) -> SafeString:
    """Clean HTML in which `@` and one of these names stands out; only words are looked at, never what is in a tag."""
    longest_first = sorted(set(filter(None, names)), key=len, reverse=True)
    pieces = tokens(html) if longest_first else None
    if pieces is None:
        return html
    pairs = list(pieces)
    if sum(len(text) + len(tag) for text, tag in pairs) != len(html):
        return html
    alternatives = "|".join(re.escape(escape(name, quote=False)) for name in longest_first)
    finder = re.compile(rf"(?i)(?<![\w@.])@(?:{alternatives})(?!\w)")
    marked = "".join(finder.sub(r'<span class="mention">\g<0></span>', text) + tag for text, tag in pairs)
    # what came in was safe, and only spans of ours were added
    return mark_safe(marked)  # noqa: S308
