"""Searching articles, and what is suggested while somebody writes a request."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.text import strip_nul
from knowledge.actions.reading import log_search
from knowledge.models import Article, Category
from knowledge.search import MOST, Found, Hit, Segment, find, suggest
from tickets.search import MAX_QUERY
from web.common.access import found_or_sign_in
from web.common.errors import too_many_requests
from web.portal import kb_readers as readers
from web.portal.articles import address, reader_of

PAGE = 20
SUGGESTED, NEAR = 3, 5
# Of what is typed so many characters say enough to look for answers, and so many are looked at.
SAYS_ENOUGH, LOOKED_AT = 6, 4_000
# What the text of an article has at the beginning of each entry of a list.
_BULLET = re.compile(r"(^|\s)\* ")


@dataclass(frozen=True)
class Result:
    """An article that was found, as the page shows it."""

    title: list[Segment]
    excerpt: list[Segment]
    topic: str
    language: str
    url: str

    @property
    def is_foreign(self) -> bool:
        return self.language != get_language()

    @classmethod
    def of(cls, hit: Hit, *, asked: str = "") -> "Result":
        """`asked`: of which request that is being written the article shall offer the way back."""
        language, page = hit.language, get_language() or ""
        query = {"language": language} if language != page else {}
        query |= {"asked": asked} if asked else {}
        url = address(hit.article.number, hit.translation.slug)
        topic = hit.article.category.name_in(page)
        excerpt = [replace(piece, text=_BULLET.sub(r"\1", piece.text).replace("…", " … ")) for piece in hit.excerpt]
        return cls(list(hit.title), excerpt, topic, language, f"{url}?{urlencode(query)}" if query else url)


@require_safe
@found_or_sign_in
def search(request: HttpRequest) -> HttpResponse:
    """`?topic=` keeps to one category, `?all` shows more of the results."""
    words = strip_nul(request.GET.get("q", "")).strip()[:MAX_QUERY]
    if not words:
        return redirect("kb:home")
    if not readers.SEARCHING.take(readers.who(request)):
        return too_many_requests(request)
    found = _find(request, words)
    topic = _topic(request)
    shown = _find(request, words, topic) if topic else found
    if not topic and "all" not in request.GET and request.method == "GET":
        log_search(words, language=get_language() or "", brand=request.brand, hits=found.total)
    context = {
        "portal_section": "articles",
        "words": words,
        "results": [Result.of(hit) for hit in shown.hits],
        "near": [] if found.total else _near(request, words),
        "total": shown.total,
        "more": shown.total - len(shown.hits),
        "most": MOST,
        "more_url": _address(words, topic=topic.pk if topic else "", all="1"),
        "topic": topic,
        "facets": _facets(words, found, topic),
        "all_url": _address(words),
    }
    return render(request, "portal/kb/search.html", context)


@never_cache
@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """Articles that may answer what is typed as `subject` and `text`; `asked` names the form, for the way back."""
    text = " ".join(request.POST.get(name, "")[:LOOKED_AT] for name in ("subject", "text")).strip()
    results: list[Result] = []
    if len(text) >= SAYS_ENOUGH and readers.SEARCHING.take(readers.who(request)):
        who, language = reader_of(request), get_language() or ""
        hits = suggest(strip_nul(text), user=who, brand=request.brand, language=language, limit=SUGGESTED)
        results = [Result.of(hit, asked=request.POST.get("asked", "")[:19]) for hit in hits]
    return render(request, "portal/kb/suggested.html", {"results": results})


def _find(request: HttpRequest, words: str, topic: Category | None = None) -> Found:
    limit = MOST if "all" in request.GET else PAGE
    language = get_language() or ""
    return find(words, user=reader_of(request), brand=request.brand, language=language, limit=limit, category=topic)


def _near(request: HttpRequest, words: str) -> list[Result]:
    """What answers a question of which no article has every word, such as a whole sentence."""
    who, language = reader_of(request), get_language() or ""
    return [Result.of(hit) for hit in suggest(words, user=who, brand=request.brand, language=language, limit=NEAR)]


def _topic(request: HttpRequest) -> Category | None:
    asked = request.GET.get("topic", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return None
    return Category.objects.open(request.brand).filter(pk=asked).first()


def _facets(words: str, found: Found, topic: Category | None) -> list[dict[str, Any]]:
    """The topics of what was found, the fullest first; none where all of it is in one."""
    counted = Article.objects.filter(pk__in=found.articles).order_by().values_list("category").annotate(Count("pk"))
    numbers: dict[int, int] = dict(counted)
    if len(numbers) < 2:
        return []
    categories = sorted(Category.objects.filter(pk__in=numbers), key=lambda one: (-numbers[one.pk], one.position))
    return [
        {
            "name": one.name_in(get_language() or ""),
            "number": numbers[one.pk],
            "url": _address(words, topic=one.pk),
            "is_current": topic is not None and one.pk == topic.pk,
        }
        for one in categories
    ]


def _address(words: str, **more: Any) -> str:
    return "?" + urlencode({"q": words} | {name: value for name, value in more.items() if value})
