"""What people read of an article: its new words with pictures in place, the quoted rest apart, the files beside."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.html import blocked_images, clean, from_text
from mail.forwards import is_forward
from mail.replies import Split, split_html, split_reply
from tickets.models import Article, Attachment


@dataclass(frozen=True)
class Body:
    html: SafeString
    # Older messages and signatures below the new words, to be folded away.
    quoted: SafeString
    files: list[Attachment]
    # How many pictures would have to be fetched from elsewhere and are not shown.
    blocked: int


def body_of(article: Article) -> Body:
    """Ask for `attachments` in the query (`prefetch_related`); the stored HTML has been cleaned already."""
    files = list(article.attachments.all())
    within = [file for file in files if file.content_id and f"cid:{file.content_id}" in article.html]
    # one that is not given out leaves its place empty, and stands among the files
    addresses = {file.content_id: reverse("inline_image", args=[file.uuid]) for file in within}
    pictures = addresses | {file.content_id: "" for file in within if file.verdict.is_withheld}
    new, old = _parts(article)
    return Body(
        html=_with(pictures, new),
        quoted=_with(pictures, old),
        files=[file for file in files if not (file.is_inline and pictures.get(file.content_id))],
        blocked=blocked_images(_with(addresses, article.html)) if "<img" in article.html else 0,
    )


def shown(text: str) -> SafeString:
    """Plain text of ours as it would look in a message."""
    return mark_safe(from_text(text))  # noqa: S308


def _parts(article: Article) -> Split:
    """Of what somebody forwards nothing is old: it is there to be read."""
    if is_forward(article.subject):
        return Split(article.html or from_text(article.body), "")
    if article.html:
        return split_html(article.html)
    text = split_reply(article.body)
    return Split(from_text(text.visible), from_text(text.quoted))


def _with(pictures: Mapping[str, str], html: str) -> SafeString:
    # the only place that trusts: stored articles are cleaned by core.html, plain text is escaped by from_text
    return mark_safe(clean(html, images=pictures) if pictures else html)  # noqa: S308
