"""The facts of an article: where it stands, who may read it, whose it is, when to look at it again."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from accounts.models import User
from knowledge.changes import Refused, locked, note, plain, refuse_changed
from knowledge.models import Article, ArticleEvent, Visibility
from knowledge.rights import may_publish
from knowledge.writing import Facts

_PLAIN = ("category", "visibility", "owner", "review_at")
_SETS = ("roles", "brands", "related")
_WIDTH = {Visibility.INTERNAL: 0, Visibility.CUSTOMERS: 1, Visibility.PUBLIC: 2}


def set_facts(article: Article, facts: Facts, *, by: User, seen: int | None = None) -> ArticleEvent | None:
    """Give an article these facts; None when they are so already.

    `seen` is the version of the article that the person saw: `Stale` when one of the facts that would change has
    changed since. `Refused` when more people could read what is published, by somebody who may not publish.
    """
    with locked(article) as row:
        fields = _differing(row, facts)
        refuse_changed(row, seen=seen, fields=fields)
        if row.is_published and fields and _is_wider(row, facts) and not may_publish(by):
            raise Refused("publisher")
        changed = apply_facts(row, facts)
        return note(row, "settled", by=by, data=changed) if changed else None


def apply_facts(article: Article, facts: Facts) -> dict[str, dict[str, Any]]:
    """Set what differs on a locked article; returns `{field: {"was", "now"}}`."""
    changed = {}
    for name in _differing(article, facts):
        new = getattr(facts, name)
        changed[name] = {"was": plain(_current(article, name)), "now": plain(new)}
        if name in _SETS:
            getattr(article, name).set(new)
        else:
            setattr(article, name, new)
    article.save(update_fields=[name for name in _PLAIN if name in changed])
    return changed


def _differing(article: Article, facts: Facts) -> list[str]:
    differing = [name for name in _PLAIN if _current(article, name) != getattr(facts, name)]
    for name in _SETS:
        if _keys(_current(article, name)) != _keys(getattr(facts, name)):
            differing.append(name)
    return differing


def _current(article: Article, name: str) -> Any:
    return list(getattr(article, name).all()) if name in _SETS else getattr(article, name)


def _keys(rows: Iterable[Model]) -> set[Any]:
    return {row.pk for row in rows}


def _is_wider(article: Article, facts: Facts) -> bool:
    """Whether somebody could read it then who cannot now."""
    if _WIDTH[Visibility(facts.visibility)] != _WIDTH[Visibility(article.visibility)]:
        return _WIDTH[Visibility(facts.visibility)] > _WIDTH[Visibility(article.visibility)]
    roles = facts.visibility == Visibility.INTERNAL and _is_superset(facts.roles, _current(article, "roles"))
    brands = _is_superset(facts.brands, _current(article, "brands"))
    return roles or brands or facts.category != article.category


def _is_superset(new: Iterable[Model], old: Iterable[Model]) -> bool:
    """Of sets in which nobody means everybody: whether `new` has somebody whom `old` has not."""
    new, old = _keys(new), _keys(old)
    return bool(old) and (not new or bool(new - old))
