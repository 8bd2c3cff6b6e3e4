"""What people read of an article: its new words with pictures in place, the quoted rest apart, the files beside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.html import blocked_images, clean, from_text
from mail.forwards import is_forward
from mail.replies import Split, split_html, split_reply
from tickets.models import Article, Attachment
from web.common.beginnings import beginning_of


@dataclass(frozen=True)
class Body:
    html: SafeString
    # Older messages and signatures below the new words, to be folded away.
    quoted: SafeString
    files: list[Attachment]
    # How many pictures would have to be fetched from elsewhere and are not shown.
    blocked: int
    # Only the beginning is here; the whole is `whole_body_of`.
    is_cut: bool = False


def body_of(article: Article) -> Body:
    """Of a huge text its beginning. Ask for `attachments` in the query (`prefetch_related`); the stored HTML has been
    cleaned already."""
    whole = _parts(article)
    begun = beginning_of(whole, is_html=bool(article.html))
    return _body(article, begun) if begun == whole else replace(_body(article, begun), is_cut=True)


def whole_body_of(article: Article) -> Body:
    """All of it, however long: for paper, and for whoever asks."""
    return _body(article, _parts(article))


def _body(article: Article, parts: Split) -> Body:
    files = list(article.attachments.all())
    within = [file for file in files if file.content_id and f"cid:{file.content_id}" in article.html]
    # one that is not given out leaves its place empty, and stands among the files
    addresses = {file.content_id: reverse("inline_image", args=[file.uuid]) for file in within}
    pictures = addresses | {file.content_id: "" for file in within if file.verdict.is_withheld}
    plain = (lambda text: text) if article.html else from_text
    return Body(
        html=_with(pictures, plain(parts.visible)),
        quoted=_with(pictures, plain(parts.quoted)),
        files=[file for file in files if not (file.is_inline and pictures.get(file.content_id))],
        blocked=blocked_images(_with(addresses, article.html)) if "<img" in article.html else 0,
    )


def shown(text: str) -> SafeString:
    """Plain text of ours as it would look in a message."""
    return mark_safe(from_text(text))  # noqa: S308


def _parts(article: Article) -> Split:
    """HTML or, where there is none, text. Of what somebody forwards nothing is old: it is there to be read."""
    if is_forward(article.subject):
        return Split(article.html or article.body, "")
    return split_html(article.html) if article.html else split_reply(article.body)


def _with(pictures: Mapping[str, str], html: str) -> SafeString:
    # the only place that trusts: stored articles are cleaned by core.html, plain text is escaped by from_text
    return mark_safe(clean(html, images=pictures) if pictures else html)  # noqa: S308
