"""A message is read better than when it came: it gets these words and files, and the history keeps what stood there."""

import hashlib
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from core.html import clean, to_text
from core.text import clean_filename, clean_line, strip_nul
from tickets.articles import attach, count_facts, own_pictures
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.messages import File, Message
from tickets.models import Article, Event
from tickets.scanning import have_checked

REWORDED = "article.reworded"


def reword(article: Article, message: Message, *, by: User, cause: Cause | None = None) -> Event | None:
    """Give a message the words, recipients, marks and files of a better reading; None when it has them already.

    Who sent it, when, and who may read it stay: that was decided about on the grounds of the first reading. A file that
    the new reading does not have stays as well, for somebody may have pointed to it.
    """
    with locked(article.ticket) as ticket:
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        article.ticket = ticket
        diff = _set(article, _words(message)) | _set_files(article, message.files)
        if not diff:
            return None
        article.save(update_fields=[name for name in diff if name != "files"])
        count_facts(ticket)
        return record(ticket, REWORDED, by=by, cause=cause, article=article, data=diff)


def _words(message: Message) -> dict[str, Any]:
    """As tickets/articles.py keeps them."""
    html = clean(message.html, images=own_pictures(message)) if message.html else ""
    return {
        "subject": clean_line(message.subject, 500),
        "body": strip_nul(message.text) or (to_text(html) if html else ""),
        "html": html,
        "to": list(message.to),
        "cc": list(message.cc),
        "reply_to": list(message.reply_to),
        "marks": list(message.marks),
    }


def _set(article: Article, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    diff = {}
    for name, value in values.items():
        was = getattr(article, name)
        if was != value:
            diff[name] = {"was": was, "now": value}
            setattr(article, name, value)
    return diff


def _set_files(article: Article, files: Sequence[File]) -> dict[str, dict[str, Any]]:
    """Add those whose bytes it does not have; those it has get the name under which they are read now."""
    kept = list(article.attachments.order_by("pk"))
    was = [one.name for one in kept]
    left = {one.digest: one for one in kept}
    added = []
    for file in files:
        known = left.pop(hashlib.sha256(file.content).hexdigest(), None)
        if known is None:
            added.append(attach(article, file))
        elif known.name != clean_filename(file.name):
            known.name = clean_filename(file.name)
            known.save(update_fields=["name"])
    have_checked(added)
    now = [one.name for one in (*kept, *added)]
    return {"files": {"was": was, "now": now}} if now != was else {}
