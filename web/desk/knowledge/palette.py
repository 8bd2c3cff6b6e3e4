"""Articles in the command palette (settings.PALETTE_GROUPS)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from knowledge.models import Article
from knowledge.search import find
from web.desk.knowledge.rows import rows_of, shown

FOUND = 5
# Shorter words are in nearly all articles.
SHORTEST = 3


def articles_with(user: User, words: str) -> dict[str, Any] | None:
    """Published articles with these words, or the one with this number; nothing for who works no tickets."""
    if not user.is_agent or len(words) < SHORTEST and not words.lstrip("#").isdecimal():
        return None
    items = _numbered(user, words) or [
        {
            "label": hit.translation.published.title,
            "url": f"{_url(hit.article)}?lang={hit.language}",
            "hint": f"#{hit.article.number}",
            "icon": "book",
        }
        for hit in find(words, user=user, brand=None, language=get_language() or "", limit=FOUND).hits
    ]
    return {"label": _("Articles"), "items": items} if items else None


def _numbered(user: User, words: str) -> list[dict[str, Any]]:
    number = words.removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return []
    rows = rows_of(shown(Article.objects.for_agent(user).filter(number=int(number)), user), user)
    return [{"label": row.title, "url": row.url, "hint": f"#{number}", "icon": "book"} for row in rows if row.title]


def _url(article: Article) -> str:
    return reverse("desk:knowledge_article", args=[article.number])
