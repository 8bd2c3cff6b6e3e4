"""How a verb changes an article: lock it, compare with what the person saw, note it in the history."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from knowledge.models import Article, ArticleEvent, Revision, Translation
from tickets.events import handlers


class Stale(Exception):
    """Somebody changed the same since the person looked: the words (`revision` is the newest), or what `events` say.

    Nothing has changed.
    """

    def __init__(self, *, revision: Revision | None = None, events: Sequence[ArticleEvent] = ()):
        super().__init__("The article has changed meanwhile.")
        self.revision = revision
        self.events = list(events)


class Refused(Exception):
    """It cannot be done as things are, and nothing has changed; `code` says why, `str()` in the reader's language."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return {
            "archived": _("This article is archived. Take it out of the archive first."),
            "four_eyes": _("You wrote this version, so somebody else has to approve it."),
            "nothing": _("There is nothing to publish yet."),
            "past": _("Choose a time in the future."),
            "publisher": _("Only people who publish articles may let more people read this one."),
            "not_in_review": _("This version is not in review any more."),
            "no_title": _("Give it a title."),
            "no_words": _("Write what the article says."),
            "no_comment": _("Write what should change."),
        }[self.code]


@contextmanager
def locked(article: Article) -> Iterator[Article]:
    """The article's row, locked and fresh, for the length of a transaction. All its verbs hold it."""
    with transaction.atomic():
        yield Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)


@contextmanager
def locked_translation(translation: Translation, *, seen: int | None) -> Iterator[Translation]:
    """A language of a locked article, with its category; `Stale` when there is a newer revision than number `seen`."""
    with locked(translation.article) as article:
        row = Translation.objects.select_related("published", "latest").get(pk=translation.pk)
        row.article = article
        refuse_newer(row, seen=seen)
        yield row


def refuse_newer(row: Translation | None, *, seen: int | None) -> None:
    """`seen` is the number of the newest revision that the person saw, 0 for none; None has looked at nothing."""
    newest = row.latest if row else None
    if seen is not None and (newest.number if newest else 0) != seen:
        raise Stale(revision=newest)


def refuse_changed(article: Article, *, seen: int | None, fields: Collection[str]) -> None:
    """`Stale` when since version `seen` one of these facts has become another one."""
    if seen is None or article.version <= seen:
        return
    newer = article.events.filter(version__gt=seen).select_related("actor").order_by("version")
    if events := [event for event in newer if any(name in event.data for name in fields)]:
        raise Stale(events=events)


def refuse_archived(article: Article) -> None:
    if article.archived_at is not None:
        raise Refused("archived")


def note(
    article: Article,
    kind: str,
    *,
    by: User,
    translation: Translation | None = None,
    revision: Revision | None = None,
    data: dict[str, Any] | None = None,
) -> ArticleEvent:
    """One line of the history of a locked article; kinds and their sentences: knowledge/history.py.

    The handlers of settings.ARTICLE_WITHIN hear of it in the same transaction.
    """
    article.version += 1
    article.save(update_fields=["version"])
    event = ArticleEvent.objects.create(
        article=article,
        version=article.version,
        kind=kind,
        translation=translation,
        revision=revision,
        actor=by,
        data=data or {},
    )
    for handle in handlers("ARTICLE_WITHIN"):
        handle(event)
    return event


def plain(value: Any) -> Any:
    """A value as it stands in the history."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((plain(item) for item in value), key=lambda item: str(item.get("name", "")))
    return value.isoformat() if hasattr(value, "isoformat") else value
