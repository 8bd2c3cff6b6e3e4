"""A message inside another one that passes it on, for whoever takes no part in the ticket."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.html import from_text
from core.moments import moment
from core.text import clean_line
from tickets.messages import File
from tickets.models import Article
from tickets.models.article import Sender
from tickets.scanning import givable


def forwarded(article: Article, *, text: str, html: str, files: Sequence[File]) -> dict[str, Any]:
    """Text, HTML and files of a message with `article` below somebody's own words; its pictures come along, as far as
    they are given out."""
    title = _("Forwarded message")
    head = "\n".join(
        [
            f"---------- {title} ----------",
            _("From: %(name)s") % {"name": _sender(article)},
            _("Date: %(time)s") % {"time": moment(article.created_at)},
            _("Subject: %(subject)s") % {"subject": article.subject or article.ticket.title},
        ]
    )
    whole = "\n\n".join(filter(None, [text, head, article.body]))
    if not html and not article.html:
        return {"text": whole, "html": "", "files": files}
    parts = [html or from_text(text), from_text(head), article.html or from_text(article.body)]
    return {"text": whole, "html": "".join(parts), "files": [*files, *_pictures(article)]}


def who_wrote(article: Article) -> str:
    """As the message itself names its sender, else as we know them."""
    written = article.sent_from.get("name") if article.sender == Sender.CUSTOMER else ""
    return clean_line(written or "", 150) or str(article.author)


def _pictures(article: Article) -> list[File]:
    return [
        File(file.name, file.content_type, file.own_content(), is_inline=True, content_id=file.content_id)
        for file in givable(article.attachments.all())
        if file.content_id and f"cid:{file.content_id}" in article.html
    ]


def _sender(article: Article) -> str:
    address = article.sent_from.get("address") or article.author.email
    return clean_line(f"{who_wrote(article)} <{address}>", 300)
