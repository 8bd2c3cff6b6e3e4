"""What customers read of an article: its words with pictures in place, long quotes folded, and the files beside it."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.html import clean, from_text
from tickets.models import Article, Attachment

# A quote shorter than this (as HTML) is read faster than it is unfolded.
SHORT_QUOTE = 200
_QUOTE = re.compile(r"<(/?)blockquote\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Body:
    html: SafeString
    files: list[Attachment]


def body_of(article: Article) -> Body:
    """Ask for `attachments` in the query (`prefetch_related`); the stored HTML has been cleaned already."""
    files = list(article.attachments.all())
    pictures = {
        file.content_id: reverse("inline_image", args=[file.uuid])
        for file in files
        if file.content_id and f"cid:{file.content_id}" in article.html
    }
    html = article.html or from_text(article.body)
    if pictures:
        html = clean(html, images=pictures)
    beside = [file for file in files if not (file.is_inline and file.content_id in pictures)]
    # the only place that trusts: stored articles are cleaned by core.html, the rest is escaped by from_text
    return Body(mark_safe(fold_quotes(html)), beside)  # noqa: S308


def fold_quotes(html: str) -> str:
    """Long quotes go behind a summary where they stand, so that answers in between stay in sight.

    A message that is nothing but a quote (a forwarded one) stays open.
    """
    spans = _outermost_quotes(html)
    if not _TAG.sub("", _without(spans, html)).strip():
        return html
    pieces, position = [], 0
    for start, end in spans:
        quote = html[start:end]
        if len(quote) < SHORT_QUOTE:
            continue
        pieces += [html[position:start], _folded(quote)]
        position = end
    return "".join([*pieces, html[position:]])


def _folded(quote: str) -> str:
    opening = format_html('<details class="quote"><summary>{}</summary>', _("Show the quoted text"))
    return f"{opening}{quote}</details>"


def _without(spans: list[tuple[int, int]], html: str) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(html[position:start])
        position = end
    return "".join([*kept, html[position:]])


def _outermost_quotes(html: str) -> list[tuple[int, int]]:
    """Cleaned HTML is balanced, so counting suffices."""
    spans, depth, start = [], 0, 0
    for tag in _QUOTE.finditer(html):
        if not tag[1]:
            if depth == 0:
                start = tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                spans.append((start, tag.end()))
    return spans
