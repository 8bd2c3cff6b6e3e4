"""The languages of an article as agents see them: which there are, how far each is, which is outdated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from knowledge.models import Article, State, Translation

NAMES = dict(settings.LANGUAGES)

# Each with the hue of its tag.
_STATES: dict[str, tuple[str, str | Promise]] = {
    State.DRAFT: ("", pgettext_lazy("article", "draft")),
    State.IN_REVIEW: ("warn", pgettext_lazy("article", "in review")),
    State.SCHEDULED: ("info", pgettext_lazy("article", "scheduled")),
    State.PUBLISHED: ("ok", pgettext_lazy("article", "published")),
    State.ARCHIVED: ("line", pgettext_lazy("article", "archived")),
}
_NEWER_DRAFT = gettext_lazy("published, with a newer draft")


@dataclass(frozen=True)
class Mark:
    """One language of an article. Without a translation it is missing."""

    code: str
    name: str
    hue: str
    words: str
    translation: Translation | None
    is_outdated: bool = False


def marks_of(article: Article, translations: Iterable[Translation]) -> Sequence[Mark]:
    """All languages of the house, the original first; `translations` come from `with_outdated()`."""
    known = {one.language: one for one in translations}
    codes = sorted(NAMES, key=lambda code: (code != article.language, list(NAMES).index(code)))
    return [_mark(article, code, known.get(code)) for code in codes]


def preferred(article: Article, translations: Iterable[Translation], wanted: str = "") -> Translation | None:
    """In which language it is shown: the one wanted, else the reader's, the original, any; what is published first."""
    order = [wanted, get_language() or "", article.language, *NAMES]
    found = [one for one in translations if one.latest_id]
    return min(
        found,
        key=lambda one: (one.language != wanted, one.published_id is None, order.index(one.language)),
        default=None,
    )


def _mark(article: Article, code: str, one: Translation | None) -> Mark:
    if one is None:
        return Mark(code, NAMES[code], "", pgettext("translation of an article", "missing"), None)
    outdated = bool(getattr(one, "is_outdated", False)) and code != article.language and one.state != State.ARCHIVED
    if outdated:
        words = _("older than %(language)s") % {"language": NAMES[article.language]}
        return Mark(code, NAMES[code], "danger", words, one, is_outdated=True)
    hue, said = _STATES[one.state]
    if one.state == State.DRAFT and one.published_id:
        hue, said = "warn", _NEWER_DRAFT
    return Mark(code, NAMES[code], hue, str(said), one)
